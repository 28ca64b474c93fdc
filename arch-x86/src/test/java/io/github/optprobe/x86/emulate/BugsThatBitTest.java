package io.github.optprobe.x86.emulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.text.TextException;
import io.github.optprobe.x86.Privilege;
import io.github.optprobe.x86.decode.Flow;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.MachineMode;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Mistakes that other emulations have made, by the numbers of the kprobes reference, and effects
 * that the emulator Unicorn does not have right. Expectations are the manual's.
 */
class BugsThatBitTest {
  private static final long STACK = 0x60_0000;
  private static final long TARGET = 0x40_5000;

  private final Arena stack = Arena.ofData(STACK, Arena.PAGE);
  private final DataMemory memory = Arena.data(List.of(stack));

  /** 24: OR was AND. */
  @ParameterizedTest(name = "{0} zero {1} sign {2} overflow {3}")
  @CsvSource({
    "jle, false, false, false, false",
    "jle, false, false, true,  true",
    "jle, false, true,  false, true",
    "jle, false, true,  true,  false",
    "jle, true,  false, false, true",
    "jle, true,  false, true,  true",
    "jle, true,  true,  false, true",
    "jle, true,  true,  true,  true",
    "jnle, false, false, false, true",
    "jnle, true,  false, false, false",
    "jnle, false, true,  false, false",
    "jnle, true,  true,  true,  false",
  })
  void jg_and_jle_look_at_both(
      String jump, boolean zero, boolean sign, boolean overflow, boolean taken) {
    Form form = Form.named(MachineMode.BITS_64, jump + "_short_forward");
    PlainRegisters registers = at(MachineMode.BITS_64);
    registers.setFlags(
        (zero ? Flags.ZERO : 0) | (sign ? Flags.SIGN : 0) | (overflow ? Flags.OVERFLOW : 0));

    run(form.decoded(), registers);

    assertThat(registers.programCounter()).isEqualTo(Form.ADDRESS + (taken ? 120 : 2));
  }

  /** 25: a displacement of 8 bits was read as an unsigned one. */
  @ParameterizedTest
  @EnumSource
  void a_short_jump_backward_goes_backward(MachineMode mode) {
    PlainRegisters registers = at(mode);
    registers.setFlags(Flags.ZERO);

    run(Form.named(mode, "jz_short_backward").decoded(), registers);

    assertThat(registers.programCounter()).isEqualTo(Form.ADDRESS - 120);
  }

  /** 26: the return address was the address plus 5. */
  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "ffd2,           call rdx,             2",
    "2effd2,         prefixed,             3",
    "48ffd2,         with REX.W,           3",
    "3e2effd2,       twice prefixed,       4",
    "2ee82f120000,   prefixed call rel32,  6",
    "ff5018,         call [rax+0x18],      3",
    "ff942400010000, call [rsp+0x100],     7",
  })
  void a_call_pushes_the_address_behind_all_of_it(String hex, String what, int length) {
    PlainRegisters registers = at(MachineMode.BITS_64);
    registers.set(0, STACK);

    run(decode(MachineMode.BITS_64, hex), registers);

    assertThat(memory.load(registers.stackPointer(), 8)).as(what).isEqualTo(Form.ADDRESS + length);
  }

  /** An AMD processor takes F3 loopne for loope and F2 loope for loopne: it is let do so. */
  @ParameterizedTest
  @ValueSource(strings = {"f3e040", "f2e140", "f3e140", "f2e040", "67f3e040", "f341e040", "f3e240"})
  void a_loop_with_a_repeat_prefix_is_left_to_the_processor(String hex) {
    Instruction loop = decode(MachineMode.BITS_64, hex);
    assertThat(loop.flow()).isEqualTo(Flow.LOOP_RELATIVE);
    assertThat(new Emulator(Privilege.USER).emulationOf(loop)).isEmpty();
  }

  /** 27: the counter was tested before it was decremented, and its upper half was kept. */
  @ParameterizedTest(name = "{0} with {1}")
  @CsvSource({
    "e29a,   0,                  true,  -1",
    "e29a,   1,                  false, 0",
    "e29a,   2,                  true,  1",
    "67e29a, 0x7700000000,       true,  0xFFFFFFFF",
    "67e29a, 0x7700000001,       false, 0",
    "67e29a, 0x7700000002,       true,  1",
  })
  void loop_decrements_first(String hex, String start, boolean taken, String end) {
    PlainRegisters registers = at(MachineMode.BITS_64);
    registers.set(1, Long.decode(start));

    run(decode(MachineMode.BITS_64, hex), registers);

    assertThat(registers.get(1)).isEqualTo(Long.decode(end));
    assertThat(registers.programCounter() < Form.ADDRESS).isEqualTo(taken);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "0x55550000, true, 0x5555FFFF",
    "0x55550001, false, 0x55550000",
    "0x55550002, true, 0x55550001"
  })
  void loop_with_a_16_bit_counter_keeps_what_is_above(String start, boolean taken, String end) {
    PlainRegisters registers = at(MachineMode.BITS_32);
    registers.set(1, Long.decode(start));

    run(decode(MachineMode.BITS_32, "67e29a"), registers);

    assertThat(registers.get(1)).isEqualTo(Long.decode(end));
    assertThat(registers.programCounter() < Form.ADDRESS).isEqualTo(taken);
  }

  /** 28: the arguments stayed on the stack; the emulator takes the count for a signed one. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"c3, 0", "c20000, 0", "c20800, 8", "c2f07f, 0x7FF0", "c2ffff, 0xFFFF"})
  void ret_n_drops_the_arguments(String hex, String count) {
    for (MachineMode mode : MachineMode.values()) {
      PlainRegisters registers = at(mode);
      memory.store(registers.stackPointer(), 8, TARGET);
      long top = registers.stackPointer();

      run(decode(mode, hex), registers);

      assertThat(registers.programCounter()).isEqualTo(TARGET);
      assertThat(registers.stackPointer() - top).isEqualTo(mode.bits() / 8 + Long.decode(count));
    }
  }

  /** 29 and 33: vector opcodes, and far branches of the same group. */
  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "ff28,   jmp far [rax]",
    "ff18,   call far [rax]",
    "48ff28, jmp far with REX.W",
    "cb,     far ret",
    "ca0800, far ret 8",
    "48cf,   iretq",
    "c5f970c000, vpshufd (70: jo)",
    "c5f9ebc0,   vpor (EB: jmp)",
    "c5f8c2c000, vcmpps (C2: ret)",
    "62f17f486fc0, vmovdqu8",
  })
  void what_only_looks_like_a_near_branch_is_not_emulated(String hex, String what) {
    Instruction instruction = decode(MachineMode.BITS_64, hex);

    assertThat(new Emulator(Privilege.KERNEL).emulationOf(instruction)).as(what).isEmpty();
  }

  /** A REX prefix in front of another prefix does not count (as AMD's processors have it too). */
  @Test
  void a_rex_prefix_that_is_not_the_last_one_names_no_register() {
    PlainRegisters registers = at(MachineMode.BITS_64);
    registers.set(2, TARGET);
    registers.set(10, TARGET + 1);

    run(decode(MachineMode.BITS_64, "413effe2"), registers);

    assertThat(registers.programCounter()).isEqualTo(TARGET);
  }

  @Test
  void popf_clears_the_resume_flag_and_takes_the_trap_flag() {
    PlainRegisters registers = at(MachineMode.BITS_64);
    registers.setFlags(Flags.RESUME | 2);
    memory.store(registers.stackPointer(), 8, Flags.RESUME | Flags.VIRTUAL_8086 | Flags.TRAP);

    run(decode(MachineMode.BITS_64, "9d"), registers);

    assertThat(registers.flags()).isEqualTo(Flags.TRAP | 2);
  }

  @Test
  void popf_of_16_bits_leaves_the_rest() {
    PlainRegisters registers = at(MachineMode.BITS_64);
    registers.setFlags(Flags.RESUME | Flags.IDENTIFICATION | Flags.ALIGNMENT_CHECK | 2);
    memory.store(registers.stackPointer(), 8, 0);

    run(decode(MachineMode.BITS_64, "669d"), registers);

    assertThat(registers.flags())
        .isEqualTo(Flags.RESUME | Flags.IDENTIFICATION | Flags.ALIGNMENT_CHECK | 2);
  }

  @ParameterizedTest(name = "{0} with I/O privilege {1}")
  @CsvSource({
    "USER,   0, false, 0",
    "USER,   1, false, 1",
    "USER,   2, false, 2",
    "USER,   3, true,  3",
    "KERNEL, 0, true,  3",
  })
  void popf_changes_what_the_privilege_permits(
      Privilege privilege, long level, boolean interrupt, long levelAfter) {
    PlainRegisters registers = at(MachineMode.BITS_64);
    registers.setFlags(level << 12 | 2);
    memory.store(registers.stackPointer(), 8, Flags.INTERRUPT | Flags.IO_PRIVILEGE);

    run(privilege, decode(MachineMode.BITS_64, "9d"), registers);

    assertThat(Flags.has(registers.flags(), Flags.INTERRUPT)).isEqualTo(interrupt);
    assertThat((registers.flags() & Flags.IO_PRIVILEGE) >> 12).isEqualTo(levelAfter);
  }

  @Test
  void pushed_flags_have_neither_resume_nor_virtual_8086() {
    PlainRegisters registers = at(MachineMode.BITS_64);
    registers.setFlags(Flags.RESUME | Flags.VIRTUAL_8086 | Flags.CARRY | 2);

    run(decode(MachineMode.BITS_64, "9c"), registers);

    assertThat(memory.load(registers.stackPointer(), 8)).isEqualTo(Flags.CARRY | 2);
  }

  /** The emulator would have stored the first part. */
  @Test
  void a_store_of_which_a_part_faults_stores_nothing() {
    PlainRegisters registers = at(MachineMode.BITS_64);
    registers.set(Machine.SP, STACK + 4);
    PlainRegisters before = registers.copy();
    byte[] untouched = stack.content();

    assertThatExceptionOfType(TextException.class)
        .isThrownBy(() -> run(decode(MachineMode.BITS_64, "ffd2"), registers));

    assertThat(registers).isEqualTo(before);
    assertThat(stack.content()).isEqualTo(untouched);
  }

  @Test
  void a_transaction_aborts_with_status_0() {
    for (MachineMode mode : MachineMode.values()) {
      PlainRegisters registers = at(mode);
      registers.set(0, -1);

      run(decode(mode, "c7f800010000"), registers);

      assertThat(registers.get(0)).isZero();
      assertThat(registers.programCounter()).isEqualTo(Form.ADDRESS + 6 + 0x100);
    }
  }

  /** movsb: one of three, then the page ends. Run again, it goes on there. */
  @Test
  void a_repeated_string_instruction_keeps_what_is_done_when_it_faults() {
    PlainRegisters registers = at(MachineMode.BITS_64);
    registers.set(Machine.CX, 3);
    registers.set(Machine.SI, STACK);
    registers.set(Machine.DI, STACK + Arena.PAGE - 1);
    memory.store(STACK, 1, 0x5A);

    assertThatExceptionOfType(TextException.class)
        .isThrownBy(() -> run(decode(MachineMode.BITS_64, "f3a4"), registers));

    assertThat(registers.get(Machine.CX)).isEqualTo(2);
    assertThat(registers.get(Machine.SI)).isEqualTo(STACK + 1);
    assertThat(registers.get(Machine.DI)).isEqualTo(STACK + Arena.PAGE);
    assertThat(registers.programCounter()).isEqualTo(Form.ADDRESS);
    assertThat(memory.load(STACK + Arena.PAGE - 1, 1)).isEqualTo(0x5A);
  }

  private static PlainRegisters at(MachineMode mode) {
    PlainRegisters registers = new PlainRegisters(mode);
    registers.setProgramCounter(Form.ADDRESS);
    registers.set(Machine.SP, STACK + 0x800);
    return registers;
  }

  private static Instruction decode(MachineMode mode, String hex) {
    return Form.decode(mode, HexFormat.of().parseHex(hex));
  }

  private void run(Instruction instruction, PlainRegisters registers) {
    run(Privilege.USER, instruction, registers);
  }

  private void run(Privilege privilege, Instruction instruction, PlainRegisters registers) {
    Emulation emulation = new Emulator(privilege).emulationOf(instruction).orElseThrow();
    emulation.run(instruction.nextAddress(), registers, memory);
  }
}
