package io.github.optprobe.x86.plan;

import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;

/** Why an instruction is not moved. The constants' names are the stable codes of the refusals. */
public enum Rule {
  /** Loads CS: jmp/call far, far returns, iret and their kin. */
  X86_FAR_TRANSFER(
      "a far transfer or a return from an interrupt depends on more than its address",
      "Probe the instruction before or behind it."),
  /** int n, int1, int3, into, syscall and their kin. */
  X86_INTERRUPT(
      "what handles the interrupt or system call sees the address of the copy",
      "Probe the instruction before or behind it."),
  /** ud0, ud1, ud2, hlt. */
  X86_TRAPS(
      "the instruction exists to trap, and what handles the trap sees the address of the copy",
      "Probe the instruction before it."),
  /** xbegin. */
  X86_TRANSACTION(
      "a transaction that starts in the copy would abort into the original",
      "Probe the instruction before it."),
  /** A call behind which the jump overwrites more. */
  X86_RETURN_INTO_WINDOW(
      "the call would return into bytes that the jump overwrites",
      "The breakpoint works as it is; or build the registry with returnsIntoBuffers()."),
  /** A 66 prefix on a near branch: in 32-bit mode all processors cut the target to 16 bits. */
  X86_BRANCH_OPERAND_SIZE(
      "an operand-size prefix cuts the target of a near branch to 16 bits, on some processors",
      "Probe the instruction before it."),
  /** endbr64 or endbr32 behind the first instruction of a window. */
  X86_LANDING_MARK(
      "an indirect branch may land on the instruction, inside of the bytes that the jump overwrites",
      "The breakpoint works as it is."),
  /** A branch of the window into the middle of one of its instructions. */
  X86_BRANCH_INTO_INSTRUCTION(
      "the branch leads into the middle of an instruction that the jump would overwrite",
      "The breakpoint works as it is."),
  /** Code of a window behind a jump or return, to which no branch of the window leads. */
  X86_BEHIND_TRANSFER(
      "what stands behind a jump or return is reached by branches that may not all be known",
      "The breakpoint works as it is."),
  /** mov to ds, es, fs, gs; pop of one of them; lds, les, lfs, lgs, lss. */
  X86_SEGMENT_REGISTER(
      "the instruction changes what the addresses of later ones mean",
      "Probe the instruction before or behind it."),
  /** mov ss, pop ss. */
  X86_SHADOWS_TRAPS(
      "the instruction keeps traps off until after the next one",
      "Probe the instruction before it."),
  /** Privileged, or changing how the CPU executes; recording where it ran. */
  X86_PRIVILEGED(
      "the instruction is privileged, or changes how the processor runs",
      "Probe the instruction before or behind it."),
  /** In, or right behind, a hypervisor's emulate prefix: 0F 0B followed by "xen" or "kvm". */
  X86_EMULATE_PREFIX(
      "the instruction belongs to a hypervisor's emulate prefix, which is recognised by its address",
      "Probe the instruction before it."),
  /** Everything that no table lists. */
  X86_NOT_KNOWN_MOVABLE(
      "nothing is known of this kind of instruction that would make it safe to move",
      "Probe the instruction before or behind it.");

  private final String sentence;
  private final String advice;

  Rule(String sentence, String advice) {
    this.sentence = sentence;
    this.advice = advice;
  }

  /** The refusal by this rule. */
  public Refusal refusal(Culprit culprit) {
    return new Refusal.Unmovable(culprit, name(), sentence, advice);
  }
}
