package io.github.optprobe.arm32.emulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Flags;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Treatment;
import io.github.optprobe.text.TextException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the differential test can not show: effects in which Unicorn does otherwise than the manual,
 * or that the manual leaves open, and what is left of an access that fails. Bytes are those of GNU
 * as, in the order of memory.
 */
class EmulationByHandTest {
  private static final long ADDRESS = 0x40_1000;
  private static final long DATA = 0x70_0000;
  private static final int USER_MODE = 0x10;

  private final Arena data = Arena.ofData(DATA, Arena.PAGE);
  private final DataMemory memory = Arena.data(List.of(data));

  /** New native memory holds anything. */
  @BeforeEach
  void clear() {
    data.setContent(new byte[Arena.PAGE]);
  }

  private static Instruction decode(ArmSet set, String hex, long address, ItState it) {
    byte[] code = HexFormat.of().parseHex(hex);
    return (Instruction) ArmDecoder.of(set).decode(code, 0, code.length, address, it);
  }

  private static Emulation emulation(ArmSet set, String hex) {
    return Emulator.emulationOf(decode(set, hex, ADDRESS, ItState.OUTSIDE)).orElseThrow();
  }

  private static PlainRegisters registers(ArmSet set) {
    PlainRegisters registers = new PlainRegisters();
    for (int i = 0; i < ArmRegisters.PC; i++) {
      registers.set(i, 0x1111_1111L * i);
    }
    registers.setProgramCounter(ADDRESS);
    int thumb = set == ArmSet.T32 ? ProgramStatus.THUMB : 0;
    ProgramStatus.setCpsr(registers, USER_MODE | thumb);
    return registers;
  }

  /**
   * Unpredictable, A2.3.1 (BXWritePC), A8.8.27 (BX): an exchanging branch to A32 whose target has
   * bit 1 set. Unicorn goes on in the middle of a word.
   */
  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    "A32, 10ff2fe1, bx r0",
    "A32, 00f0a0e1, 'mov pc, r0'",
    "T32, 0047,     bx r0",
    "A32, 30ff2fe1, blx r0",
    "T32, 8047,     blx r0"
  })
  void a_branch_to_half_a_word_of_a32_is_aligned(ArmSet set, String hex, String text) {
    PlainRegisters registers = registers(set);
    registers.set(0, 0x50_0002);

    emulation(set, hex).run(registers, memory);

    assertThat(registers.programCounter()).as(text).isEqualTo(0x50_0000);
    assertThat(ProgramStatus.set(registers)).as(text).isEqualTo(ArmSet.A32);
  }

  /** The same of a word loaded: LoadWritePC, A2.3.1. */
  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    "A32, 00f090e5, 'ldr pc, [r0]'",
    "T32, 50f804fb, 'ldr pc, [r0], #4'",
    "A32, 0680b0e8, 'ldm r0!, {r1, r2, pc}'"
  })
  void a_loaded_address_of_half_a_word_of_a32_is_aligned(ArmSet set, String hex, String text) {
    PlainRegisters registers = registers(set);
    registers.set(0, DATA);
    for (int i = 0; i < 3; i++) {
      memory.store(DATA + i * 4L, 4, 0x50_0002 + i * 0x100L);
    }

    emulation(set, hex).run(registers, memory);

    long last = text.startsWith("ldm") ? 0x50_0200 : 0x50_0000;
    assertThat(registers.programCounter()).as(text).isEqualTo(last);
    assertThat(ProgramStatus.set(registers)).as(text).isEqualTo(ArmSet.A32);
  }

  /** Unpredictable, A8.8.27: behind half a word there is no A32 code. */
  @Test
  void bx_pc_at_half_a_word_goes_to_the_word_it_is_in() {
    Instruction instruction = decode(ArmSet.T32, "7847", ADDRESS + 2, ItState.OUTSIDE);
    PlainRegisters registers = registers(ArmSet.T32);
    registers.setProgramCounter(ADDRESS + 2);

    Emulator.emulationOf(instruction).orElseThrow().run(registers, memory);

    assertThat(registers.programCounter()).isEqualTo(ADDRESS + 4);
    assertThat(ProgramStatus.set(registers)).isEqualTo(ArmSet.A32);
  }

  /**
   * Unicorn has loaded the registers before the one that fails, as B1.9 (effects of data-aborted
   * instructions) allows.
   */
  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    "A32, 0680b0e8, 'ldm r0!, {r1, r2, pc}'",
    "A32, 0480b0e8, 'ldm r0!, {r2, pc}'",
    "A32, 00f090e5, 'ldr pc, [r0]'"
  })
  void a_load_that_fails_half_way_changes_no_register(ArmSet set, String hex, String text) {
    PlainRegisters registers = registers(set);
    registers.set(0, text.startsWith("ldr") ? DATA - 1 : DATA + Arena.PAGE - 4);
    PlainRegisters before = registers.copy();
    Emulation emulation = emulation(set, hex);

    assertThatExceptionOfType(TextException.class)
        .as(text)
        .isThrownBy(() -> emulation.run(registers, memory));
    assertThat(registers).as(text).isEqualTo(before);
  }

  /** B1.8: an exception keeps the place in the IT block. Unicorn loses it. */
  @Test
  void a_load_that_fails_in_an_it_block_stays_in_it() {
    PlainRegisters registers = registers(ArmSet.T32);
    ProgramStatus.setItState(registers, ItState.behind(0xBF18)); // it ne
    PlainRegisters before = registers.copy();
    Emulation emulation = emulation(ArmSet.T32, "02bd"); // pop {r1, pc}

    assertThatExceptionOfType(TextException.class)
        .isThrownBy(() -> emulation.run(registers, memory));
    assertThat(registers).isEqualTo(before);
    assertThat(ProgramStatus.itState(registers).inBlock()).isTrue();
  }

  @Test
  void a_store_of_several_words_that_fails_has_stored_those_before() {
    PlainRegisters registers = registers(ArmSet.A32);
    registers.set(0, DATA + Arena.PAGE - 4);
    PlainRegisters before = registers.copy();
    Emulation emulation = emulation(ArmSet.A32, "0280a0e8"); // stm r0!, {r1, pc}

    assertThatExceptionOfType(TextException.class)
        .isThrownBy(() -> emulation.run(registers, memory));
    assertThat(registers).isEqualTo(before);
    assertThat(memory.load(DATA + Arena.PAGE - 4, 4)).isEqualTo(0x1111_1111);
  }

  /** The memory of a target may do a part of a store, as it may go page by page. */
  @Test
  void a_store_across_the_end_of_a_page_fails_as_a_whole() {
    PlainRegisters registers = registers(ArmSet.A32);
    registers.set(0, DATA + Arena.PAGE - 4 - 2);
    PlainRegisters before = registers.copy();
    Emulation emulation = emulation(ArmSet.A32, "04f0a0e5"); // str pc, [r0, #4]!

    assertThatExceptionOfType(TextException.class)
        .isThrownBy(() -> emulation.run(registers, new ByteByByte(memory)));
    assertThat(registers).isEqualTo(before);
    assertThat(data.content()).containsOnly(0);
  }

  /** Stores what it can. */
  private record ByteByByte(DataMemory memory) implements DataMemory {
    @Override
    public long load(long address, int bytes) {
      return memory.load(address, bytes);
    }

    @Override
    public void store(long address, int bytes, long value) {
      for (int i = 0; i < bytes; i++) {
        memory.store(address + i, 1, value >>> (i * Byte.SIZE));
      }
    }
  }

  /** An alignment fault to the CPU, A3.2.1, which systems mend. */
  @Test
  void several_words_need_no_alignment() {
    PlainRegisters registers = registers(ArmSet.A32);
    registers.set(0, DATA + 1);
    memory.store(DATA + 1, 4, 0x1234_5678);
    memory.store(DATA + 9, 4, 0x50_0001);

    emulation(ArmSet.A32, "0680b0e8").run(registers, memory); // ldm r0!, {r1, r2, pc}

    assertThat(registers.get(1)).isEqualTo(0x1234_5678);
    assertThat(registers.programCounter()).isEqualTo(0x50_0000);
    assertThat(ProgramStatus.set(registers)).isEqualTo(ArmSet.T32);
    assertThat(registers.get(0)).isEqualTo(DATA + 13);
  }

  /** Bug 57: the link was written before the target was read. */
  @ParameterizedTest
  @CsvSource({"A32, 3eff2fe1, 401004", "T32, f047, 401003"})
  void blx_lr_goes_where_lr_pointed_to(ArmSet set, String hex, String link) {
    PlainRegisters registers = registers(set);
    registers.set(ArmRegisters.LR, 0x50_0001);

    emulation(set, hex).run(registers, memory);

    assertThat(registers.programCounter()).isEqualTo(0x50_0000);
    assertThat(registers.get(ArmRegisters.LR)).isEqualTo(HexFormat.fromHexDigits(link));
  }

  /** The place in the IT block is what the CPU says, not what the instruction was decoded for. */
  @ParameterizedTest
  @CsvSource({"0, 401002", "40000000, 500000"})
  void the_condition_is_that_of_the_live_it_block(String flags, String next) {
    PlainRegisters registers = registers(ArmSet.T32);
    registers.set(ArmRegisters.LR, 0x50_0001);
    ProgramStatus.setCpsr(
        registers, ProgramStatus.cpsr(registers) | HexFormat.fromHexDigits(flags));
    ProgramStatus.setItState(registers, ItState.behind(0xBF08));

    emulation(ArmSet.T32, "7047").run(registers, memory); // bx lr behind it eq

    assertThat(registers.programCounter()).isEqualTo(HexFormat.fromHexDigits(next));
    assertThat(ProgramStatus.itState(registers)).isEqualTo(ItState.OUTSIDE);
  }

  /** Unpredictable but for the last of a block, A8.8.27: A32 code must not find itself in one. */
  @Test
  void a_branch_leaves_no_it_block_behind() {
    PlainRegisters registers = registers(ArmSet.T32);
    registers.set(ArmRegisters.LR, 0x50_0000);
    ProgramStatus.setItState(registers, ItState.behind(0xBF1C)); // itt ne

    emulation(ArmSet.T32, "7047").run(registers, memory); // bx lr

    assertThat(registers.programCounter()).isEqualTo(0x50_0000);
    assertThat(registers.cpsr()).isEqualTo(USER_MODE);
  }

  /** With S, MOV of PC sets N and Z and keeps C and V: A8.8.104. */
  @Test
  void movs_of_pc_keeps_carry_and_overflow() {
    PlainRegisters registers = registers(ArmSet.A32);
    ProgramStatus.setCpsr(registers, USER_MODE | Flags.NZCV);

    emulation(ArmSet.A32, "0f10b0e1").run(registers, memory);

    assertThat(registers.get(1)).isEqualTo(ADDRESS + 8);
    assertThat(registers.cpsr()).isEqualTo(USER_MODE | Flags.C | Flags.V);
  }

  @ParameterizedTest(name = "{0} {3}")
  @CsvSource({
    "A32, 020081e0, COPY,            'add r0, r1, r2'",
    "A32, 020b9fed, VLOAD_LITERAL,   'vldr d0, [pc, #8]'",
    "A32, 020b8fed, PC_BASED_ACCESS, 'vstr d0, [pc, #8]'",
    "A32, 700020e1, REFUSE,          'bkpt #0'",
    "T32, 00bf,     COPY,            nop"
  })
  void the_rest_is_left_to_the_cpu(ArmSet set, String hex, Treatment treatment, String text) {
    Instruction instruction = decode(set, hex, ADDRESS, ItState.OUTSIDE);

    assertThat(instruction.treatment()).as(text).isEqualTo(treatment);
    assertThat(Emulator.emulationOf(instruction)).as(text).isEmpty();
  }
}
