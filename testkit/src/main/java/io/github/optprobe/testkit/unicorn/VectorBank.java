package io.github.optprobe.testkit.unicorn;

/**
 * The vector registers, 16 bytes each. Immutable and thread-safe.
 *
 * @param first Unicorn's number of the first; the others follow it
 * @param count how many there are
 * @param status Unicorn's number of the register with the flags of vector instructions, or {@link
 *     ExecutorProfile#NO_REGISTER} if that is not looked at
 * @param statusFlags the flags in it that comparisons set
 */
public record VectorBank(int first, int count, int status, long statusFlags) {

  /** Vector registers whose flags are not looked at. */
  static VectorBank withoutStatus(int first, int count) {
    return new VectorBank(first, count, ExecutorProfile.NO_REGISTER, 0);
  }
}
