package io.github.optprobe.testkit.libc;

import io.github.optprobe.testkit.elf.Imports;
import io.github.optprobe.testkit.emulator.HostCall;

/** {@code open}, {@code read} and their like. */
final class FileFunctions {
  private final GuestFiles files;
  private final GuestMemory memory;
  private final ErrnoCell errno;

  FileFunctions(GuestFiles files, GuestMemory memory, ErrnoCell errno) {
    this.files = files;
    this.memory = memory;
    this.errno = errno;
  }

  void defineIn(Imports imports) {
    imports
        .define("open", 2, this::open)
        .define("open64", 2, this::open)
        .define("close", 1, call -> errno.orError(files.close(call.intArgument(0))))
        .define("read", 3, this::read)
        .define("write", 3, this::write)
        .define("lseek", 3, this::seek)
        .define("lseek64", 3, this::seek);
  }

  private long open(HostCall call) {
    return errno.orError(files.open(memory.string(call.argument(0)), call.intArgument(1)));
  }

  private long read(HostCall call) {
    byte[] bytes = files.read(call.intArgument(0), Math.toIntExact(call.argument(2)));
    if (bytes == null) {
      return errno.orError(-Errno.EBADF);
    }
    memory.write(call.argument(1), bytes);
    return bytes.length;
  }

  private long write(HostCall call) {
    byte[] bytes = memory.read(call.argument(1), call.argument(2));
    return errno.orError(files.write(call.intArgument(0), bytes));
  }

  private long seek(HostCall call) {
    return errno.orError(files.seek(call.intArgument(0), call.argument(1), call.intArgument(2)));
  }
}
