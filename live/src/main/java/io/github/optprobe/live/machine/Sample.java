package io.github.optprobe.live.machine;

import io.github.optprobe.live.memory.DataBlock;

/**
 * Where one thread says where it stands: a part of a block that {@link PositionHandler} fills. Read
 * once it is done.
 */
final class Sample {
  /** Offset of the state. */
  static final int STATE = 0;

  static final int PROGRAM_COUNTER = 8;
  static final int STACK_POINTER = 16;

  /** Offset of the number of words; -1 if the stack is not known, or has too many. */
  static final int COUNT = 24;

  static final int WORDS = 32;

  /** The state of one that was asked for. */
  static final long ASKED = 1;

  /** The state of one that is filled. */
  static final long DONE = 2;

  /** So many that only a very deep stack in probed code has more. */
  static final int MOST_WORDS = 4092;

  /** Its size in bytes. */
  static final int BYTES = WORDS + (MOST_WORDS * Long.BYTES);

  private final DataBlock block;
  private final int offset;

  Sample(DataBlock block, int offset) {
    this.block = block;
    this.offset = offset;
  }

  long address() {
    return block.address() + offset;
  }

  void ask() {
    block.store(offset + STATE, ASKED);
  }

  boolean isDone() {
    return block.load(offset + STATE) == DONE;
  }

  long programCounter() {
    return block.load(offset + PROGRAM_COUNTER);
  }

  /** How many words of the stack there are; -1 if that is not known. */
  int count() {
    return (int) block.load(offset + COUNT);
  }

  long word(int index) {
    return block.load(offset + WORDS + index * Long.BYTES);
  }
}
