package io.github.optprobe.internal;

/**
 * The stations in the life of a handle, and the table of what each operation on it means in each.
 * What an operation does to the text is {@link Movement}'s table; {@code docs/states.md} has both.
 */
enum HandleLife {
  REGISTERED,
  /** Its text was removed. */
  GONE,
  UNREGISTERED;

  /** What may be asked of a handle. */
  enum Operation {
    ENABLE,
    DISABLE,
    CLOSE,
    CLOSE_IN_BATCH,
    TEXT_REMOVED
  }

  /** What is done about it. */
  enum Verdict {
    DO,
    NOTHING,
    /** An {@link IllegalStateException}. */
    ERROR
  }

  Verdict verdict(Operation operation) {
    return switch (this) {
      case REGISTERED -> Verdict.DO;
      case GONE ->
          switch (operation) {
            case ENABLE, DISABLE -> Verdict.ERROR;
            case CLOSE, CLOSE_IN_BATCH -> Verdict.DO;
            case TEXT_REMOVED -> Verdict.NOTHING;
          };
      case UNREGISTERED ->
          switch (operation) {
            case ENABLE, DISABLE, CLOSE_IN_BATCH -> Verdict.ERROR;
            case CLOSE, TEXT_REMOVED -> Verdict.NOTHING;
          };
    };
  }
}
