package io.github.optprobe.live.safety;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.github.optprobe.SymbolOffset;
import io.github.optprobe.live.stress.SharedObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** A library with the functions of {@link Code}, loaded into this process. Thread-safe. */
final class SafetyLibrary {
  private static final String NAME = "libsafety.so";

  /** Functions that are there several times, so that tests need not share one. */
  private static final int COPIES = 16;

  private final Map<String, Function> functions = new HashMap<>();

  private static final class Holder {
    private static final SafetyLibrary LOADED = load();
  }

  private SafetyLibrary(NativeLibrary loaded) {
    for (Code each : Code.values()) {
      for (int i = 0; i < COPIES; i++) {
        String name = name(each, i);
        functions.put(name, loaded.getFunction(name));
      }
    }
  }

  /** The one of this process; its file stays until the process ends. */
  static SafetyLibrary loaded() {
    return Holder.LOADED;
  }

  private static SafetyLibrary load() {
    SharedObject file = new SharedObject(NAME);
    for (Code each : Code.values()) {
      for (int i = 0; i < COPIES; i++) {
        file.add(name(each, i), 0, each.bytes());
      }
    }
    try {
      Path folder = Files.createTempDirectory("optprobe-safety");
      Path path = Files.write(folder.resolve(NAME), file.toBytes());
      folder.toFile().deleteOnExit();
      path.toFile().deleteOnExit();
      return new SafetyLibrary(NativeLibrary.getInstance(path.toString()));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static String name(Code code, int copy) {
    return code.function() + "_" + copy;
  }

  private Function function(Code code, int copy) {
    return Objects.requireNonNull(functions.get(name(code, copy)));
  }

  /** The start of a function. */
  static SymbolOffset entry(Code code, int copy) {
    return at(code, copy, 0);
  }

  /** A place in a function. */
  static SymbolOffset at(Code code, int copy, int offset) {
    return new SymbolOffset(NAME, name(code, copy), offset);
  }

  long address(Code code, int copy) {
    return Pointer.nativeValue(function(code, copy));
  }

  long call(Code code, int copy, Object... arguments) {
    return function(code, copy).invokeLong(arguments);
  }

  /** What {@link Code#NUMBER} gives. */
  static long number(long argument) {
    return argument * 3 + 0x1234_5678L;
  }
}
