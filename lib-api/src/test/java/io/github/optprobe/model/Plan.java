package io.github.optprobe.model;

/** A probe to be registered, under a number of its own. */
public record Plan(int id, long address, Kind kind) {

  /** What sort of probe. */
  public enum Kind {
    PLAIN,
    UP_TO_BOOSTED,
    UP_TO_SINGLE_STEP,
    WITH_POST_HANDLER,
    DISABLED,
    DISABLED_WITH_POST_HANDLER,
    /** Its handler runs the program, which meets probes, itself among them. */
    NESTING,
    /** A return probe; its address must be an entry. */
    RETURN,
    /** At an address that is refused. */
    REFUSED;

    boolean startsDisabled() {
      return this == DISABLED || this == DISABLED_WITH_POST_HANDLER;
    }

    boolean hasPostHandler() {
      return this == WITH_POST_HANDLER || this == DISABLED_WITH_POST_HANDLER;
    }

    boolean permitsJump() {
      return !hasPostHandler() && this != UP_TO_BOOSTED && this != UP_TO_SINGLE_STEP;
    }
  }

  @Override
  public String toString() {
    return "#%d %s at 0x%x".formatted(id, kind, address);
  }
}
