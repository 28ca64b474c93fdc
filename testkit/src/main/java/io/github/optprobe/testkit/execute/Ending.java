package io.github.optprobe.testkit.execute;

/**
 * How a run ended. Where it ended is the program counter of its state.
 *
 * @param kind what stopped it
 * @param detail the executor's own number of a {@link Kind#FAULT}, such as that of an interrupt or
 *     signal; 0 where there is none
 * @param address what was accessed, for {@link Kind#DATA} and {@link Kind#FETCH}; else 0
 */
public record Ending(Kind kind, int detail, long address) {
  /** What stops a run. */
  public enum Kind {
    /** A breakpoint, at the program counter. */
    BREAKPOINT,
    /** The gate, at whose first instruction the program counter is. */
    GATE,
    /** The one instruction of a step has been executed. */
    STEP,
    /** Code at the program counter is not mapped, or may not be executed. */
    FETCH,
    /** A load or store of what is not mapped, or not permitted. */
    DATA,
    /** No instruction of this CPU. */
    ILLEGAL,
    /** Anything else that the CPU stops a program for: a division, an interrupt, a system call. */
    FAULT,
    /** It ran for longer than permitted. */
    LIMIT
  }

  /** An end that has no more to say. */
  public static Ending of(Kind kind) {
    return new Ending(kind, 0, 0);
  }

  /** Whether an instruction could not be completed. */
  public boolean isFault() {
    return kind == Kind.DATA || kind == Kind.ILLEGAL || kind == Kind.FAULT;
  }

  /** Whether another run ended for the same reason: kind and number, not the address. */
  public boolean isLike(Ending other) {
    return kind == other.kind && detail == other.detail;
  }

  @Override
  public String toString() {
    return switch (kind) {
      case DATA, FETCH -> "%s 0x%x".formatted(kind, address);
      case FAULT -> "%s %d".formatted(kind, detail);
      default -> kind.toString();
    };
  }
}
