package io.github.optprobe.x86.decode;

/** What the decoder says about the reach of a branch. */
public enum BranchType {
  /** Not a branch. */
  NONE,
  /** A branch with an 8-bit displacement. */
  SHORT,
  /** A branch within the code segment: 16- or 32-bit displacement, or an indirect target. */
  NEAR,
  /** A branch that loads CS as well. */
  FAR;

  private static final BranchType[] BY_NUMBER = values();

  /** The type by the decoder's number, which both supported versions give in this order. */
  static BranchType ofNumber(int number) {
    return BY_NUMBER[number];
  }
}
