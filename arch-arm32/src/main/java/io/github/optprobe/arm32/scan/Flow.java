package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.Objection;
import io.github.optprobe.arm32.table.Operand;
import io.github.optprobe.arm32.table.TableRow;
import io.github.optprobe.arm32.table.Treatment;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an instruction does with control when its condition holds. */
enum Flow {
  /** Goes on with the next one. */
  NEXT,
  /** Goes to a target that is in the encoding. */
  JUMP,
  /** Calls something, which may return behind it, or not. */
  CALL,
  /** Goes to where a register or memory says. */
  INDIRECT,
  /** Traps on purpose. */
  TRAP,
  /** Nobody knows. */
  UNKNOWN;

  private static final int PC = 15;
  private static final int LOAD = 1 << 20;

  /** Hide the instruction that a debugger or the kernel put them over, and with it what it did. */
  private static final Set<Integer> BREAKPOINTS_A32 =
      Set.of(0xE7F001F0, 0xE7F001F8, 0xE7F001F9, 0xE7F001FA);

  private static final Set<Integer> BREAKPOINTS_T32 =
      Set.of(0xDE01, 0xDE18, 0xF7F0A000, 0xF7F0A018);

  private static final Set<String> PC_WRITING_ROWS =
      Set.of("RFE", "ERET", "SUBS PC, LR; ERET", "BXJ", "ENTERX, LEAVEX", "HLT");

  static Flow of(Instruction instruction) {
    return switch (instruction.treatment()) {
      case BRANCH, BRANCH_CONDITIONAL, COMPARE_BRANCH -> JUMP;
      case CALL, CALL_EXCHANGE, CALL_REGISTER -> CALL;
      case BRANCH_REGISTER, DATA_WRITES_PC, LOAD_PC, LOAD_MULTIPLE_PC, TABLE_BRANCH -> INDIRECT;
      case REFUSE -> ofRefused(instruction);
      default -> NEXT;
    };
  }

  /** Whether the next instruction may be reached without a return from a call. */
  static boolean mayBeSkipped(Instruction instruction) {
    return instruction.condition() != Condition.AL
        || instruction.treatment() == Treatment.COMPARE_BRANCH;
  }

  private static Flow ofRefused(Instruction instruction) {
    return switch (objection(instruction)) {
      case UNDEFINED -> isTrap(instruction) ? TRAP : UNKNOWN;
      case NOT_IN_TABLE, UNDECODED, DISPUTED, BREAKPOINT -> UNKNOWN;
      case SUPERVISOR_CALL -> CALL;
      default -> mayWritePc(instruction) ? UNKNOWN : NEXT;
    };
  }

  private static Objection objection(Instruction instruction) {
    @Nullable Objection objection = instruction.objection();
    return objection == null ? Objection.NOT_IN_TABLE : objection;
  }

  /** UDF, which compilers put where control never comes, unless it may be somebody's breakpoint. */
  private static boolean isTrap(Instruction instruction) {
    int encoding = instruction.encoding();
    if (instruction.set() == ArmSet.A32) {
      return (encoding & 0xFFF000F0) == 0xE7F000F0 && !BREAKPOINTS_A32.contains(encoding);
    }
    boolean udf =
        instruction.length() == Short.BYTES
            ? (encoding & 0xFF00) == 0xDE00
            : (encoding & 0xFFF0F000) == 0xF7F0A000;
    return udf && !BREAKPOINTS_T32.contains(encoding);
  }

  /** Whether an instruction that is refused for another reason is, or may be, a branch. */
  private static boolean mayWritePc(Instruction instruction) {
    TableRow row = instruction.verdict().row();
    if (row == null || PC_WRITING_ROWS.contains(row.name())) {
      return true;
    }
    // What follows a refused IT is executed under nobody knows which conditions.
    return row.treatment() == Treatment.IF_THEN
        || isBranch(row.treatment())
        || row.operands().stream().anyMatch(each -> writesPc(each, instruction.encoding()))
        || loadsPc(row, instruction);
  }

  private static boolean isBranch(Treatment treatment) {
    return switch (treatment) {
      case BRANCH, BRANCH_CONDITIONAL, COMPARE_BRANCH, CALL, CALL_EXCHANGE -> true;
      case CALL_REGISTER, BRANCH_REGISTER, TABLE_BRANCH, LOAD_MULTIPLE_PC -> true;
      default -> false;
    };
  }

  private static boolean writesPc(Operand operand, int encoding) {
    return switch (operand.access()) {
      case WRITE, READ_WRITE, WRITE_PAIR -> (operand.field().of(encoding) | pair(operand)) == PC;
      case WRITE_LIST -> (encoding & operand.field().mask() & 1 << PC) != 0;
      default -> false;
    };
  }

  private static int pair(Operand operand) {
    return operand.access() == Operand.Access.WRITE_PAIR ? 1 : 0;
  }

  /** Rows that are refused as a whole name no registers: the one loaded is in bits 15:12. */
  private static boolean loadsPc(TableRow row, Instruction instruction) {
    int encoding = instruction.encoding();
    return switch (objection(instruction)) {
      case USER_MODE, OBSOLETE -> (encoding >>> 12 & PC) == PC;
      case EXCLUSIVE -> (encoding >>> 12 & PC) == PC && !row.name().equals("CLREX");
      case PRIVILEGED ->
          row.name().startsWith("LDM") && (encoding & LOAD) != 0 && (encoding & 1 << PC) != 0;
      default -> false;
    };
  }
}
