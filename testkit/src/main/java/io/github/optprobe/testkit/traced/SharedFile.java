package io.github.optprobe.testkit.traced;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The file without a name that both processes map: pieces of it are handed out by first fit, always
 * zeroed. Only pages that are written take memory. Not thread-safe.
 */
final class SharedFile {
  /** As large as it gets, in bytes. */
  static final int BYTES = 512 << 20;

  private static final byte[] ZEROES = new byte[1 << 16];

  private final MappedByteBuffer whole;
  private final TreeMap<Integer, Integer> free = new TreeMap<>(Map.of(0, BYTES));

  /** Maps the file that another process has open. */
  SharedFile(String path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path, "rw")) {
      whole = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
    }
  }

  /**
   * Takes a piece.
   *
   * @param bytes a multiple of the page size
   * @return its offset
   */
  int take(int bytes) {
    int offset =
        free.entrySet().stream()
            .filter(piece -> piece.getValue() >= bytes)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("half a gigabyte is mapped already"))
            .getKey();
    int rest = Objects.requireNonNull(free.remove(offset)) - bytes;
    if (rest > 0) {
      free.put(offset + bytes, rest);
    }
    return offset;
  }

  /** Gives a piece back. */
  void giveBack(int offset, int bytes) {
    for (int done = 0; done < bytes; done += ZEROES.length) {
      whole.put(offset + done, ZEROES, 0, Math.min(ZEROES.length, bytes - done));
    }
    Map.Entry<Integer, Integer> below = free.lowerEntry(offset);
    boolean joins = below != null && below.getKey() + below.getValue() == offset;
    int start = joins && below != null ? below.getKey() : offset;
    int end = offset + bytes;
    Integer above = free.remove(end);
    free.put(start, end - start + (above == null ? 0 : above));
  }

  /** What this process sees a piece through. */
  ByteBuffer view(int offset, int bytes) {
    return whole.slice(offset, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
