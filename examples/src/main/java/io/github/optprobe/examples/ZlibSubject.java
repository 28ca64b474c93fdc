package io.github.optprobe.examples;

import io.github.optprobe.testkit.elf.ElfImage;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.libc.GuestLibc;
import io.github.optprobe.x86.X86_64;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;

/** {@code crc32(0, data, length)} of libz, which loops in {@code crc32_z} where there is one. */
final class ZlibSubject {
  private ZlibSubject() {}

  static Subject load(Path library, byte[] data) {
    X86_64 architecture = new X86_64();
    EmulatedTarget target = EmulatedTarget.of(architecture);
    GuestLibc libc = GuestLibc.on(target);
    ElfImage image = ElfImage.load(target, library, Subject.BASE, libc.imports());
    long buffer = libc.heap().allocate(data.length);
    target.writeBytes(buffer, data);
    CRC32 crc = new CRC32();
    crc.update(data);
    return new Subject(
        architecture,
        target,
        image,
        image.function("crc32").orElseThrow(),
        image.function("crc32_z").or(() -> image.function("crc32")).orElseThrow(),
        List.of(0L, buffer, (long) data.length),
        crc.getValue(),
        "the CRC-32 that java.util.zip.CRC32 computes, %08x".formatted(crc.getValue()));
  }
}
