package io.github.optprobe.x86.forms;

import io.github.optprobe.x86.decode.Immediate;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.X86Decoder;
import java.util.SplittableRandom;

/**
 * Makes what an instruction encodes as an address or a distance lead to where the bench has memory
 * or a landing.
 */
final class OperandPatcher {
  private static final int ABSOLUTE_MOVES = 0xa0;

  private final X86Decoder decoder;
  private final SplittableRandom random;

  OperandPatcher(X86Decoder decoder, SplittableRandom random) {
    this.decoder = decoder;
    this.random = random;
  }

  Instruction patch(Instruction instruction) {
    byte[] bytes = instruction.bytes();
    if (instruction.ripRelative()) {
      long data = FormBench.MIDDLE + 64L * random.nextInt(8);
      store(bytes, instruction.displacementOffset(), 4, data - instruction.nextAddress());
    } else if (instruction.relativeBranch()) {
      branch(instruction, bytes);
    } else if (instruction.mnemonic().equals("enter")) {
      // A frame that the stack has room for.
      store(bytes, instruction.immediate(0).offset(), 2, 16L * random.nextInt(4));
      store(bytes, instruction.immediate(1).offset(), 1, random.nextInt(4));
    } else if (hasAbsoluteAddress(instruction)) {
      long data = FormBench.MIDDLE + 8L * random.nextInt(8);
      store(bytes, instruction.displacementOffset(), instruction.displacementSize(), data);
    }
    return (Instruction) decoder.decode(bytes, instruction.address());
  }

  private static void branch(Instruction instruction, byte[] bytes) {
    Immediate distance = instruction.immediate(0);
    long target =
        distance.size() == 1
            ? instruction.nextAddress() + FormBench.NEAR_LANDING
            : FormBench.LANDING;
    store(bytes, distance.offset(), distance.size(), target - instruction.nextAddress());
  }

  /** mov between the accumulator and an address, which has no ModRM. */
  private static boolean hasAbsoluteAddress(Instruction instruction) {
    return instruction.modrm() < 0
        && instruction.displacementSize() > 0
        && (instruction.opcode() & 0xfc) == ABSOLUTE_MOVES;
  }

  private static void store(byte[] bytes, int offset, int size, long value) {
    for (int i = 0; i < size; i++) {
      bytes[offset + i] = (byte) (value >>> (8 * i));
    }
  }
}
