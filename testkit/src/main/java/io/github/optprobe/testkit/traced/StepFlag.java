package io.github.optprobe.testkit.traced;

import java.util.Set;

/**
 * Hides how the CPU is stepped. The kernel takes the step flag out of the flags register; an
 * instruction that pushes the flags shows it to the program all the same.
 */
final class StepFlag {
  private static final int PUSHF = 0x9c;

  /** Segments, operand and address size, lock and repeat: an instruction may have any of them. */
  private static final Set<Integer> PREFIXES =
      Set.of(0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3);

  private static final int REX_MASK = 0xf0;
  private static final int REX = 0x40;

  private final TracedMachine machine;
  private final TracedRegisters registers;
  private final boolean rex;

  StepFlag(TracedMachine machine, TracedRegisters registers, CpuMode mode) {
    this.machine = machine;
    this.registers = registers;
    rex = mode == CpuMode.BITS_64;
  }

  /** Whether the instruction at an address pushes the flags. */
  boolean isPushedAt(long address) {
    long at = address;
    int value = byteAt(at);
    while (isPrefix(value)) {
      value = byteAt(++at);
    }
    return value == PUSHF;
  }

  /** Takes it out of what has just been pushed. */
  void takeOutOfStack() {
    takeOutOf(registers.stackPointer());
  }

  /** Takes it out of what has just been pushed to where the stack pointer points. */
  void takeOutOf(long stackPointer) {
    // It is bit 8, so in the second byte, whatever the width of what was pushed.
    long second = stackPointer + 1;
    byte pushed = machine.read(second, 1)[0];
    machine.write(second, new byte[] {(byte) (pushed & ~1)});
  }

  private boolean isPrefix(int value) {
    return PREFIXES.contains(value) || (rex && (value & REX_MASK) == REX);
  }

  private int byteAt(long address) {
    Region region = machine.regions().at(address);
    return region == null ? -1 : Byte.toUnsignedInt(region.memory().get(region.offsetOf(address)));
  }
}
