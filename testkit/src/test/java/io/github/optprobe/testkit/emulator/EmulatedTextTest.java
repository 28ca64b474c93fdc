package io.github.optprobe.testkit.emulator;

import static io.github.optprobe.testkit.emulator.Targets.CODE;
import static io.github.optprobe.testkit.emulator.Targets.bytes;
import static io.github.optprobe.testkit.emulator.Targets.nearCode;
import static io.github.optprobe.testkit.emulator.Targets.withCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.Cpu;
import io.github.optprobe.Resume;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class EmulatedTextTest {
  private static final int PAGE = 4096;

  private final Cpu noProbes = ScriptedCpu.withoutProbes();

  @Test
  void text_is_read_as_far_as_it_is_mapped() {
    try (EmulatedTarget target = withCode("b8 01 00 00 00 c3")) {
      byte[] into = new byte[2 * PAGE];

      assertThat(target.text().read(CODE + PAGE - 2, into, 0, 16)).isEqualTo(2);
      assertThat(target.text().read(CODE - 1, into, 0, 16)).isZero();
      assertThat(target.text().readFully(CODE, 5)).isEqualTo(bytes("b8 01 00 00 00"));
    }
  }

  @Test
  void data_is_not_text() {
    try (EmulatedTarget target = Targets.empty()) {
      long stack = EmulatedTarget.STACK_END - 16;

      assertThat(target.text().read(stack, new byte[8], 0, 8)).isZero();
      assertThatThrownBy(() -> target.text().write(stack, new byte[8]))
          .isInstanceOf(TextException.class);
    }
  }

  @Test
  void patches_show_after_synchronising() {
    try (EmulatedTarget target = withCode("b8 01 00 00 00 c3")) {
      target.run(CODE, noProbes);
      target.text().write(CODE + 1, bytes("02"));
      target.text().synchronizeCpus();

      assertThat(target.run(CODE, noProbes)).isEqualTo(2);
      assertThat(target.synchronizations()).isEqualTo(1);
    }
  }

  @Test
  void code_that_was_written_as_data_shows_after_synchronising_too() {
    try (EmulatedTarget target = withCode("b8 01 00 00 00 c3")) {
      target.run(CODE, noProbes);
      target.writeBytes(CODE + 1, bytes("02"));
      target.text().synchronizeCpus();
      assertThat(target.run(CODE, noProbes)).isEqualTo(2);
      target.data().store(CODE + 1, 1, 3);
      target.text().synchronizeCpus();

      assertThat(target.run(CODE, noProbes)).isEqualTo(3);
    }
  }

  @Test
  void without_synchronising_the_cpu_may_go_on_with_what_it_knows() {
    try (EmulatedTarget target = withCode("b8 01 00 00 00 c3")) {
      target.run(CODE, noProbes);
      target.text().write(CODE + 1, bytes("02"));

      assertThat(target.run(CODE, noProbes)).isEqualTo(1);
      assertThat(target.text().readFully(CODE + 1, 1)).isEqualTo(bytes("02"));
    }
  }

  @Test
  void a_loop_of_many_blocks_sees_a_patch_of_one_of_them() {
    // mov ecx,1000; 1: inc eax; jmp 2; 2: nop; loop 1b; ret
    try (EmulatedTarget target = withCode("31 c0 b9 e8 03 00 00 ff c0 eb 00 90 e2 f9 c3")) {
      assertThat(target.run(CODE, noProbes)).isEqualTo(1000);
      target.text().write(CODE + 7, bytes("ff c8"));
      target.text().synchronizeCpus();

      assertThat((int) target.run(CODE, noProbes)).isEqualTo(-1000);
    }
  }

  @Test
  void writing_across_the_end_of_text_fails() {
    try (EmulatedTarget target = withCode("c3")) {
      assertThatThrownBy(() -> target.text().write(CODE + PAGE - 2, new byte[4]))
          .isInstanceOfSatisfying(
              TextException.class,
              e -> assertThat(e.operation()).isEqualTo(TextException.Operation.WRITE));
    }
  }

  @Test
  void slots_lie_near_the_middle_and_overlap_nothing() {
    try (EmulatedTarget target = withCode("c3")) {
      List<AddressRange> taken = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        long slot = target.text().allocate(PAGE, nearCode()).orElseThrow();
        AddressRange range = AddressRange.ofLength(slot, PAGE);
        assertThat(taken).noneMatch(range::overlaps);
        assertThat(Math.abs(slot - CODE)).isLessThanOrEqualTo(20L * PAGE);
        assertThat(target.isSlot(slot)).isTrue();
        taken.add(range);
      }
    }
  }

  @Test
  void slots_hold_code_that_runs() {
    try (EmulatedTarget target = Targets.empty()) {
      long slot = target.text().allocate(100, nearCode()).orElseThrow();
      target.text().write(slot, bytes("b8 2a 00 00 00 c3"));
      target.text().synchronizeCpus();

      assertThat(target.run(slot, noProbes)).isEqualTo(42);
    }
  }

  @Test
  void reused_slots_forget_their_former_code() {
    try (EmulatedTarget target = Targets.empty()) {
      TextMemory text = target.text();
      AddressRange place = AddressRange.ofLength(CODE, PAGE);
      for (int value = 1; value < 4; value++) {
        long slot = text.allocate(16, place).orElseThrow();
        text.write(slot, bytes("b8 0" + value + " 00 00 00 c3"));
        text.synchronizeCpus();
        assertThat(target.run(slot, noProbes)).isEqualTo(value);
        text.free(slot);
      }
    }
  }

  @Test
  void where_pages_are_taken_nothing_is_allocated() {
    try (EmulatedTarget target = withCode("c3")) {
      assertThat(target.text().allocate(16, AddressRange.ofLength(CODE, PAGE))).isEmpty();
      assertThat(target.text().allocate(16, AddressRange.ofLength(0, PAGE))).isEmpty();
      assertThat(target.text().allocate(2 * PAGE, AddressRange.ofLength(CODE + PAGE, PAGE)))
          .isEmpty();
    }
  }

  @Test
  void every_free_page_of_the_interval_is_found() {
    try (EmulatedTarget target = Targets.empty()) {
      AddressRange within = AddressRange.ofLength(CODE, 5L * PAGE);
      Set<Long> taken = new HashSet<>();
      for (int i = 0; i < 5; i++) {
        taken.add(target.text().allocate(PAGE, within).orElseThrow());
      }
      assertThat(taken).hasSize(5).allMatch(within::contains);
      assertThat(target.text().allocate(1, within)).isEmpty();
    }
  }

  @Test
  void the_whole_address_space_is_an_interval_too() {
    try (EmulatedTarget target = Targets.empty()) {
      assertThat(target.text().allocate(16, AddressRange.ALL)).isPresent();
    }
  }

  @Test
  void only_what_was_allocated_is_freed() {
    try (EmulatedTarget target = withCode("c3")) {
      long slot = target.text().allocate(16, nearCode()).orElseThrow();
      target.text().free(slot);

      assertThatThrownBy(() -> target.text().free(slot)).isInstanceOf(TextException.class);
      assertThatThrownBy(() -> target.text().free(CODE)).isInstanceOf(TextException.class);
    }
  }

  @Test
  void a_stopped_cpu_is_quiescent_where_it_neither_stands_nor_returns() {
    // call +5; nop; ret; nops; at 10: int3; ret
    try (EmulatedTarget target = withCode("e8 05 00 00 00 90 c3 90 90 90 cc c3")) {
      TextMemory text = target.text();
      List<Boolean> answers = new ArrayList<>();
      ScriptedCpu cpu = new ScriptedCpu();
      cpu.onBreakpoint(
          registers -> {
            answers.add(text.isQuiescent(AddressRange.ofLength(CODE + 10, 1)));
            answers.add(text.isQuiescent(AddressRange.ofLength(CODE + 5, 1)));
            answers.add(text.isQuiescent(AddressRange.ofLength(CODE, 5)));
            registers.setProgramCounter(CODE + 11);
            return Resume.CONTINUE;
          });

      target.run(CODE, cpu);

      assertThat(answers).containsExactly(false, false, true);
      assertThat(text.isQuiescent(AddressRange.ofLength(CODE, 16))).isTrue();
    }
  }

  @Test
  void text_is_patched_while_another_thread_runs_it() throws InterruptedException {
    try (EmulatedTarget target = withCode("eb fe")) {
      Thread patcher =
          new Thread(
              () -> {
                while (target.text().isQuiescent(AddressRange.ofLength(CODE, 1))) {
                  Thread.onSpinWait();
                }
                target.text().write(CODE, bytes("90 c3"));
                target.text().synchronizeCpus();
              });
      patcher.start();
      target.registers().set("rax", 5);

      assertThat(target.run(CODE, noProbes)).isEqualTo(5);
      patcher.join();
    }
  }
}
