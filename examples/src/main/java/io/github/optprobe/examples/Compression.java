package io.github.optprobe.examples;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.InflaterInputStream;

/** Java compresses a file, and notes what it hands to zlib. */
final class Compression {
  private static final int LARGEST = 16 * 1024;
  private static final int SIZES = 5;

  private final byte[] bytes;
  private final List<Long> inputs;

  private Compression(byte[] bytes, List<Long> inputs) {
    this.bytes = bytes;
    this.inputs = inputs;
  }

  /** Compresses a file, chunk by chunk. */
  static Compression of(Path file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<Long> inputs = new ArrayList<>();
    Deflater deflater = new Deflater();
    try (InputStream in = Files.newInputStream(file)) {
      long given = 0;
      byte[] chunk = new byte[LARGEST];
      int number = 0;
      for (int length = in.read(chunk); length > 0; length = in.read(chunk, 0, size(++number))) {
        given += length;
        deflater.setInput(chunk, 0, length);
        drain(deflater, given, out, inputs);
      }
      deflater.finish();
      drain(deflater, given, out, inputs);
    } finally {
      deflater.end();
    }
    return new Compression(out.toByteArray(), List.copyOf(inputs));
  }

  /** Chunks of several sizes, so that there is something to tell apart. */
  private static int size(int number) {
    return LARGEST >> (number % SIZES);
  }

  private static void drain(
      Deflater deflater, long given, ByteArrayOutputStream out, List<Long> inputs) {
    byte[] part = new byte[LARGEST];
    int length;
    do {
      inputs.add(given - deflater.getBytesRead());
      length = deflater.deflate(part);
      out.write(part, 0, length);
    } while (length > 0);
  }

  /** What came out. */
  byte[] bytes() {
    return bytes.clone();
  }

  /** For each call of zlib how many bytes it was handed, as Java counts them. */
  List<Long> inputs() {
    return inputs;
  }

  /** What it was before. */
  byte[] decompressed() throws IOException {
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    }
  }

  /** How often zlib was called. */
  long calls() {
    return inputs.size();
  }
}
