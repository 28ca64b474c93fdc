package io.github.optprobe.examples.riscv;

/** Writes instructions as GNU objdump does with {@code -M no-aliases}. */
final class Syntax {
  private static final String[] ORDERINGS = {"", ".rl", ".aq", ".aqrl"};

  private Syntax() {}

  static String text(Instruction it) {
    String operands = operands(it);
    String mnemonic = it.opcode().mnemonic() + ordering(it);
    return operands.isEmpty() ? mnemonic : mnemonic + " " + operands;
  }

  private static String ordering(Instruction it) {
    Format format = it.opcode().format();
    boolean ordered = format == Format.ATOMIC || format == Format.LOAD_RESERVED;
    return ordered ? ORDERINGS[it.word() >>> 25 & 3] : "";
  }

  private static String operands(Instruction it) {
    String rd = Register.name(it.rd());
    String rs1 = Register.name(it.rs1());
    String rs2 = Register.name(it.rs2());
    int immediate = it.immediate();
    return switch (it.opcode().format()) {
      case R -> "%s,%s,%s".formatted(rd, rs1, rs2);
      case I -> "%s,%s,%d".formatted(rd, rs1, immediate);
      case SHIFT -> "%s,%s,0x%x".formatted(rd, rs1, immediate & 63);
      case SHIFT_WORD -> "%s,%s,0x%x".formatted(rd, rs1, immediate & 31);
      case LOAD -> "%s,%d(%s)".formatted(rd, immediate, rs1);
      case STORE -> "%s,%d(%s)".formatted(rs2, immediate, rs1);
      case BRANCH -> "%s,%s,0x%x".formatted(rs1, rs2, it.target());
      case UPPER -> "%s,0x%x".formatted(rd, immediate >>> 12);
      case JUMP -> "%s,0x%x".formatted(rd, it.target());
      case FENCE -> "%s,%s".formatted(fence(it.word() >>> 24), fence(it.word() >>> 20));
      case CSR -> "%s,%s,%s".formatted(rd, csr(it), rs1);
      case CSR_IMMEDIATE -> "%s,%s,%d".formatted(rd, csr(it), it.rs1());
      case LOAD_RESERVED -> "%s,(%s)".formatted(rd, rs1);
      case ATOMIC -> "%s,%s,(%s)".formatted(rd, rs2, rs1);
      case NONE -> "";
    };
  }

  /** Manual, 2.7: input, output, read, write. */
  private static String fence(int bits) {
    StringBuilder set = new StringBuilder();
    for (int i = 3; i >= 0; i--) {
      if ((bits >>> i & 1) != 0) {
        set.append("wroi".charAt(i));
      }
    }
    return set.isEmpty() ? "unknown" : set.toString();
  }

  /** Manual, 10.1 and 11.2: those that programs use have names. */
  private static String csr(Instruction it) {
    int number = it.word() >>> 20;
    return switch (number) {
      case 0x001 -> "fflags";
      case 0x002 -> "frm";
      case 0x003 -> "fcsr";
      case 0xc00 -> "cycle";
      case 0xc01 -> "time";
      case 0xc02 -> "instret";
      default -> "0x%x".formatted(number);
    };
  }
}
