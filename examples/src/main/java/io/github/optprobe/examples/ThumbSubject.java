package io.github.optprobe.examples;

import io.github.optprobe.CodeMap;
import io.github.optprobe.arm32.T32;
import io.github.optprobe.testkit.elf.ElfImage;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.libc.GuestLibc;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.CRC32;

/**
 * {@code crc32(0, data, length)} of the testkit's sample library, as GCC 12 has compiled it for
 * Thumb: few machines have a library with Thumb code, or a compiler for one. It is rebuilt by
 *
 * <pre>
 * arm-linux-gnueabihf-gcc -std=gnu11 -O2 -shared -fPIC -nostdlib -ffreestanding -fno-builtin \
 *   -fno-stack-protector -fno-tree-loop-distribute-patterns -ffp-contract=off -mthumb \
 *   -march=armv7-a -mfpu=vfpv3-d16 -mfloat-abi=hard -Wl,--build-id=none -s \
 *   -o libsample-thumb.so sample.c
 * </pre>
 */
final class ThumbSubject {
  private static final String LIBRARY = "libsample-thumb.so";
  private static final String FUNCTION = "crc32";

  private ThumbSubject() {}

  static Subject load(byte[] data) throws IOException {
    T32 architecture = new T32();
    EmulatedTarget target = EmulatedTarget.of(architecture);
    GuestLibc libc = GuestLibc.on(target);
    ElfImage image = ElfImage.load(target, LIBRARY, library(), Subject.BASE, libc.imports());
    long buffer = libc.heap().allocate(data.length);
    target.writeBytes(buffer, data);
    CodeMap.Function function = image.function(FUNCTION).orElseThrow();
    CRC32 crc = new CRC32();
    crc.update(data);
    return new Subject(
        architecture,
        target,
        image,
        function,
        function,
        List.of(0L, buffer, (long) data.length),
        crc.getValue(),
        "the CRC-32 that java.util.zip.CRC32 computes, %08x".formatted(crc.getValue()));
  }

  private static byte[] library() throws IOException {
    try (InputStream in = ThumbSubject.class.getResourceAsStream(LIBRARY)) {
      if (in == null) {
        throw new FileNotFoundException(LIBRARY + " is not on the class path");
      }
      return in.readAllBytes();
    }
  }
}
