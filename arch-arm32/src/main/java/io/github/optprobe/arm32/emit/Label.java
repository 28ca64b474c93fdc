package io.github.optprobe.arm32.emit;

/** A place in code that is being written; branches may lead there before it is known. */
public final class Label {
  private int offset = -1;

  /** Creates one that is nowhere yet. */
  public Label() {}

  boolean isBound() {
    return offset >= 0;
  }

  int offset() {
    if (!isBound()) {
      throw new IllegalStateException("a branch leads to a place that was never written");
    }
    return offset;
  }

  void bind(int at) {
    if (isBound()) {
      throw new IllegalStateException("a place can be in one place only");
    }
    offset = at;
  }
}
