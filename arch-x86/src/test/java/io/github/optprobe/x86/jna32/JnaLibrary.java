package io.github.optprobe.x86.jna32;

import com.sun.jna.Native;
import io.github.optprobe.testkit.elf.ElfImage;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.HostCall;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.libc.GuestLibc;
import io.github.optprobe.text.AddressRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The 32-bit library inside the JNA jar, in an emulated target, with memory for its arguments. */
final class JnaLibrary {
  static final long BASE = 0x40_0000L;
  private static final String RESOURCE = "com/sun/jna/linux-x86/libjnidispatch.so";
  private static final int SCRATCH_BYTES = 8192;
  private static final long CLOSURES = 0x1000_0000L;

  final EmulatedTarget target;
  final ElfImage image;
  final GuestLibc libc;

  /** Memory for arguments and results of calls; part of every comparison. */
  final long scratch;

  /** Writable code, for closures. */
  final AddressRange closures;

  /** A JNIEnv. */
  final long environment;

  /** A function of two arguments: three times the first, plus the second. */
  final long callback;

  JnaLibrary(EmulatedTarget target) {
    this.target = target;
    libc = GuestLibc.on(target);
    image = ElfImage.load(target, "libjnidispatch.so", file(), BASE, libc.imports());
    scratch = libc.heap().allocate(SCRATCH_BYTES);
    environment = JniTable.writeTo(target, libc.heap());
    callback = target.addHostFunction(JnaLibrary::callBack);
    closures = target.map(AddressRange.ofLength(CLOSURES, 4096), Protection.READ_WRITE_EXECUTE);
    image.importAddresses().keySet().stream()
        .filter(name -> !libc.imports().defines(name))
        .forEach(name -> libc.imports().define(name, 0, call -> 0));
  }

  /** Fills both registers of a result, so that nobody reads what stood in one before. */
  private static long callBack(HostCall call) {
    call.target().registers().set("edx", 7);
    return 3 * call.argument(0) + call.argument(1);
  }

  private static byte[] file() {
    ClassLoader loader = Native.class.getClassLoader();
    try (InputStream in = Objects.requireNonNull(loader.getResourceAsStream(RESOURCE))) {
      return in.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
