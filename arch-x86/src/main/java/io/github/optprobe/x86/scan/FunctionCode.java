package io.github.optprobe.x86.scan;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Instruction;
import java.util.Arrays;
import java.util.List;

/** The instructions of a function by address. Immutable. */
final class FunctionCode {
  private static final int NONE = -1;

  private final AddressRange range;
  private final List<Instruction> instructions;
  private final int[] numberAt;

  /**
   * Indexes instructions.
   *
   * @param instructions all of the range, ascending
   */
  FunctionCode(AddressRange range, List<Instruction> instructions) {
    this.range = range;
    this.instructions = instructions;
    numberAt = new int[(int) range.length()];
    Arrays.fill(numberAt, NONE);
    for (int i = 0; i < instructions.size(); i++) {
      numberAt[(int) (instructions.get(i).address() - range.first())] = i;
    }
  }

  int size() {
    return instructions.size();
  }

  Instruction get(int number) {
    return instructions.get(number);
  }

  boolean contains(long address) {
    return range.contains(address);
  }

  /** The number of the instruction that starts at an address, or -1. */
  int numberAt(long address) {
    return range.contains(address) ? numberAt[(int) (address - range.first())] : NONE;
  }

  /** The number of the instruction right behind, or -1. */
  int following(int number) {
    return numberAt(instructions.get(number).nextAddress());
  }
}
