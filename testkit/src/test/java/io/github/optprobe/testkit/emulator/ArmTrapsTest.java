package io.github.optprobe.testkit.emulator;

import static io.github.optprobe.testkit.emulator.Targets.CODE;
import static io.github.optprobe.testkit.emulator.Targets.bytes;
import static io.github.optprobe.testkit.emulator.Targets.withArmCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.FaultOutcome;
import io.github.optprobe.Resume;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.emulator.GuestFaultException.Kind;
import io.github.optprobe.testkit.execute.Protection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Breakpoints, faults and hints of 32-bit ARM. The bytes are GNU as's. */
final class ArmTrapsTest {
  private static final long THUMB = CODE | 1;
  private static final long IT = 0x0600_FC00L;

  private final ScriptedCpu cpu = new ScriptedCpu();

  /** nop; breakpoint; mov r0, #5; bx lr: in A32, and in T32 with each of its two. */
  @ParameterizedTest
  @CsvSource({
    "0, 00f020e3f801f0e70500a0e31eff2fe1, 4, 4",
    "1, 00bf18de05207047, 2, 2",
    "1, 00bff0f718a005207047, 2, 4"
  })
  void a_breakpoint_is_reported_at_its_own_address(int mark, String hex, int at, int length) {
    try (EmulatedTarget target = withArmCode(hex)) {
      cpu.onBreakpoint(registers -> goOn(registers, length));

      assertThat(target.run(CODE + mark, cpu)).isEqualTo(5);
      assertThat(cpu.breakpoints).containsExactly(CODE + at);
      assertThat(cpu.faults).isEmpty();
      assertThat(target.counts().breakpoints()).isEqualTo(1);
    }
  }

  @Test
  void a_breakpoint_whose_condition_fails_is_passed() {
    // cmp r0, #1; breakpoint if eq; mov r0, #5; bx lr
    try (EmulatedTarget target = withArmCode("010050e3 f801f007 0500a0e3 1eff2fe1")) {
      cpu.onBreakpoint(registers -> goOn(registers, 4));

      assertThat(target.run(CODE, cpu, 2)).isEqualTo(5);
      assertThat(cpu.breakpoints).isEmpty();
      assertThat(target.run(CODE, cpu, 1)).isEqualTo(5);
      assertThat(cpu.breakpoints).containsExactly(CODE + 4);
    }
  }

  /** cmp r0, #1; itte eq; moveq r1, #1; breakpoint; movne r1, #2; mov r0, r1; bx lr. */
  @ParameterizedTest
  @CsvSource({"012806bf012118de022108467047, 2", "012806bf0121f0f718a0022108467047, 4"})
  void in_an_it_block_a_breakpoint_traps_with_the_blocks_state(String hex, int length) {
    try (EmulatedTarget target = withArmCode(hex)) {
      cpu.onBreakpoint(
          registers -> {
            // The block is "eq" here, and "ne" for one instruction more.
            assertThat(registers.get("cpsr") & IT).isEqualTo(0x0C00);
            registers.set("cpsr", (registers.get("cpsr") & ~IT) | 0x1800);
            return goOn(registers, length);
          });

      assertThat(target.run(THUMB, cpu, 1)).isEqualTo(1);
      assertThat(cpu.breakpoints).containsExactly(CODE + 6);
      assertThat(target.run(THUMB, cpu, 3)).isEqualTo(2);
      assertThat(cpu.breakpoints).as("condition fails").hasSize(1);
    }
  }

  @Test
  void an_it_block_goes_on_after_a_handler_has_run_other_code() {
    // movs r1, #0; cmp r0, #1; ittt eq; breakpoint; addeq r1, #2; addeq r1, #4; mov r0, r1; bx lr
    String hex = "0021 0128 02bf 18de 0231 0431 0846 7047";
    try (EmulatedTarget target = withArmCode(hex)) {
      // cmp r0, #1; moveq r0, #5; movne r0, #6; bx lr
      target.map(
          CODE + 0x1000, bytes("010050e3 0500a003 0600a013 1eff2fe1"), Protection.READ_EXECUTE);
      cpu.onBreakpoint(
          registers -> {
            long before = registers.get("cpsr");
            assertThat(target.run(CODE + 0x1000, cpu, 7)).isEqualTo(6);
            assertThat(registers.get("cpsr")).isEqualTo(before);
            assertThat(registers.programCounter()).isEqualTo(CODE + 6);
            registers.set("cpsr", (before & ~IT) | 0x0400 | 0x0000);
            return goOn(registers, 2);
          });

      assertThat(target.run(THUMB, cpu, 1)).isEqualTo(6);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 00f020e3f801f0e70500a0e31eff2fe1, 4",
    "1, 00bf18de05207047, 2",
    "1, 00bff0f718a005207047, 2"
  })
  void a_breakpoint_that_nobody_knows_is_an_undefined_instruction(int mark, String hex, int at) {
    try (EmulatedTarget target = withArmCode(hex)) {
      assertFault(target, CODE + mark, 0, Kind.INVALID_INSTRUCTION, CODE + at);
      assertThat(cpu.breakpoints).containsExactly(CODE + at);
      assertThat(cpu.faults).containsExactly(CODE + at);
    }
  }

  @Test
  void other_undefined_instructions_are_faults_at_once() {
    // nop; udf #0
    try (EmulatedTarget target = withArmCode("00f020e3 f000f0e7")) {
      assertFault(target, CODE, 0, Kind.INVALID_INSTRUCTION, CODE + 4);
    }
    try (EmulatedTarget target = withArmCode("00bf 00de")) {
      assertFault(target, THUMB, 0, Kind.INVALID_INSTRUCTION, CODE + 2);
    }
    assertThat(cpu.breakpoints).isEmpty();
    assertThat(cpu.faults).containsExactly(CODE + 4, CODE + 2);
  }

  @Test
  void what_the_cpu_still_takes_for_a_breakpoint_is_reported() {
    try (EmulatedTarget target = withArmCode("f801f0e7 0500a0e3 1eff2fe1")) {
      cpu.onBreakpoint(registers -> goOn(registers, 4));
      assertThat(target.run(CODE, cpu)).isEqualTo(5);
      target.text().write(CODE, bytes("00f020e3"));
      cpu.onBreakpoint(
          registers -> {
            target.text().synchronizeCpus();
            return Resume.CONTINUE;
          });

      assertThat(target.run(CODE, cpu)).isEqualTo(5);
      assertThat(target.run(CODE, cpu)).isEqualTo(5);
      assertThat(cpu.breakpoints).containsExactly(CODE, CODE);
    }
  }

  /** Loads and stores in the middle of straight code, among them a vector load. */
  @ParameterizedTest
  @CsvSource({
    // nop; ldr r0, [r0]
    "0, 00f020e3000090e51eff2fe1, 4, 0",
    // nop; str r0, [r0]
    "0, 00f020e3000080e51eff2fe1, 4, 0",
    // add r1, r0, #4; vldr d0, [r1]
    "0, 041080e2000b91ed1eff2fe1, 4, 4",
    // nop; ldr r0, [r0]
    "1, 00bf00687047, 2, 0",
    // nop; vldr d0, [r0]
    "1, 00bf90ed000b7047, 2, 0",
    // cmp r0, r0; itt eq; moveq r1, #1; ldreq r0, [r0]
    "1, 804204bf012100687047, 6, 0"
  })
  void a_fault_is_reported_at_its_own_address(int mark, String hex, int at, int plus) {
    try (EmulatedTarget target = withArmCode(hex)) {
      assertThatThrownBy(() -> target.run(CODE + mark, cpu, 0x5000))
          .isInstanceOfSatisfying(
              GuestFaultException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(Kind.UNMAPPED);
                assertThat(e.pc()).isEqualTo(CODE + at);
                assertThat(e.address()).isEqualTo(0x5000 + plus);
              });
      assertThat(cpu.faults).containsExactly(CODE + at);
    }
  }

  @Test
  void after_a_fault_that_was_dealt_with_the_run_goes_on() {
    try (EmulatedTarget target = withArmCode("00f020e3 000090e5 1eff2fe1")) {
      cpu.onFault(
          registers -> {
            registers.set("r0", 8);
            registers.setProgramCounter(registers.programCounter() + 4);
            return FaultOutcome.HANDLED;
          });
      assertThat(target.run(CODE, cpu, 0x5000)).isEqualTo(8);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // nop; svc 0
    "0, 00f020e3000000ef, SYSTEM_CALL",
    "1, 00bf00df, SYSTEM_CALL",
    // nop; bkpt 0
    "0, 00f020e3700020e1, INTERRUPT",
    "1, 00bf00be, INTERRUPT",
    // bx r0, which is 0x5000
    "0, 10ff2fe1, UNMAPPED",
    "1, 0047, UNMAPPED"
  })
  void everything_else_that_ends_a_run_has_its_kind(int mark, String hex, Kind kind) {
    try (EmulatedTarget target = withArmCode(hex)) {
      assertThatThrownBy(() -> target.run(CODE + mark, cpu, 0x5000))
          .isInstanceOfSatisfying(
              GuestFaultException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
  }

  @Test
  void code_can_not_be_written_by_the_guest() {
    try (EmulatedTarget target = withArmCode("00f020e3 000080e5 1eff2fe1")) {
      assertFault(target, CODE, CODE, Kind.FORBIDDEN, CODE + 4);
    }
  }

  @Test
  void hints_do_nothing() {
    // mov r0, #3; 1: yield; wfe; wfi; subs r0, r0, #1; bne 1b; mov r0, #7; bx lr
    try (EmulatedTarget target =
        withArmCode("0300a0e3 01f020e3 02f020e3 03f020e3 010050e2 faffff1a 0700a0e3 1eff2fe1")) {
      assertThat(target.run(CODE, cpu)).isEqualTo(7);
    }
    // The same with the wide forms behind the narrow ones.
    try (EmulatedTarget target =
        withArmCode("0320 10bf 20bf 30bf aff30180 aff30280 aff30380 0138 f4d1 0720 7047")) {
      assertThat(target.run(THUMB, cpu)).isEqualTo(7);
    }
    // cmp r0, r0; itttt eq; yieldeq; moveq r0, #1; wfeeq; addeq r0, #1; bx lr
    try (EmulatedTarget target = withArmCode("8042 01bf 10bf 0120 20bf 0130 7047")) {
      assertThat(target.run(THUMB, cpu)).isEqualTo(2);
    }
  }

  @Test
  void behind_a_hint_undefined_instructions_are_still_undefined() {
    // yield; udf #0
    try (EmulatedTarget target = withArmCode("01f020e3 f000f0e7")) {
      assertFault(target, CODE, 0, Kind.INVALID_INSTRUCTION, CODE + 4);
    }
    try (EmulatedTarget target = withArmCode("10bf 00de")) {
      assertFault(target, THUMB, 0, Kind.INVALID_INSTRUCTION, CODE + 2);
    }
    assertThat(cpu.faults).containsExactly(CODE + 4, CODE + 2);
  }

  /** mov r1, #3; 1: yield; breakpoint; subs r1, r1, #1; bne 1b; bx lr. */
  @ParameterizedTest
  @CsvSource({
    "0, 0310a0e301f020e3f801f0e7011051e2fbffff1a1eff2fe1, 8, 4",
    "1, 032110bf18de0139fbd17047, 4, 2"
  })
  void behind_a_hint_breakpoints_are_reported_once(int mark, String hex, int at, int length) {
    try (EmulatedTarget target = withArmCode(hex)) {
      cpu.onBreakpoint(registers -> goOn(registers, length));
      target.run(CODE + mark, cpu);
      assertThat(cpu.breakpoints).containsExactly(CODE + at, CODE + at, CODE + at);
    }
  }

  @Test
  void a_loop_around_a_hint_may_end_with_a_call() {
    // push {lr}; 1: yield; subs r0, r0, #1; bne 1b; blx r1; pop {pc}; and with the branch behind
    // the hint: 1: subs r0, r0, #1; yield; bne 1b
    for (String hex :
        new String[] {
          "04e02de5 01f020e3 010050e2 fcffff1a 31ff2fe1 04f09de4",
          "04e02de5 010050e2 01f020e3 fcffff1a 31ff2fe1 04f09de4"
        }) {
      try (EmulatedTarget target = withArmCode(hex)) {
        long function = target.addHostFunction(call -> 33);
        assertThat(target.run(CODE, cpu, 4, function)).isEqualTo(33);
        assertThat(target.counts().hostCalls()).isEqualTo(1);
      }
    }
    // push {lr}; 1: subs r0, #1; yield; bne 1b; blx r1; pop {pc}
    try (EmulatedTarget target = withArmCode("00b5 0138 10bf fcd1 8847 00bd")) {
      long function = target.addHostFunction(call -> 34);
      assertThat(target.run(THUMB, cpu, 4, function)).isEqualTo(34);
    }
  }

  @Test
  void endless_loops_are_stopped() {
    // 1: yield; b 1b
    for (String hex : new String[] {"feffffea", "01f020e3 fdffffea"}) {
      try (EmulatedTarget target = Targets.impatientArm(hex)) {
        assertThatThrownBy(() -> target.run(CODE, cpu))
            .isInstanceOfSatisfying(
                GuestFaultException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIME_LIMIT));
      }
    }
  }

  @Test
  void a_patch_from_another_thread_stops_no_it_block_in_its_middle() throws InterruptedException {
    // 1: cmp r0, r0; itttt eq; addeq r1, #1; addeq r2, #1; addeq r3, #1; addeq r4, #1; b 1b
    try (EmulatedTarget target = withArmCode("8042 01bf 0131 0132 0133 0134 f8e7")) {
      for (String name : new String[] {"r1", "r2", "r3", "r4"}) {
        target.registers().set(name, 0);
      }
      Thread patcher =
          new Thread(
              () -> {
                for (int i = 0; i < 200; i++) {
                  target.text().write(CODE, bytes("8042"));
                  target.text().synchronizeCpus();
                }
                target.text().write(CODE + 12, bytes("7047"));
                target.text().synchronizeCpus();
              });
      patcher.start();
      target.run(THUMB, cpu);
      patcher.join();

      long rounds = target.registers().get("r1");
      assertThat(rounds).isPositive();
      assertThat(target.registers().get("r2")).isEqualTo(rounds);
      assertThat(target.registers().get("r3")).isEqualTo(rounds);
      assertThat(target.registers().get("r4")).isEqualTo(rounds);
    }
  }

  private void assertFault(EmulatedTarget target, long entry, long argument, Kind kind, long pc) {
    assertThatThrownBy(() -> target.run(entry, cpu, argument))
        .isInstanceOfSatisfying(
            GuestFaultException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.pc()).isEqualTo(pc);
            });
  }

  private static Resume goOn(Registers registers, int bytes) {
    registers.setProgramCounter(registers.programCounter() + bytes);
    return Resume.CONTINUE;
  }
}
