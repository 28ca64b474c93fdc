package io.github.optprobe.x86.scan;

import io.github.optprobe.x86.decode.Encoding;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.MachineMode;

/**
 * The operands of a legacy-encoded instruction with a ModRM byte, as numbers of registers and as
 * values. Intel SDM vol. 2, 2.1.5 and 2.2.1.
 */
final class Operands {
  private static final int REX_R = 4;
  private static final int REX_X = 2;
  private static final int REX_B = 1;
  private static final int STACK_POINTER = 4;
  private static final int FRAME_POINTER = 5;

  private final Instruction instruction;
  private final int modrm;
  private final int rex;

  Operands(Instruction instruction) {
    this.instruction = instruction;
    this.modrm = instruction.modrm();
    this.rex = rex(instruction);
  }

  /** The REX prefix, or 0: it is the last prefix and stands right in front of the opcode. */
  static int rex(Instruction instruction) {
    boolean possible =
        instruction.mode() == MachineMode.BITS_64
            && instruction.encoding() == Encoding.LEGACY
            && instruction.prefixCount() > 0;
    int last = possible ? instruction.byteAt(instruction.prefixCount() - 1) & 0xFF : 0;
    return (last & 0xF0) == 0x40 ? last : 0;
  }

  boolean isRegister() {
    return modrm >> 6 == 3;
  }

  /** The opcode's extension, 0 to 7. */
  int extension() {
    return (modrm >> 3) & 7;
  }

  int reg() {
    return extension() | ((rex & REX_R) != 0 ? 8 : 0);
  }

  /** The register that ModRM's r/m means if it {@link #isRegister}. */
  int rm() {
    return (modrm & 7) | extendBase();
  }

  /** The register of an opcode that names one in its low three bits. */
  static int ofOpcode(Instruction instruction) {
    return (instruction.opcode() & 7) | ((rex(instruction) & REX_B) != 0 ? 8 : 0);
  }

  /** Whether a register number of an 8-bit operand means ah, ch, dh or bh. */
  boolean isHighByte(int register) {
    return rex == 0 && register >= STACK_POINTER && register < 8;
  }

  private int extendBase() {
    return (rex & REX_B) != 0 ? 8 : 0;
  }

  /** Whether the memory operand adds a scaled register. */
  boolean isIndexed() {
    return hasSib() && index() != STACK_POINTER;
  }

  private boolean hasSib() {
    return !isRegister() && (modrm & 7) == STACK_POINTER;
  }

  private int sib() {
    return instruction.byteAt(instruction.modrmOffset() + 1) & 0xFF;
  }

  private int index() {
    return ((sib() >> 3) & 7) | ((rex & REX_X) != 0 ? 8 : 0);
  }

  /** The address that the memory operand means, segments aside. */
  Value address(State state) {
    if (instruction.ripRelative()) {
      return Value.constant(instruction.ripRelativeTarget());
    }
    if (instruction.addressWidth() != state.modeBits()) {
      return Value.COMPUTED;
    }
    Value address = Values.add(base(state), Value.constant(instruction.displacement()));
    if (isIndexed()) {
      address = Values.add(address, Values.scaled(state.get(index()), sib() >> 6));
    }
    return address;
  }

  /** The base register of the memory operand, or 0 if it has none. */
  Value base(State state) {
    return hasSib() ? sibBase(state) : plainBase(state);
  }

  private Value plainBase(State state) {
    boolean absolute = modrm >> 6 == 0 && (modrm & 7) == FRAME_POINTER;
    return absolute ? Value.constant(0) : state.get(rm());
  }

  private Value sibBase(State state) {
    boolean absolute = modrm >> 6 == 0 && (sib() & 7) == FRAME_POINTER;
    return absolute ? Value.constant(0) : state.get((sib() & 7) | extendBase());
  }
}
