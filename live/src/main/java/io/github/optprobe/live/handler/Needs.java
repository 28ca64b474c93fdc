package io.github.optprobe.live.handler;

/**
 * What code of a handler wants of its frame, besides rcx and rdx, which all may use.
 *
 * @param accumulator whether it uses rax and rsi too, so that the flags have to wait in memory
 * @param flagsImage whether it reads the whole rflags
 */
public record Needs(boolean accumulator, boolean flagsImage) {
  /** Nothing more than all have. */
  public static final Needs LEAST = new Needs(false, false);

  /** What two handlers that share a frame want. */
  public Needs and(Needs other) {
    return new Needs(accumulator || other.accumulator, flagsImage || other.flagsImage);
  }
}
