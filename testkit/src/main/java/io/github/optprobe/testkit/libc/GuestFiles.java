package io.github.optprobe.testkit.libc;

import io.github.optprobe.testkit.emulator.HostState;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The guest's files, in memory. Not thread-safe. */
public final class GuestFiles implements HostState {
  private static final int FIRST_DESCRIPTOR = 3;
  private static final int ACCESS_MASK = 3;
  private static final int CREATE = 0x40;
  private static final int EXCLUSIVE = 0x80;
  private static final int TRUNCATE = 0x200;
  private static final int APPEND = 0x400;

  private final Map<String, Content> contents = new HashMap<>();
  private final TreeMap<Integer, Open> open = new TreeMap<>();

  GuestFiles() {}

  /** Puts a file there, instead of what was there before. */
  public void put(String path, byte[] content) {
    contents.put(path, new Content(content.clone()));
  }

  /** What a file holds; empty if there is none. */
  public Optional<byte[]> get(String path) {
    return Optional.ofNullable(contents.get(path)).map(content -> content.bytes.clone());
  }

  @Override
  public Runnable checkpoint() {
    Map<String, Content> contentsThen = new HashMap<>();
    contents.forEach((path, content) -> contentsThen.put(path, new Content(content.bytes)));
    TreeMap<Integer, Open> openThen = new TreeMap<>();
    open.forEach((descriptor, file) -> openThen.put(descriptor, file.copy()));
    return () -> {
      contents.clear();
      contentsThen.forEach((path, content) -> contents.put(path, new Content(content.bytes)));
      open.clear();
      openThen.forEach((descriptor, file) -> open.put(descriptor, file.copy()));
    };
  }

  int open(String path, int flags) {
    boolean exists = contents.containsKey(path);
    if (!exists && (flags & CREATE) == 0) {
      return -Errno.ENOENT;
    }
    if (exists && (flags & CREATE) != 0 && (flags & EXCLUSIVE) != 0) {
      return -Errno.EEXIST;
    }
    if (!exists || (flags & TRUNCATE) != 0) {
      put(path, new byte[0]);
    }
    int descriptor = FIRST_DESCRIPTOR;
    while (open.containsKey(descriptor)) {
      descriptor++;
    }
    open.put(descriptor, new Open(path, (flags & ACCESS_MASK) != 0, (flags & APPEND) != 0, 0));
    return descriptor;
  }

  int close(int descriptor) {
    return open.remove(descriptor) == null ? -Errno.EBADF : 0;
  }

  /** The bytes read, null if the descriptor is not open. */
  byte @Nullable [] read(int descriptor, int length) {
    Open file = open.get(descriptor);
    if (file == null) {
      return null;
    }
    byte[] all = contentOf(file).bytes;
    int from = (int) Math.min(file.position, all.length);
    byte[] read = Arrays.copyOfRange(all, from, Math.min(all.length, from + length));
    file.position += read.length;
    return read;
  }

  long write(int descriptor, byte[] bytes) {
    Open file = open.get(descriptor);
    if (file == null || !file.writable) {
      return -Errno.EBADF;
    }
    Content content = contentOf(file);
    int at = file.append ? content.bytes.length : Math.toIntExact(file.position);
    byte[] all = Arrays.copyOf(content.bytes, Math.max(content.bytes.length, at + bytes.length));
    System.arraycopy(bytes, 0, all, at, bytes.length);
    content.bytes = all;
    file.position = (long) at + bytes.length;
    return bytes.length;
  }

  long seek(int descriptor, long offset, int whence) {
    Open file = open.get(descriptor);
    if (file == null) {
      return -Errno.EBADF;
    }
    long from =
        switch (whence) {
          case 0 -> 0;
          case 1 -> file.position;
          case 2 -> contentOf(file).bytes.length;
          default -> Long.MIN_VALUE;
        };
    if (from + offset < 0) {
      return -Errno.EINVAL;
    }
    file.position = from + offset;
    return file.position;
  }

  private Content contentOf(Open file) {
    return contents.computeIfAbsent(file.path, unused -> new Content(new byte[0]));
  }

  /** Arrays are never changed, only replaced. */
  private static final class Content {
    byte[] bytes;

    Content(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  private static final class Open {
    final String path;
    final boolean writable;
    final boolean append;
    long position;

    Open(String path, boolean writable, boolean append, long position) {
      this.path = path;
      this.writable = writable;
      this.append = append;
      this.position = position;
    }

    Open copy() {
      return new Open(path, writable, append, position);
    }
  }
}
