package io.github.optprobe.toy;

/** The program did what it must never do: executed garbage, or ran for ever. */
public final class ToyFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ToyFault(String message) {
    super(message);
  }
}
