package io.github.optprobe.testkit.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a process is at, in memory that outlives it: the case, and the decoder. Written by the one
 * that fuzzes, read by the one that watches.
 */
final class Activity {
  private static final int CASE = 0;
  private static final int DECODER = 8;
  private static final int BYTES = 16;

  private final MappedByteBuffer memory;

  private Activity(MappedByteBuffer memory) {
    this.memory = memory;
  }

  static Activity in(Path file) {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
      memory.order(ByteOrder.nativeOrder());
      return new Activity(memory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void startsCase(long index) {
    memory.putLong(CASE, index + 1);
  }

  void asks(int decoder) {
    memory.putInt(DECODER, decoder);
  }

  /** Nothing is being tried. */
  void rests() {
    memory.putLong(CASE, 0);
  }

  /** The case that is being tried, or -1. */
  long currentCase() {
    return memory.getLong(CASE) - 1;
  }

  /** The number of the decoder that was asked last. */
  int decoder() {
    return memory.getInt(DECODER);
  }
}
