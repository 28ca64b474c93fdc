package io.github.optprobe;

/** What an {@link EntryHandler} says about the call. */
public enum EntryOutcome {
  /** Run the return handler when this call returns. */
  TRACK,
  /** Leave this call alone: its return is not seen, and its instance is free again. */
  VETO
}
