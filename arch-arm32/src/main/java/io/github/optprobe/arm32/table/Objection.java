package io.github.optprobe.arm32.table;

/** Why an instruction is refused, whatever its treatment would be. */
public enum Objection {
  /** The architecture leaves the word undefined: it traps. */
  UNDEFINED,
  /** Registers or fields in a combination that the architecture calls unpredictable. */
  UNPREDICTABLE,
  /** Unpredictable at this place of an IT block: a branch that is not the last of it, say. */
  UNPREDICTABLE_IN_IT,
  /** Bits that should be zero (or one) are not: processors may differ. */
  SHOULD_BE_ZERO,
  /** PC in two fields that would have to be treated differently. */
  PC_TWICE,
  /** Needs a privileged mode, or does something else in it. */
  PRIVILEGED,
  /** LDREX, STREX, CLREX and kin: an exception between them makes the store fail, for ever. */
  EXCLUSIVE,
  /** A coprocessor, or a system register that is none of the few known to be harmless. */
  COPROCESSOR,
  /** SVC: what handles it sees the address of the copy. */
  SUPERVISOR_CALL,
  /** BKPT: a debugger's own. */
  BREAKPOINT,
  /** HVC. */
  HYPERVISOR,
  /** SMC. */
  SECURE_MONITOR,
  /** CPS, SETEND, SRS, RFE: change the mode or the byte order, or return from an exception. */
  PROCESSOR_STATE,
  /** BXJ, ENTERX, LEAVEX. */
  JAZELLE,
  /** LDRT, STRT and kin, which access memory with the rights of user code. */
  USER_MODE,
  /** SWP and SWPB, which later processors trap. */
  OBSOLETE,
  /** Added to the architecture after ARMv7-A; nothing is known of it here. */
  NEWER,
  /** No row of the table matches. */
  NOT_IN_TABLE,
  /** The table lists it, but the native decoder knows no such instruction. */
  UNDECODED,
  /** The table says that PC is not involved, and the native decoder that it is. */
  DISPUTED
}
