package io.github.optprobe.examples.riscv;

/** Writes instructions so that they mean at another address what they meant at their own. */
final class Relocation {
  /** Over the {@code jal} behind the branch, to the one behind that. */
  private static final int TO_THE_TAKEN_JUMP = 2 * Instruction.BYTES;

  private Relocation() {}

  /**
   * Whether there is such a form. There is none for a call through the register that also takes the
   * return address, as in {@code jalr ra,0(ra)}: the target would have to be in another one.
   */
  static boolean isPossible(Instruction it) {
    boolean linksItsTarget = it.opcode() == Opcode.JALR && it.rd() != 0 && it.rd() == it.rs1();
    return !linksItsTarget;
  }

  /** Appends the form. */
  static Code append(Code code, Instruction it) {
    if (!it.dependsOnItsPlace()) {
      return code.word(it.word());
    }
    return switch (it.opcode()) {
      case AUIPC -> code.address(it.rd(), it.target());
      case JAL -> link(code, it).jump(it.target());
      case JALR -> link(code, it).word(Asm.jalr(0, it.rs1(), it.immediate()));
      default -> branch(code, it);
    };
  }

  /** The return address is that behind the original, or nobody wants it. */
  private static Code link(Code code, Instruction it) {
    return it.rd() == 0 ? code : code.address(it.rd(), it.next());
  }

  /** The branch leads 4 KiB, which is seldom enough: it jumps to a jump, which leads farther. */
  private static Code branch(Code code, Instruction it) {
    return code.word(Asm.shortBranch(it.word(), TO_THE_TAKEN_JUMP))
        .jump(it.next())
        .jump(it.target());
  }
}
