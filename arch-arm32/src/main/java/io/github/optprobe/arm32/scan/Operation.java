package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.scan.Value.Numbers;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.TableRow;

/** What data processing computes, as far as addresses and indices of tables are made by it. */
final class Operation {
  private static final int UNSIGNED_A32 = 1 << 22;
  private static final int UNSIGNED_T32 = 1 << 23;

  private Operation() {}

  /** The register that the result goes to. */
  static int destination(Instruction instruction) {
    return has(instruction, 'd') ? instruction.field('d') : State.SP;
  }

  /** What a register in a field holds. */
  static Value read(Instruction instruction, char field, State state) {
    int register = has(instruction, field) ? instruction.field(field) : State.SP;
    return register == State.PC ? Value.constant(instruction.pc()) : state.get(register);
  }

  private static boolean has(Instruction instruction, char field) {
    TableRow row = instruction.verdict().row();
    return row != null && row.field(field).isPresent();
  }

  private static String name(Instruction instruction) {
    TableRow row = instruction.verdict().row();
    return row == null ? "" : row.name();
  }

  /** Whether it completes a constant of 32 bits. */
  static boolean isHighHalf(Instruction instruction) {
    return name(instruction).equals("MOVT");
  }

  /** The result. */
  static Value result(Instruction instruction, State state) {
    return instruction.length() == Short.BYTES
        ? narrow(instruction, state)
        : wide(instruction, state);
  }

  private static Value narrow(Instruction i, State state) {
    return switch (name(i)) {
      case "MOVS (register)", "MOV (high registers)" -> read(i, 'm', state);
      case "MOV (constant)" -> Value.constant(i.field('i'));
      case "ADD, SUB (3-bit constant)" -> moved(i, 'n', 9, i.field('i'), state);
      case "ADD, SUB (8-bit constant)" -> moved(i, 'd', 11, i.field('i'), state);
      case "ADD, SUB (stack pointer)" -> moved(i, 'n', 7, i.field('i') * 4L, state);
      case "ADD (stack pointer plus constant)" ->
          Values.plus(state.get(State.SP), i.field('i') * 4L);
      case "ADD, SUB (register)" ->
          isSet(i, 9) ? subtracted(i, state) : Values.add(read(i, 'n', state), read(i, 'm', state));
      case "ADD (high registers)" -> Values.add(read(i, 'd', state), read(i, 'm', state));
      case "LSL (immediate)" -> Values.scaled(read(i, 'm', state), i.field('i'));
      case "ADR" -> Value.constant(i.alignedPc() + i.field('i') * 4L);
      default -> Value.COMPUTED;
    };
  }

  private static Value subtracted(Instruction i, State state) {
    return read(i, 'm', state) instanceof Numbers number && number.isConstant()
        ? Values.plus(read(i, 'n', state), -number.base())
        : Value.COMPUTED;
  }

  /** Plus a number, or minus it if a bit says so. */
  private static Value moved(Instruction i, char field, int minus, long by, State state) {
    return Values.plus(read(i, field, state), isSet(i, minus) ? -by : by);
  }

  private static boolean isSet(Instruction instruction, int bit) {
    return (instruction.encoding() >>> bit & 1) != 0;
  }

  private static Value wide(Instruction i, State state) {
    return switch (name(i)) {
      case "MOV (register)", "MOVS (register)" -> read(i, 'm', state);
      case "MOV (immediate)", "MOV (constant)" -> Value.constant(Immediates.modified(i));
      case "MOVW" -> Value.constant(Immediates.wide(i));
      case "MOVT" -> highHalf(i, state);
      case "ADD (immediate)", "ADD (constant)", "ADD (stack pointer, constant)" ->
          Values.plus(read(i, 'n', state), Immediates.modified(i));
      case "SUB (immediate)", "SUB (constant)", "SUB (stack pointer, constant)" ->
          Values.plus(read(i, 'n', state), -Immediates.modified(i));
      case "ADDW", "ADDW (stack pointer)" -> Values.plus(read(i, 'n', state), Immediates.plain(i));
      case "SUBW", "SUBW (stack pointer)" -> Values.plus(read(i, 'n', state), -Immediates.plain(i));
      case "ADD (register)" -> Values.add(read(i, 'n', state), shifted(i, state));
      case "LSL, LSR, ASR, ROR, RRX (immediate)" -> shifted(i, state);
      case "AND (immediate)", "AND (constant)" -> masked(Immediates.modified(i));
      case "SBFX, UBFX" -> extracted(i);
      case "ADR (add)" -> adr(i, 1);
      case "ADR (sub)", "ADR (subtract)" -> adr(i, -1);
      default -> Value.COMPUTED;
    };
  }

  private static Value highHalf(Instruction i, State state) {
    return read(i, 'd', state) instanceof Numbers number && number.isConstant()
        ? Value.constant((number.base() & 0xFFFF) | Immediates.wide(i) << 16)
        : Value.COMPUTED;
  }

  private static Value shifted(Instruction i, State state) {
    return i.field('k') == 0 ? Values.scaled(read(i, 'm', state), i.field('i')) : Value.COMPUTED;
  }

  private static Value masked(long mask) {
    return mask <= Values.MOST ? Value.upTo(mask) : Value.COMPUTED;
  }

  private static Value extracted(Instruction i) {
    boolean unsigned = (i.encoding() & (i.set() == ArmSet.A32 ? UNSIGNED_A32 : UNSIGNED_T32)) != 0;
    return unsigned ? masked((2L << i.field('w')) - 1) : Value.COMPUTED;
  }

  private static Value adr(Instruction i, int sign) {
    return i.set() == ArmSet.A32
        ? Value.constant(i.pc() + sign * Immediates.modified(i))
        : Value.constant(i.alignedPc() + sign * (long) Immediates.plain(i));
  }

  /** Has the flags remember a comparison with a constant. */
  static void comparison(Instruction i, State state) {
    boolean compares =
        switch (name(i)) {
          case "CMP (immediate)", "CMP (constant)" -> true;
          case "CMP (register)", "CMP (high registers)" -> true;
          default -> false;
        };
    int register = !compares ? State.PC : i.field(has(i, 'n') ? 'n' : 'd');
    if (register != State.PC && other(i, state) instanceof Numbers number && number.isConstant()) {
      state.compare(register, number.base());
    }
  }

  private static Value other(Instruction i, State state) {
    if (has(i, 'm')) {
      boolean shifted = has(i, 'k') && i.length() == Integer.BYTES;
      return shifted ? shifted(i, state) : read(i, 'm', state);
    }
    return i.length() == Short.BYTES
        ? Value.constant(i.field('i'))
        : Value.constant(Immediates.modified(i));
  }
}
