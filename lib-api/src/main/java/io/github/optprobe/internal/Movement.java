package io.github.optprobe.internal;

/**
 * The table of what is done at an address, from the text that stands there and the text that is
 * wanted. Documented for users in {@code docs/states.md}.
 */
enum Movement {
  /** Nothing: the text is what is wanted. */
  STAY,
  /** Write the breakpoint. */
  ARM,
  /** Write the original over the breakpoint. */
  DISARM,
  /** Have the optimizer write the jump. */
  QUEUE_JUMP,
  /** Write the breakpoint over the jump. */
  UNOPTIMIZE,
  /** Write the breakpoint over the jump and the original over that. */
  RESTORE,
  /** Have the optimizer do that. */
  QUEUE_RESTORE;

  /**
   * The movement.
   *
   * @param lazily whether a jump that nobody wants may stay until the optimizer runs
   */
  @SuppressWarnings("EnumOrdinal") // Rows and columns of the table are in that order.
  static Movement from(TextState there, TextState wanted, boolean lazily) {
    return switch (there) {
      case ORIGINAL -> wanted == TextState.ORIGINAL ? STAY : ARM;
      case BREAKPOINT ->
          switch (wanted) {
            case ORIGINAL -> DISARM;
            case BREAKPOINT -> STAY;
            case JUMP -> QUEUE_JUMP;
          };
      case JUMP ->
          switch (wanted) {
            case ORIGINAL -> lazily ? QUEUE_RESTORE : RESTORE;
            case BREAKPOINT -> UNOPTIMIZE;
            case JUMP -> STAY;
          };
    };
  }
}
