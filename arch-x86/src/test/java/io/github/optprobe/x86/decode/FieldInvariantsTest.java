package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What must hold between the fields of any instruction, on random bytes. */
class FieldInvariantsTest {
  private static final long SEED = 20261121;
  private static final int COUNT = 200_000;

  @ParameterizedTest
  @EnumSource
  void whatModrmSaysIsRelativeToTheInstructionPointerHasAnOperandThatIs(MachineMode mode) {
    assertThat(instructions(mode))
        .allMatch(i -> ipBaseWidth(i) == OperandRegisters.of(i).ipBaseWidth(), "base");
  }

  private static int ipBaseWidth(Instruction instruction) {
    return !instruction.ripRelative() ? 0 : instruction.eipRelative() ? 32 : 64;
  }

  @ParameterizedTest
  @EnumSource
  void relativeDisplacementEndsTheInstruction(MachineMode mode) {
    assertThat(instructions(mode).filter(Instruction::relativeBranch))
        .isNotEmpty()
        .allMatch(i -> end(i.immediate(0)) == i.length(), "displacement at the end");
  }

  @ParameterizedTest
  @EnumSource
  void numbersStandInTheBytesWhereTheyAreSaidToStand(MachineMode mode) {
    assertThat(instructions(mode)).allMatch(FieldInvariantsTest::numbersAreInTheBytes, "numbers");
  }

  @ParameterizedTest
  @EnumSource
  void flowsWithATargetAreExactlyTheRelativeBranches(MachineMode mode) {
    assertThat(instructions(mode).filter(i -> i.flow() != Flow.UNKNOWN))
        .allMatch(i -> i.relativeBranch() == hasTarget(i.flow()), "target");
  }

  private static Stream<Instruction> instructions(MachineMode mode) {
    X86Decoder decoder =
        mode == MachineMode.BITS_64 ? X86Decoder.for64Bit() : X86Decoder.for32Bit();
    return RandomBytes.sequences(SEED, COUNT).stream()
        .map(code -> decoder.decode(code, 0x1000))
        .filter(Instruction.class::isInstance)
        .map(Instruction.class::cast);
  }

  private static boolean hasTarget(Flow flow) {
    return switch (flow) {
      case JUMP_RELATIVE, COND_RELATIVE, LOOP_RELATIVE, CALL_RELATIVE, XBEGIN -> true;
      default -> false;
    };
  }

  private static boolean numbersAreInTheBytes(Instruction i) {
    boolean good =
        i.displacementSize() == 0
            || number(i, i.displacementOffset(), i.displacementSize(), true) == i.displacement();
    for (int k = 0; k < i.immediateCount(); k++) {
      Immediate m = i.immediate(k);
      good &= number(i, m.offset(), m.size(), m.signed()) == m.value();
    }
    return good;
  }

  private static long number(Instruction instruction, int offset, int size, boolean signed) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (instruction.byteAt(offset + i) & 0xFFL) << (i * Byte.SIZE);
    }
    int unused = Long.SIZE - size * Byte.SIZE;
    return signed ? value << unused >> unused : value;
  }

  private static int end(Immediate immediate) {
    return immediate.offset() + immediate.size();
  }
}
