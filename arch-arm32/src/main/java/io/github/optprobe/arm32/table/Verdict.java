package io.github.optprobe.arm32.table;

import org.jspecify.annotations.Nullable;

/**
 * What the table says of one instruction. Immutable.
 *
 * <p>Of a refused one it says nothing but why: it may read and write everything. "Written" means
 * that the new value depends on the old one only if the same bit is in "read" as well, and that it
 * is surely written if the {@link #condition} is {@link Condition#AL}.
 *
 * @param row the row that matched, or null if none did
 * @param treatment what is to be done with it
 * @param objection why it is refused; null exactly if the treatment is not REFUSE
 * @param condition its own, or that of its IT block
 * @param registersRead bit n for register n; PC (bit 15) for every use of its own address
 * @param registersWritten bit n for register n
 * @param flagsRead bits of {@link Flags}, those of the condition included
 * @param flagsWritten bits of {@link Flags}
 * @param storedBelowSp how many bytes below SP it may store to, 0 upwards, or {@link
 *     #UNKNOWN_DEPTH}; 0 whenever neither base nor index is SP
 * @param loadedBelowSp how many bytes below SP it may load from, in the same way
 */
public record Verdict(
    @Nullable TableRow row,
    Treatment treatment,
    @Nullable Objection objection,
    Condition condition,
    int registersRead,
    int registersWritten,
    int flagsRead,
    int flagsWritten,
    int storedBelowSp,
    int loadedBelowSp) {
  /** A register decides how far below SP is accessed. */
  public static final int UNKNOWN_DEPTH = -1;

  private static final int PC = 1 << 15;
  private static final int ALL_REGISTERS = 0xFFFF;
  private static final int ALL_FLAGS = Flags.NZCV | Flags.Q | Flags.GE;

  static Verdict refused(@Nullable TableRow row, Objection objection, Condition condition) {
    return new Verdict(
        row,
        Treatment.REFUSE,
        objection,
        condition,
        ALL_REGISTERS,
        ALL_REGISTERS,
        ALL_FLAGS,
        ALL_FLAGS,
        UNKNOWN_DEPTH,
        UNKNOWN_DEPTH);
  }

  /** The same instruction refused for a reason that the table cannot know. */
  public Verdict objectedTo(Objection reason) {
    return refused(row, reason, condition);
  }

  /** True if the treatment is {@link Treatment#REFUSE}. */
  public boolean isRefused() {
    return treatment == Treatment.REFUSE;
  }

  /** Whether it reads PC, explicitly or as a branch does. */
  public boolean readsPc() {
    return (registersRead & PC) != 0;
  }

  /** Whether it writes PC, that is, is a branch. */
  public boolean writesPc() {
    return (registersWritten & PC) != 0;
  }
}
