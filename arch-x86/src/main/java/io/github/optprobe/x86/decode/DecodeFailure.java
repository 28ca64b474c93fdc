package io.github.optprobe.x86.decode;

/** Why bytes are not an instruction. */
public enum DecodeFailure {
  /** The bytes end before the instruction does; with more bytes it may be one. */
  TRUNCATED,
  /** No such instruction. */
  INVALID,
  /** More than 15 bytes, by redundant prefixes. */
  TOO_LONG,
  /** Names a register that doesn't exist (such as {@code cr9}). */
  BAD_REGISTER,
  /** A LOCK prefix where none is allowed. */
  ILLEGAL_LOCK,
  /** A 66, F2 or F3 prefix before VEX, EVEX or XOP. */
  ILLEGAL_LEGACY_PREFIX,
  /** A REX prefix before VEX, EVEX or XOP. */
  ILLEGAL_REX,
  /** VEX, EVEX or XOP with an opcode map that doesn't exist. */
  INVALID_MAP,
  /** Reserved bits of EVEX. */
  MALFORMED_EVEX,
  /** Reserved bits of MVEX. */
  MALFORMED_MVEX,
  /** A write mask that the instruction doesn't allow. */
  INVALID_MASK,
  /** A status of the decoder that this library doesn't know. */
  OTHER;

  private static final DecodeFailure[] BY_CODE = values();
  private static final int FIRST_STATUS = 0x8020_0000;

  /** The reason for a failing status of the decoder, whose codes count up in this order. */
  static DecodeFailure ofStatus(int status) {
    int code = status - FIRST_STATUS;
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : OTHER;
  }
}
