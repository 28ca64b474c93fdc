package io.github.optprobe.examples;

import io.github.optprobe.CodeMap;
import io.github.optprobe.testkit.elf.ElfImage;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.libc.GuestLibc;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * {@code Native.indexOf} of the library inside the JNA jar: the offset of a byte in memory. It is
 * everywhere where this program is.
 */
final class JnaSubject {
  private static final String LIBRARY = "com/sun/jna/linux-x86-64/libjnidispatch.so";
  private static final String FUNCTION = "Java_com_sun_jna_Native_indexOf";
  private static final byte WANTED = (byte) 0xA7;

  private JnaSubject() {}

  static byte[] library() throws IOException {
    try (InputStream in = JnaSubject.class.getClassLoader().getResourceAsStream(LIBRARY)) {
      if (in == null) {
        throw new FileNotFoundException(LIBRARY + " is not on the class path");
      }
      return in.readAllBytes();
    }
  }

  static Subject load(byte[] library, byte[] data) {
    EmulatedTarget target = Subject.newTarget();
    GuestLibc libc = GuestLibc.on(target);
    ElfImage image =
        ElfImage.load(target, "libjnidispatch.so", library, Subject.BASE, libc.imports());
    byte[] ended = withLastByte(data);
    long buffer = libc.heap().allocate(ended.length);
    target.writeBytes(buffer, ended);
    CodeMap.Function function = image.function(FUNCTION).orElseThrow();
    int index = indexOf(ended);
    return new Subject(
        target,
        image,
        function,
        function,
        List.of(0L, 0L, 0L, buffer, 0L, (long) WANTED),
        index,
        "the index that Java finds, " + index);
  }

  /** The wanted byte is the last one, so that the loop goes through all of the data. */
  private static byte[] withLastByte(byte[] data) {
    byte[] ended = data.clone();
    for (int i = 0; i < ended.length; i++) {
      if (ended[i] == WANTED) {
        ended[i] = 0;
      }
    }
    ended[ended.length - 1] = WANTED;
    return ended;
  }

  private static int indexOf(byte[] data) {
    int index = 0;
    while (data[index] != WANTED) {
      index++;
    }
    return index;
  }
}
