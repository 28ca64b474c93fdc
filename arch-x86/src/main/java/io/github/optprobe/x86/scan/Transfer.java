package io.github.optprobe.x86.scan;

import io.github.optprobe.x86.decode.Encoding;
import io.github.optprobe.x86.decode.Immediate;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.OpcodeMap;
import io.github.optprobe.x86.scan.Value.Stack;
import io.github.optprobe.x86.scan.Value.Strided;
import io.github.optprobe.x86.scan.Value.Unknown;
import java.util.Set;

/**
 * What an instruction makes of what is known. The few kinds of instructions that jump tables are
 * made of are computed; of any other it is known which registers it writes, and nothing of what.
 * For one mode; calls are not among them. Source: Intel SDM vol. 2.
 */
final class Transfer {
  static final int STACK_POINTER = 4;
  private static final int FRAME_POINTER = 5;
  private static final int MOST_SHIFTED = 12;
  private static final Set<String> KEEP_FLAGS_CATEGORIES =
      Set.of("DATAXFER", "NOP", "WIDENOP", "PUSH", "CMOV", "SETCC", "CONVERT", "BROADCAST");
  private static final Set<String> KEEP_FLAGS =
      Set.of(
          "lea",
          "pop",
          "pxor",
          "xorps",
          "xorpd",
          "movups",
          "movaps",
          "movdqa",
          "movdqu",
          "movd",
          "movq",
          "movss",
          "movsd",
          "endbr64",
          "endbr32",
          "punpcklqdq",
          "movhps",
          "leave");

  private final int modeBits;

  Transfer(int modeBits) {
    this.modeBits = modeBits;
  }

  /**
   * Applies an instruction that goes on with the next one.
   *
   * @param number of the instruction, unique in the function, not negative
   */
  void apply(Instruction instruction, int number, State state) {
    boolean known =
        instruction.encoding() == Encoding.LEGACY && compute(instruction, number, state);
    if (!known) {
      overwrite(instruction, state);
    }
    if (!keepsFlags(instruction) && !isComparison(instruction)) {
      state.forgetFlags();
    }
  }

  private static boolean keepsFlags(Instruction instruction) {
    return KEEP_FLAGS_CATEGORIES.contains(instruction.category())
        || KEEP_FLAGS.contains(instruction.mnemonic());
  }

  private static boolean isComparison(Instruction instruction) {
    return instruction.mnemonic().equals("cmp");
  }

  private static void overwrite(Instruction instruction, State state) {
    int written = instruction.generalRegistersWritten();
    for (int register = 0; written != 0; register++, written >>>= 1) {
      if ((written & 1) != 0) {
        state.set(register, Value.COMPUTED);
      }
    }
  }

  /** Whether the instruction is of a kind that this knows. */
  private boolean compute(Instruction instruction, int number, State state) {
    if (instruction.opcodeMap() == OpcodeMap.MAP_0F) {
      return extended(instruction, number, state);
    }
    if (instruction.opcodeMap() != OpcodeMap.ONE_BYTE) {
      return false;
    }
    int opcode = instruction.opcode();
    if (opcode < 0x40) {
      return (opcode & 7) < 6 && arithmetic(instruction, number, state);
    }
    return switch (opcode & 0xF8) {
      case 0x50 -> push(instruction, state);
      case 0x58 -> pop(instruction, state);
      case 0xB8 -> moveConstant(instruction, Operands.ofOpcode(instruction), state);
      default -> others(instruction, number, state);
    };
  }

  private boolean others(Instruction instruction, int number, State state) {
    return switch (instruction.opcode()) {
      // In 32-bit mode the opcode is another instruction's.
      case 0x63 -> modeBits == Long.SIZE && moveSignExtended(instruction, Integer.SIZE, state);
      case 0x68, 0x6A -> push(instruction, state);
      case 0x80, 0x81, 0x83 -> arithmeticWithConstant(instruction, number, state);
      case 0x89 -> store(instruction, number, state);
      case 0x8B -> load(instruction, number, state);
      case 0x8D -> loadAddress(instruction, state);
      case 0x98 -> widenAccumulator(instruction, state);
      case 0xC1, 0xD1 -> shift(instruction, state);
      case 0xC7 -> moveConstantByModrm(instruction, state);
      case 0xC9 -> leave(state);
      case 0xFF -> group5(instruction, state);
      default -> false;
    };
  }

  private boolean extended(Instruction instruction, int number, State state) {
    return switch (instruction.opcode()) {
      case 0xB6 -> moveZeroExtended(instruction, Byte.SIZE, number, state);
      case 0xB7 -> moveZeroExtended(instruction, Short.SIZE, number, state);
      case 0xBE -> moveSignExtended(instruction, Byte.SIZE, state);
      case 0xBF -> moveSignExtended(instruction, Short.SIZE, state);
      default -> false;
    };
  }

  // The stack.

  private boolean push(Instruction instruction, State state) {
    boolean whole = instruction.operandWidth() == modeBits;
    if (whole) {
      moveStack(state, -modeBits / Byte.SIZE);
    }
    return whole;
  }

  private boolean pop(Instruction instruction, State state) {
    if (instruction.operandWidth() != modeBits) {
      return false;
    }
    moveStack(state, modeBits / Byte.SIZE);
    state.set(Operands.ofOpcode(instruction), Value.COMPUTED);
    return true;
  }

  private boolean leave(State state) {
    state.set(STACK_POINTER, state.get(FRAME_POINTER));
    moveStack(state, modeBits / Byte.SIZE);
    state.set(FRAME_POINTER, Value.COMPUTED);
    return true;
  }

  private static void moveStack(State state, long bytes) {
    state.set(STACK_POINTER, Values.add(state.get(STACK_POINTER), Value.constant(bytes)));
  }

  private boolean group5(Instruction instruction, State state) {
    return new Operands(instruction).extension() == 6 && push(instruction, state);
  }

  // Moves.

  private boolean moveConstant(Instruction instruction, int register, State state) {
    return write(register, constant(instruction), instruction.operandWidth(), state);
  }

  /** The immediate, sign-extended; who needs less of it takes the low bits. */
  private static Strided constant(Instruction instruction) {
    Immediate immediate = instruction.immediate(0);
    int unused = Long.SIZE - immediate.size() * Byte.SIZE;
    return Value.constant(immediate.value() << unused >> unused);
  }

  private boolean moveConstantByModrm(Instruction instruction, State state) {
    Operands operands = new Operands(instruction);
    return !operands.isRegister() || moveConstant(instruction, operands.rm(), state);
  }

  private boolean store(Instruction instruction, int number, State state) {
    Operands operands = new Operands(instruction);
    return !operands.isRegister()
        || copy(operands.rm(), operands.reg(), instruction.operandWidth(), number, state);
  }

  private boolean load(Instruction instruction, int number, State state) {
    Operands operands = new Operands(instruction);
    int width = instruction.operandWidth();
    return operands.isRegister()
        ? copy(operands.reg(), operands.rm(), width, number, state)
        : write(operands.reg(), loaded(instruction, width, false, state), width, state);
  }

  private static boolean copy(int to, int from, int bits, int number, State state) {
    if (bits < Integer.SIZE) {
      state.set(to, Value.COMPUTED);
    } else {
      state.copy(to, from, bits, 2 * number + 1);
    }
    return true;
  }

  private boolean moveZeroExtended(Instruction instruction, int bits, int number, State state) {
    Operands operands = new Operands(instruction);
    boolean wide = instruction.operandWidth() >= Integer.SIZE;
    boolean highByte =
        bits == Byte.SIZE && operands.isRegister() && operands.isHighByte(operands.rm());
    if (!wide) {
      state.set(operands.reg(), Value.COMPUTED);
    } else if (operands.isRegister() && !highByte) {
      state.copy(operands.reg(), operands.rm(), bits, 2 * number + 1);
    } else {
      state.set(operands.reg(), Value.range(0, Interval.mask(bits)));
    }
    return true;
  }

  private boolean moveSignExtended(Instruction instruction, int bits, State state) {
    Operands operands = new Operands(instruction);
    boolean computable = bits == Integer.SIZE && instruction.operandWidth() == Long.SIZE;
    Value value = Value.COMPUTED;
    if (computable) {
      value =
          operands.isRegister()
              ? Values.signExtended(state.get(operands.rm()), bits)
              : loaded(instruction, bits, true, state);
    }
    state.set(operands.reg(), value);
    return true;
  }

  private boolean widenAccumulator(Instruction instruction, State state) {
    boolean fromWord = instruction.operandWidth() == Long.SIZE;
    state.set(0, fromWord ? Values.signExtended(state.get(0), Integer.SIZE) : Value.COMPUTED);
    return true;
  }

  private boolean loadAddress(Instruction instruction, State state) {
    Operands operands = new Operands(instruction);
    return write(operands.reg(), operands.address(state), instruction.operandWidth(), state);
  }

  /** What is loaded from a memory operand. */
  static Value loaded(Instruction instruction, int bits, boolean signed, State state) {
    Operands operands = new Operands(instruction);
    Value address = operands.address(state);
    if (instruction.hasFsOrGsPrefix()) {
      return Value.OUTSIDE;
    } else if (address instanceof Strided table) {
      return table.isConstant() ? Value.OUTSIDE : entry(table, bits, signed);
    } else if (address instanceof Stack) {
      // What the frame kept may have come from anywhere; what outlives the frame is no label.
      return Value.OUTSIDE;
    }
    // With an index, or from where arithmetic leads: somebody's table, or a table of labels.
    boolean plain = !operands.isIndexed() && isFromOutside(operands.base(state));
    return plain ? Value.OUTSIDE : Value.COMPUTED;
  }

  private static Value entry(Strided table, int bits, boolean signed) {
    boolean word = bits == Integer.SIZE || bits == Long.SIZE;
    return word ? new Value.Entry(table, bits / Byte.SIZE, signed, 0, Long.SIZE) : Value.COMPUTED;
  }

  /** Writes a register as an instruction of that operand width does. */
  private boolean write(int register, Value value, int bits, State state) {
    if (bits < Integer.SIZE) {
      state.set(register, partly(value, bits));
    } else {
      state.set(register, bits == modeBits ? value : Values.truncated(value, bits));
    }
    return true;
  }

  /** A register of which only the low bits are written. */
  private static Value partly(Value value, int bits) {
    Interval low = Values.low(value, bits);
    return low.isAll(bits) ? Value.COMPUTED : new Value.Low(bits, low.lo(), low.hi());
  }

  // Arithmetic.

  private boolean arithmeticWithConstant(Instruction instruction, int number, State state) {
    Operands operands = new Operands(instruction);
    if (!operands.isRegister()) {
      forgetComparison(operands.extension(), state);
      return true;
    }
    Value constant = constant(instruction);
    return operate(
        operands.extension(), operands, operands.rm(), constant, instruction, number, state);
  }

  private static void forgetComparison(int operation, State state) {
    if (operation == Operation.CMP) {
      state.forgetFlags();
    }
  }

  private boolean arithmetic(Instruction instruction, int number, State state) {
    int operation = instruction.opcode() >> 3;
    int form = instruction.opcode() & 7;
    if (form >= 4) {
      Value constant = constant(instruction);
      return operate(operation, new Operands(instruction), 0, constant, instruction, number, state);
    }
    Operands operands = new Operands(instruction);
    if (!operands.isRegister()) {
      forgetComparison(operation, state);
      return form < 2 || operation == Operation.CMP || loadAndOperate(instruction, state);
    }
    int to = form < 2 ? operands.rm() : operands.reg();
    int from = form < 2 ? operands.reg() : operands.rm();
    boolean zeroed = to == from && (operation == Operation.XOR || operation == Operation.SUB);
    if (zeroed && instruction.operandWidth() >= Integer.SIZE) {
      state.set(to, Value.constant(0));
      return true;
    }
    Value other = operands.isHighByte(from) ? Value.COMPUTED : state.get(from);
    return operate(operation, operands, to, other, instruction, number, state);
  }

  /** Such as {@code add table(,%rax,8), %rdx}. */
  private boolean loadAndOperate(Instruction instruction, State state) {
    Operands operands = new Operands(instruction);
    int width = instruction.operandWidth();
    boolean addition = instruction.opcode() >> 3 == Operation.ADD && width >= Integer.SIZE;
    Value sum =
        addition
            ? Values.add(state.get(operands.reg()), loaded(instruction, width, false, state))
            : Value.COMPUTED;
    // A narrower sum of wider values is not what was computed.
    return write(operands.reg(), width == modeBits ? sum : Value.COMPUTED, width, state);
  }

  private boolean operate(
      int operation,
      Operands operands,
      int to,
      Value other,
      Instruction instruction,
      int number,
      State state) {
    int width = instruction.operandWidth();
    boolean highByte = width == Byte.SIZE && operands.isHighByte(to) && instruction.modrm() >= 0;
    if (operation == Operation.CMP) {
      compare(to, other, highByte ? 0 : width, number, state);
      return true;
    }
    if (highByte) {
      state.set(to, Value.COMPUTED);
      return true;
    }
    Value before = width == modeBits ? state.get(to) : Values.truncated(state.get(to), width);
    Value after = width == modeBits ? other : Values.truncated(other, width);
    return write(to, Operation.result(operation, before, after, width), width, state);
  }

  private static void compare(int register, Value other, int width, int number, State state) {
    boolean constant = other instanceof Strided strided && strided.isConstant();
    if (width == 0 || !constant) {
      state.forgetFlags();
    } else {
      long number64 = ((Strided) other).base();
      state.compare(register, width, number64 & Interval.mask(width), 2 * number + 2);
    }
  }

  private boolean shift(Instruction instruction, State state) {
    Operands operands = new Operands(instruction);
    int width = instruction.operandWidth();
    if (!operands.isRegister() || width < Integer.SIZE) {
      return !operands.isRegister();
    }
    long count = instruction.opcode() == 0xD1 ? 1 : instruction.immediate(0).value();
    int by = (int) count & (width - 1);
    Value value = state.get(operands.rm());
    Value before = width == modeBits ? value : Values.truncated(value, width);
    Value after =
        switch (operands.extension()) {
          case 4 -> by <= MOST_SHIFTED ? Values.scaled(before, by) : Value.COMPUTED;
          case 5 -> shiftedRight(before, by, width);
          default -> Value.COMPUTED;
        };
    return write(operands.rm(), after, width, state);
  }

  private static Value shiftedRight(Value value, int by, int width) {
    Interval low = Values.low(value, width);
    return by == 0 ? value : Value.range(low.lo() >>> by, low.hi() >>> by);
  }

  /**
   * Whether a jump through this value, or by memory that it was loaded from, may be a tail call.
   */
  static boolean isFromOutside(Value value) {
    return value instanceof Unknown unknown && unknown.outside();
  }
}
