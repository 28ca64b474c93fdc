package io.github.optprobe.testkit.protocol;

/**
 * An execution that goes wrong. Immutable.
 *
 * @param flaw what is wrong with the protocol
 * @param address where the CPU stands
 * @param fetched what it fetches there, as hex pairs with blanks between
 * @param run what stood in the patcher's way in that run
 * @param picture the steps of the patcher and of the CPU side by side, several lines
 */
public record Violation(Flaw flaw, long address, String fetched, String run, String picture) {

  /** The picture. */
  @Override
  public String toString() {
    return picture;
  }
}
