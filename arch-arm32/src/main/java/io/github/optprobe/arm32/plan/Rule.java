package io.github.optprobe.arm32.plan;

import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.arm32.table.Objection;

/** Why an instruction is not moved. The constants' names are the stable codes of the refusals. */
public enum Rule {
  /** udf, and everything else that the architecture leaves undefined. */
  ARM_UNDEFINED(
      "the instruction exists to trap, and what handles the trap sees the address of the copy",
      "Probe the instruction before it."),
  /** Registers or fields in an unpredictable combination. */
  ARM_UNPREDICTABLE(
      "the architecture does not say what these registers or fields do together",
      "Check that this is code, of this instruction set."),
  /** A branch inside of an IT block, and its kin. */
  ARM_UNPREDICTABLE_IN_IT(
      "the architecture does not say what the instruction does at this place of an IT block",
      "Check that this is code."),
  /** Bits that should be zero, or one, are not. */
  ARM_SHOULD_BE_ZERO(
      "bits that have to be zero (or one) are not, and processors may differ in what they do",
      "Check that this is code, of this instruction set."),
  /** PC in two fields. */
  ARM_PC_TWICE(
      "pc stands in two fields that would have to be rewritten differently",
      "Probe the instruction before or behind it."),
  /** System registers, mode changes. */
  ARM_PRIVILEGED(
      "the instruction is privileged, or changes how the processor runs",
      "Probe the instruction before or behind it."),
  /** LDREX, STREX, CLREX and kin. */
  ARM_EXCLUSIVE(
      "a trap between an exclusive load and its store makes the store fail, for ever",
      "Probe an instruction before or behind the whole sequence."),
  /** Coprocessors and unknown system registers. */
  ARM_COPROCESSOR(
      "nothing is known of this coprocessor or system register",
      "Probe the instruction before or behind it."),
  /** SVC. */
  ARM_SUPERVISOR_CALL(
      "what handles the system call sees the address of the copy",
      "Probe the instruction before or behind it."),
  /** HVC. */
  ARM_HYPERVISOR(
      "what handles the call sees the address of the copy",
      "Probe the instruction before or behind it."),
  /** SMC. */
  ARM_SECURE_MONITOR(
      "what handles the call sees the address of the copy",
      "Probe the instruction before or behind it."),
  /** CPS, SETEND, SRS, RFE. */
  ARM_PROCESSOR_STATE(
      "the instruction changes the mode or the byte order, or returns from an exception",
      "Probe the instruction before or behind it."),
  /** BXJ, ENTERX, LEAVEX. */
  ARM_JAZELLE(
      "the instruction changes to a state in which neither A32 nor T32 is executed",
      "Probe the instruction before or behind it."),
  /** LDRT, STRT and kin. */
  ARM_USER_MODE(
      "the instruction accesses memory with other rights than its neighbours",
      "Probe the instruction before or behind it."),
  /** SWP, SWPB. */
  ARM_OBSOLETE(
      "processors trap the instruction, and what emulates it sees the address of the copy",
      "Probe the instruction before or behind it."),
  /** Added to the architecture later. */
  ARM_NEWER(
      "the instruction is newer than ARMv7-A, and nothing is known of it here",
      "Probe the instruction before or behind it."),
  /** Table and decoder differ about PC. */
  ARM_DISPUTED(
      "the table says that pc is not involved, and the decoder that it is",
      "Probe the instruction before or behind it; and report it."),
  /** A window that begins or ends inside of an IT block. */
  ARM_SPLITS_IT_BLOCK(
      "the jump would stand in an IT block and be executed, or not, for more than one instruction",
      "The breakpoint works as it is; or probe the IT."),
  /** It can not be told whether the address is in an IT block. */
  ARM_IT_BLOCK_UNKNOWN(
      "it can not be told whether the instruction is in an IT block",
      "Give the registry a CodeMap that knows the function."),
  /** A 32-bit instruction of an IT block, not within eight bytes. */
  ARM_STRADDLES_STORES(
      "in an IT block the breakpoint has 4 bytes, and no single store reaches all of these",
      "Probe the instruction before or behind it, or the IT."),
  /** A call behind which the jump overwrites more. */
  ARM_RETURN_INTO_WINDOW(
      "the call would return into bytes that the jump overwrites",
      "The breakpoint works as it is; or build the registry with returnsIntoBuffers()."),
  /** A branch of the window into the middle of one of its instructions. */
  ARM_BRANCH_INTO_INSTRUCTION(
      "the branch leads into the middle of an instruction that the jump would overwrite",
      "The breakpoint works as it is."),
  /** A literal that the jump would overwrite. */
  ARM_READS_WINDOW(
      "the instruction loads bytes that the jump overwrites", "The breakpoint works as it is."),
  /** Code of a window behind a jump or return. */
  ARM_BEHIND_TRANSFER(
      "what stands behind a jump or return is reached by branches that may not all be known",
      "The breakpoint works as it is."),
  /** TBB, TBH, and other branches whose target is computed from PC. */
  ARM_JUMP_TABLE(
      "the target of the branch is computed from pc, and its table is not moved along",
      "The breakpoint works as it is."),
  /** PC and SP in one instruction, or no register to stand for PC. */
  ARM_NO_FREE_REGISTER(
      "the instruction needs pc, and no register can stand for it without changing the others",
      "The breakpoint works as it is."),
  /** A literal that can not be read. */
  ARM_LITERAL_UNREADABLE(
      "what the instruction loads can not be read, and it would fault in the copy",
      "The breakpoint works as it is.");

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

  /** The refusal of an instruction that the table, or the decoder, objects to. */
  static Refusal refusal(Objection objection, Culprit culprit) {
    return switch (objection) {
      case NOT_IN_TABLE, UNDECODED -> new Refusal.Undecodable(culprit, objection.toString());
      case BREAKPOINT -> new Refusal.ForeignBreakpoint(culprit);
      default -> valueOf("ARM_" + objection.name()).refusal(culprit);
    };
  }
}
