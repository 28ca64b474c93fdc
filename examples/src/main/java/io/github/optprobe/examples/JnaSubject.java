package io.github.optprobe.examples;

import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arm32.A32;
import io.github.optprobe.testkit.elf.ElfImage;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.libc.GuestLibc;
import io.github.optprobe.x86.X86_64;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.LongFunction;

/**
 * {@code Native.indexOf} of the library inside the JNA jar: the offset of a byte in memory. It is
 * everywhere where this program is.
 */
final class JnaSubject {
  private static final String X86_LIBRARY = "com/sun/jna/linux-x86-64/libjnidispatch.so";
  private static final String ARM_LIBRARY = "com/sun/jna/linux-arm/libjnidispatch.so";
  private static final String FUNCTION = "Java_com_sun_jna_Native_indexOf";
  private static final long WANTED = 0xA7;

  private JnaSubject() {}

  static byte[] library() throws IOException {
    return resource(X86_LIBRARY);
  }

  /** The one for 32-bit ARM with hardware floating point. */
  static byte[] armLibrary() throws IOException {
    return resource(ARM_LIBRARY);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = JnaSubject.class.getClassLoader().getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException(name + " is not on the class path");
      }
      return in.readAllBytes();
    }
  }

  static Subject load(byte[] library, byte[] data) {
    return load(new X86_64(), library, data, buffer -> List.of(0L, 0L, 0L, buffer, 0L, WANTED));
  }

  /** {@code jlong} takes two words there, an even register and the one behind it first. */
  static Subject loadArm(byte[] library, byte[] data) {
    return load(
        new A32(),
        library,
        data,
        buffer -> List.of(0x11L, 0x22L, 0x33L, 0L, buffer, 0L, 0L, 0L, WANTED));
  }

  private static Subject load(
      Architecture architecture, byte[] library, byte[] data, LongFunction<List<Long>> arguments) {
    EmulatedTarget target = EmulatedTarget.of(architecture);
    GuestLibc libc = GuestLibc.on(target);
    ElfImage image =
        ElfImage.load(target, "libjnidispatch.so", library, Subject.BASE, libc.imports());
    byte[] ended = withLastByte(data);
    long buffer = libc.heap().allocate(ended.length);
    target.writeBytes(buffer, ended);
    CodeMap.Function function = image.function(FUNCTION).orElseThrow();
    int index = indexOf(ended);
    return new Subject(
        architecture,
        target,
        image,
        function,
        function,
        arguments.apply(buffer),
        index,
        "the index that Java finds, " + index);
  }

  /** The wanted byte is the last one, so that the loop goes through all of the data. */
  private static byte[] withLastByte(byte[] data) {
    byte[] ended = data.clone();
    for (int i = 0; i < ended.length; i++) {
      if (ended[i] == (byte) WANTED) {
        ended[i] = 0;
      }
    }
    ended[ended.length - 1] = (byte) WANTED;
    return ended;
  }

  private static int indexOf(byte[] data) {
    int index = 0;
    while (data[index] != (byte) WANTED) {
      index++;
    }
    return index;
  }
}
