package io.github.optprobe.x86.forms;

/** What stands where ModRM says that a register or memory is. */
enum Operand {
  REGISTER,
  /** {@code [base]}. */
  BASE,
  /** {@code [base + index * scale + disp8]}; the index may be a vector. */
  INDEXED,
  /** {@code [rip + disp32]}. */
  RIP,
  /** {@code [eip + disp32]}: a 67 prefix. */
  EIP,
  /** {@code [base]} of 32 bits: a 67 prefix. */
  BASE_32,
  /** {@code fs:[base]}. */
  FS;

  boolean hasAddressPrefix() {
    return this == EIP || this == BASE_32;
  }

  boolean isIpRelative() {
    return this == RIP || this == EIP;
  }
}
