package io.github.optprobe.text;

import org.jspecify.annotations.Nullable;

/** An operation on text memory failed. Carries what was tried, where, and how many bytes. */
public final class TextException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was tried. */
  public enum Operation {
    /** Reading text. */
    READ,
    /** Writing text. */
    WRITE,
    /** Making every CPU see what was written. */
    SYNCHRONIZE,
    /** Allocating executable memory. */
    ALLOCATE,
    /** Giving executable memory back. */
    FREE
  }

  /** What was tried. */
  private final Operation operation;

  /** The address it was tried at. */
  private final long address;

  /** The number of bytes it concerned. */
  private final long length;

  /** Whether part of what was done before the failure could not be taken back. */
  private boolean textUnknown;

  /**
   * Creates an exception.
   *
   * @param address where; 0 for {@link Operation#SYNCHRONIZE}
   * @param length bytes concerned; 0 for {@link Operation#SYNCHRONIZE}
   * @param why the reason, a short phrase
   */
  public TextException(Operation operation, long address, long length, String why) {
    this(operation, address, length, why, null);
  }

  /** Creates an exception with a cause; see the other constructor. */
  public TextException(
      Operation operation, long address, long length, String why, @Nullable Throwable cause) {
    super("%s of %d bytes at 0x%x failed: %s".formatted(operation, length, address, why), cause);
    this.operation = operation;
    this.address = address;
    this.length = length;
  }

  /** What was tried. */
  public Operation operation() {
    return operation;
  }

  /** The address it was tried at. */
  public long address() {
    return address;
  }

  /** The number of bytes it concerned. */
  public long length() {
    return length;
  }

  /**
   * Notes that taking back what had been done before this failure failed too, which leaves the text
   * in a state that only its writer knows.
   *
   * @param again the second failure; it becomes a {@linkplain #getSuppressed() suppressed} one
   */
  public void notTakenBack(RuntimeException again) {
    textUnknown = true;
    if (again != this) {
      addSuppressed(again);
    }
  }

  /** Whether the operation that failed left the text as it was before it. */
  public boolean isTextAsBefore() {
    return !textUnknown;
  }
}
