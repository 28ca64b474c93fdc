package io.github.optprobe.arch;

/**
 * A form of the jump into a detour buffer: how many bytes it overwrites and how far it leads.
 * Immutable; architectures keep theirs as constants.
 *
 * @param name what an assembler would call it, such as {@code jmp rel32}
 * @param bytes its length in bytes, positive: so many bytes of the text it overwrites
 * @param reach how far it leads, a phrase such as {@code within 2 GiB}
 */
public record JumpForm(String name, int bytes, String reach) {

  /**
   * Creates a form.
   *
   * @throws IllegalArgumentException if {@code bytes} is not positive
   */
  public JumpForm {
    if (bytes <= 0) {
      throw new IllegalArgumentException("a jump has at least one byte: " + bytes);
    }
  }

  /** Name, length and reach. */
  @Override
  public String toString() {
    return "%s (%d bytes, %s)".formatted(name, bytes, reach);
  }
}
