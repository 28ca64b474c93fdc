package io.github.optprobe.arm32.decode;

/** How the table and another decoder can differ about one encoding. */
enum Disagreement {
  /** The table accepts what Capstone does not know. */
  CAPSTONE_LACKS,
  /** Capstone knows what the table calls undefined. */
  CAPSTONE_KNOWS,
  /** Capstone calls it a branch, and the table does not. */
  CAPSTONE_BRANCH,
  /** The target of a branch differs. */
  CAPSTONE_TARGET,
  /** Whether PC is read differs. */
  CAPSTONE_PC_READ,
  /** Whether PC is written differs. */
  CAPSTONE_PC_WRITTEN,
  /** Which of r0 to r14 are read differs. */
  CAPSTONE_REGISTERS_READ,
  /** Which of r0 to r14 are written differs. */
  CAPSTONE_REGISTERS_WRITTEN,
  /** The table accepts what objdump does not know. */
  OBJDUMP_LACKS,
  /** objdump knows what the table calls undefined. */
  OBJDUMP_KNOWS,
  /** The table accepts what objdump calls unpredictable. */
  OBJDUMP_UNPREDICTABLE,
  /** One of the two calls it a branch to a constant target, and the other one does not. */
  OBJDUMP_BRANCH,
  /** The target of a branch differs. */
  OBJDUMP_TARGET,
  /** The length differs. */
  OBJDUMP_LENGTH
}
