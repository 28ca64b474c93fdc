package io.github.optprobe.internal;

/** What the library has written at a probed address. A property of the text, not of any queue. */
enum TextState {
  /** Nothing. */
  ORIGINAL,
  /** A breakpoint. Set before the store, so that a trap always finds it. */
  BREAKPOINT,
  /** A jump into the detour buffer. */
  JUMP
}
