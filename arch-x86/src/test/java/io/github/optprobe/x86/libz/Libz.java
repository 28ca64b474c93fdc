package io.github.optprobe.x86.libz;

import io.github.optprobe.testkit.elf.ElfImage;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.libc.GuestLibc;
import io.github.optprobe.testkit.oracle.Guest;
import io.github.optprobe.testkit.oracle.Scenario;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The machine's libz in an emulated target, and calls of its functions. */
final class Libz {
  static final long BASE = 0x40_0000L;
  private static final int SCRATCH_BYTES = 16384;

  final EmulatedTarget target;
  final ElfImage image;
  final GuestLibc libc;

  /** Memory for arguments and results of calls; part of every comparison. */
  final long scratch;

  private Libz(EmulatedTarget target, Path file) {
    this.target = target;
    libc = GuestLibc.on(target);
    image = ElfImage.load(target, file, BASE, libc.imports());
    scratch = libc.heap().allocate(SCRATCH_BYTES);
  }

  /** The machine's libz, empty if there is none that this test can use. */
  static Optional<Path> file() {
    return Stream.of(
            "/usr/lib/x86_64-linux-gnu/libz.so.1",
            "/lib/x86_64-linux-gnu/libz.so.1",
            "/usr/lib64/libz.so.1")
        .map(Path::of)
        .filter(Files::isReadable)
        .findFirst();
  }

  static Libz load(EmulatedTarget target, Path file) {
    return new Libz(target, file);
  }

  /** A workload as something that an oracle can run. */
  Scenario scenario(Workload workload) {
    return guest -> workload.run(new Calls(guest));
  }

  /** Calls functions for one run of a scenario. */
  final class Calls {
    private final Guest guest;

    private Calls(Guest guest) {
      this.guest = guest;
    }

    long call(String function, long... arguments) {
      return guest.call(image.addressOf(function), arguments);
    }

    Libz libz() {
      return Libz.this;
    }

    /** An address in the scratch memory. */
    long at(int offset) {
      return scratch + offset;
    }

    long put(int offset, byte[] bytes) {
      target.writeBytes(at(offset), bytes);
      return at(offset);
    }

    long putText(int offset, String text) {
      return put(offset, (text + "\0").getBytes(StandardCharsets.US_ASCII));
    }

    long load(int offset, int bytes) {
      return target.data().load(at(offset), bytes);
    }

    void store(int offset, int bytes, long value) {
      target.data().store(at(offset), bytes, value);
    }
  }
}
