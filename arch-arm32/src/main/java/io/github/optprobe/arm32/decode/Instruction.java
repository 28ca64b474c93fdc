package io.github.optprobe.arm32.decode;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.BitField;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Objection;
import io.github.optprobe.arm32.table.TableRow;
import io.github.optprobe.arm32.table.Treatment;
import io.github.optprobe.arm32.table.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * One instruction of A32 or T32: its encoding, where it stands, and what is known of it. Immutable,
 * so safe to share between threads.
 *
 * @param set the instruction set
 * @param address address of the first byte, 0 to 2³²-1
 * @param length in bytes: 2, or 4
 * @param encoding a word of A32; a halfword, zero-extended; or the two halfwords of a 32-bit
 *     instruction of T32, the first one uppermost
 * @param it the place in an IT block that it was decoded for; {@link ItState#OUTSIDE} for A32
 * @param verdict what the table, and the native decoder's objections, say
 */
public record Instruction(
    ArmSet set, long address, int length, int encoding, ItState it, Verdict verdict)
    implements Decoded {
  private static final long ADDRESS_MASK = 0xFFFF_FFFFL;
  private static final int IT = 0xBF00;

  /** What has to be done with it. */
  public Treatment treatment() {
    return verdict.treatment();
  }

  /** Why it is refused; null exactly if the treatment is not {@link Treatment#REFUSE}. */
  public @Nullable Objection objection() {
    return verdict.objection();
  }

  /** The condition under which it does anything: its own, or that of its IT block. */
  public Condition condition() {
    return verdict.condition();
  }

  /** Address of the next instruction, wrapped at 2³². */
  public long nextAddress() {
    return (address + length) & ADDRESS_MASK;
  }

  /** What it reads as PC: its address plus 8 in A32, plus 4 in T32, wrapped at 2³². */
  public long pc() {
    return (address + set.pcOffset()) & ADDRESS_MASK;
  }

  /** {@link #pc} aligned down to a word, which literals and ADR count from. */
  public long alignedPc() {
    return pc() & ~3L;
  }

  /** The bytes, in a new array, as they stand in memory (code is little-endian). */
  public byte[] bytes() {
    if (length == Short.BYTES) {
      return new byte[] {(byte) encoding, (byte) (encoding >>> 8)};
    }
    int word = set == ArmSet.A32 ? encoding : Integer.rotateLeft(encoding, Short.SIZE);
    return new byte[] {
      (byte) word, (byte) (word >>> 8), (byte) (word >>> 16), (byte) (word >>> 24)
    };
  }

  /**
   * The number in a field of the row that the table has for it.
   *
   * @param letter such as {@code d} or {@code m}; see the tables
   * @throws IllegalArgumentException if the row has no such field, or there is no row
   */
  public int field(char letter) {
    TableRow row = verdict.row();
    BitField field = row == null ? null : row.field(letter).orElse(null);
    if (field == null) {
      throw new IllegalArgumentException(this + " has no field " + letter);
    }
    return field.of(encoding);
  }

  /** Whether {@link #branchTarget} can be asked for. */
  public boolean hasBranchTarget() {
    return BranchTargets.has(treatment());
  }

  /**
   * The target of a branch with a constant one (B, BL, BLX, CBZ, CBNZ), wrapped at 2³², without a
   * mark of its instruction set: that is the other one for {@link Treatment#CALL_EXCHANGE}.
   *
   * @throws IllegalStateException unless {@link #hasBranchTarget}
   */
  public long branchTarget() {
    if (!hasBranchTarget()) {
      throw new IllegalStateException(this + " has no branch target");
    }
    boolean aligns = treatment() == Treatment.CALL_EXCHANGE;
    int displacement = BranchTargets.displacement(set, length, treatment(), encoding);
    return ((aligns ? alignedPc() : pc()) + displacement) & ADDRESS_MASK;
  }

  /** Whether {@link #literal} can be asked for. */
  public boolean hasLiteral() {
    return Literals.has(this);
  }

  /**
   * The address that it loads from, where that is at a constant offset from PC, wrapped at 2³².
   *
   * @throws IllegalStateException unless {@link #hasLiteral}
   */
  public long literal() {
    if (!hasLiteral()) {
      throw new IllegalStateException(this + " has no literal");
    }
    return Literals.of(this);
  }

  /**
   * What ADR, and ADD and SUB of a constant to PC, compute, wrapped at 2³².
   *
   * @throws IllegalStateException unless the treatment is {@link Treatment#ADR}
   */
  public long computedAddress() {
    if (treatment() != Treatment.ADR) {
      throw new IllegalStateException(this + " computes no address");
    }
    return Literals.address(this);
  }

  /** The place in an IT block of the instruction behind it, if execution just goes on. */
  public ItState nextIt() {
    return treatment() == Treatment.IF_THEN ? ItState.behind(IT | encoding) : it.advanced();
  }

  /** Address, encoding and treatment; {@link ArmDecoder#format} gives the text. */
  @Override
  public String toString() {
    String digits = length == Short.BYTES ? "%04x" : "%08x";
    Object reason = verdict.isRefused() ? objection() : treatment();
    return ("%s 0x%x: " + digits + " (%s)").formatted(set, address, encoding, reason);
  }
}
