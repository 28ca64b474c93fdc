package io.github.optprobe.toy;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.EMULATED;
import static io.github.optprobe.Tier.SINGLE_STEP;

import io.github.optprobe.Tier;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The instructions, each with its opcode, its length in bytes and the tiers it is offered in. */
public enum ToyOp {
  /** Stops the machine behind it. Only stepped: a boosted copy would stop it in the slot. */
  HLT(0x00, 1, SINGLE_STEP),
  NOP(0x01, 1, SINGLE_STEP, BOOSTED, EMULATED),
  /** a += imm8; sets z. */
  ADD(0x02, 2, SINGLE_STEP, BOOSTED),
  /** a = data[abs16]. */
  LD(0x03, 3, SINGLE_STEP, BOOSTED),
  /** data[abs16] = a. */
  ST(0x04, 3, SINGLE_STEP, BOOSTED),
  /** Jumps rel8. */
  JR(0x05, 2, SINGLE_STEP, BOOSTED),
  /** Jumps rel8 if z is clear. */
  BNZ(0x06, 2, SINGLE_STEP, BOOSTED),
  /** Jumps abs16; what a probe is optimized to. */
  JMP(0x07, 3, SINGLE_STEP, BOOSTED),
  /** a = text[next + rel8], two bytes; sets z. */
  LDP(0x08, 2, SINGLE_STEP, BOOSTED),
  CALL(0x09, 3, SINGLE_STEP, BOOSTED),
  RET(0x0A, 1, SINGLE_STEP, BOOSTED),
  /** x += 1. Not boosted: a post-handler or emulation it is. */
  INX(0x0B, 1, SINGLE_STEP, EMULATED),
  /** x = a. Only stepped. */
  TAX(0x0C, 1, SINGLE_STEP),
  /** a = x. Only boosted, so that nothing sees its end. */
  TXA(0x0D, 1, BOOSTED),
  /** Jumps to x: an indirect jump. */
  JX(0x0E, 1, SINGLE_STEP, BOOSTED),
  /** a ^= imm16 + its own address: can't be moved, only emulated. */
  XPC(0x0F, 3, EMULATED),
  /** a += imm16, x += imm8; sets z. */
  ADDW(0x10, 4, SINGLE_STEP, BOOSTED),
  /** Refused: no copy of it works. */
  TRAP(0x11, 1),
  /** Refused: refers to something that no copy reaches. */
  FAR(0x12, 1),
  /** a = data[abs16]. Only emulated. */
  LDE(0x13, 3, EMULATED),
  /** Saves a, x, z and sp on the stack; the next four exist for detour buffers. */
  PUSHALL(0x20, 1, SINGLE_STEP, BOOSTED),
  /** Restores a, x and z, and drops sp. */
  POPALL(0x21, 1, SINGLE_STEP, BOOSTED),
  PUSH(0x23, 3, SINGLE_STEP, BOOSTED),
  DROP(0x24, 1, SINGLE_STEP, BOOSTED),
  /** LDP with an absolute address: what LDP is relocated to. */
  LDA(0x25, 3, SINGLE_STEP, BOOSTED),
  /** BNZ with an absolute address: what BNZ is relocated to. */
  BNZA(0x26, 3, SINGLE_STEP, BOOSTED),
  BRK(0xCC, 1);

  private static final @Nullable ToyOp[] BY_CODE = new ToyOp[256];

  static {
    Stream.of(values()).forEach(op -> BY_CODE[op.code] = op);
  }

  private final int code;
  private final int length;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of is.
  private final Set<Tier> tiers;

  ToyOp(int code, int length, Tier... tiers) {
    this.code = code;
    this.length = length;
    this.tiers = Set.of(tiers);
  }

  static Optional<ToyOp> of(byte code) {
    return Optional.ofNullable(BY_CODE[code & 0xFF]);
  }

  byte code() {
    return (byte) code;
  }

  int length() {
    return length;
  }

  Set<Tier> tiers() {
    return tiers;
  }

  boolean isRelative() {
    return this == JR || this == BNZ || this == LDP;
  }

  boolean isBranch() {
    return this == JR || this == BNZ || this == BNZA || this == JMP || this == CALL;
  }

  /**
   * Whether nothing may follow it in a window: a call would come back into the window, and what
   * follows a jump may be data that somebody reads.
   */
  boolean mustBeLast() {
    return this == CALL || this == JR || this == JMP || this == JX || this == RET;
  }

  /** Whether a copy of it may stand in a detour buffer. */
  boolean isMovable() {
    return this != HLT && this != XPC && this != LDE && this != TRAP && this != FAR && this != BRK;
  }
}
