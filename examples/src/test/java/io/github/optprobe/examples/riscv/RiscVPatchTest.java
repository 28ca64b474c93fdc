package io.github.optprobe.examples.riscv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.testkit.text.Fault;
import io.github.optprobe.testkit.text.FaultInjectingText;
import io.github.optprobe.testkit.text.RecordingText;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.SlotPool;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the text is patched: by one aligned store at each place, or not at all. */
class RiscVPatchTest {
  private static final long BASE = 0x1_0000;

  /** By GNU as: {@code addi a0,a0,1; beq a0,a1,.+8; ret; ret}. */
  private static final int[] WORDS = {0x0015_0513, 0x00b5_0463, 0x0000_8067, 0x0000_8067};

  private final RiscV architecture = new Rv64I();
  private final ByteArrayText bytes = ByteArrayText.at(BASE, code());
  private final SlotPool slots = new SlotPool(bytes);
  private final List<PreparedProbe> probes = List.of(probe(0), probe(1));
  private final List<PreparedDetour> detours = List.of(detour(0), detour(1));

  private static byte[] code() {
    byte[] code = new byte[WORDS.length * Instruction.BYTES];
    for (int i = 0; i < WORDS.length; i++) {
      System.arraycopy(
          Instruction.bytesOf(WORDS[i]), 0, code, i * Instruction.BYTES, Instruction.BYTES);
    }
    return code;
  }

  private Preparation preparation(int index) {
    long address = BASE + (long) index * Instruction.BYTES;
    return new Preparation(new CodeAddress(address, architecture.instructionSet()), bytes, slots);
  }

  private PreparedProbe probe(int index) {
    return architecture.prepare(preparation(index));
  }

  private PreparedDetour detour(int index) {
    Preparation preparation = preparation(index);
    WindowPlan plan = architecture.planWindow(preparation);
    return architecture.prepareDetour(plan, preparation, Gate.at(0x7777_1234_5678L));
  }

  private byte[] text() {
    return bytes.readFully(BASE, WORDS.length * Instruction.BYTES);
  }

  @Test
  void each_step_is_one_aligned_store_for_each_place_and_one_synchronisation() {
    RecordingText text = new RecordingText(bytes);

    architecture.arm(probes, text);
    architecture.optimize(detours, text);
    architecture.unoptimize(detours, text);
    architecture.disarm(probes, text);

    assertThat(text.writes()).hasSize(8);
    assertThat(text.writes())
        .allMatch(write -> write.bytes().length == 4 && write.address() % 4 == 0);
    assertThat(text.events()).hasSize(8 + 4);
    assertThat(text()).isEqualTo(code());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void a_store_that_fails_leaves_the_text_as_it_was(int nth) {
    assertUndone(nth, text -> architecture.arm(probes, text));
    architecture.arm(probes, bytes);
    assertUndone(nth, text -> architecture.optimize(detours, text));
    architecture.optimize(detours, bytes);
    assertUndone(nth, text -> architecture.unoptimize(detours, text));
    architecture.unoptimize(detours, bytes);
    assertUndone(nth, text -> architecture.disarm(probes, text));
    architecture.disarm(probes, bytes);
    assertThat(text()).isEqualTo(code());
  }

  private void assertUndone(int nth, Consumer<TextMemory> step) {
    byte[] before = text();
    for (TextException.Operation operation :
        List.of(TextException.Operation.WRITE, TextException.Operation.SYNCHRONIZE)) {
      int which = operation == TextException.Operation.WRITE ? nth : 1;
      FaultInjectingText text = new FaultInjectingText(bytes);
      text.inject(Fault.at(operation, which));

      assertThatExceptionOfType(TextException.class).isThrownBy(() -> step.accept(text));
      assertThat(text.struck()).isEqualTo(1);
      assertThat(text()).isEqualTo(before);
    }
  }

  @Test
  void a_text_that_tears_words_is_not_patched() {
    TextMemory tearing =
        new ForwardingText(bytes) {
          @Override
          public int atomicStoreBytes() {
            return Short.BYTES;
          }
        };

    assertThatExceptionOfType(TextException.class)
        .isThrownBy(() -> architecture.arm(probes, tearing));
    assertThat(text()).isEqualTo(code());
  }
}
