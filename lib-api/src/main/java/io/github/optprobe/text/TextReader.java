package io.github.optprobe.text;

/**
 * Reads machine code. Whoever analyses text takes this and not {@link TextMemory}, so that reading
 * code cannot write any, and so that it can be handed the <em>original</em> bytes where probes
 * stand.
 */
@FunctionalInterface
public interface TextReader {

  /**
   * Reads as many of {@code length} bytes as are mapped from {@code address} on without a gap.
   *
   * @param address address of the first byte
   * @param into where the bytes go
   * @param offset index in {@code into} of the first one
   * @param length how many at most, not negative
   * @return how many were read: {@code length}, or fewer if the mapped text ends before, 0 if
   *     nothing is mapped at {@code address}
   */
  int read(long address, byte[] into, int offset, int length);

  /**
   * Reads exactly {@code length} bytes.
   *
   * @throws TextException if not all of them are mapped
   */
  default byte[] readFully(long address, int length) {
    byte[] bytes = new byte[length];
    if (read(address, bytes, 0, length) != length) {
      throw new TextException(TextException.Operation.READ, address, length, "not mapped");
    }
    return bytes;
  }
}
