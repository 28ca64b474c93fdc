package io.github.optprobe.examples.command;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.Deflater;

/** A program to be traced: compresses again and again, until its standard input ends. */
final class BusyJvm {
  /** How many bytes it hands to zlib at a time. */
  static final int INPUT = 3000;

  private static final int PAUSE_NANOS = 500_000;

  private BusyJvm() {}

  public static void main(String[] arguments) throws IOException {
    compress();
    System.out.println("ready");
    System.out.flush();
    Thread compressing = new Thread(BusyJvm::compressForEver, "busy");
    compressing.setDaemon(true);
    compressing.start();
    while (System.in.read() >= 0) {
      // Whatever is said, only the end counts.
    }
  }

  private static void compressForEver() {
    while (true) {
      compress();
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** One call of zlib: there is room for all that comes out. */
  private static void compress() {
    Deflater deflater = new Deflater();
    deflater.setInput(new byte[INPUT]);
    deflater.finish();
    byte[] out = new byte[INPUT];
    while (!deflater.finished()) {
      deflater.deflate(out);
    }
    deflater.end();
  }
}
