package io.github.optprobe.live.stress;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.github.optprobe.SymbolOffset;
import io.github.optprobe.live.memory.DataBlock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A library with many functions of each shape, loaded into this process. Thread-safe. */
final class StressLibrary {
  private static final int PAIR = 16;

  private final Path file;
  private final int count;
  private final NativeLibrary loaded;
  private final Function drive;

  private StressLibrary(Path file, int count, NativeLibrary loaded) {
    this.file = file;
    this.count = count;
    this.loaded = loaded;
    drive = loaded.getFunction(Driver.NAME);
  }

  /**
   * Makes and loads one.
   *
   * @param folder where its file is to be; must stay as long as the process
   * @param count how many functions of each shape it has
   */
  static StressLibrary load(Path folder, int count) {
    String name = "libstress%d.so".formatted(count);
    SharedObject file = new SharedObject(name);
    file.add(Driver.NAME, 0, Driver.bytes());
    for (Shape shape : Shape.values()) {
      file.add(shape.reference(), shape.misalignment(), shape.bytes());
      for (int i = 0; i < count; i++) {
        file.add(shape.function(i), shape.misalignment(), shape.bytes());
      }
    }
    try {
      Path path = Files.write(folder.resolve(name), file.toBytes());
      return new StressLibrary(path, count, NativeLibrary.getInstance(path.toString()));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Where it was loaded from. */
  Path file() {
    return file;
  }

  /** How many functions of each shape there are. */
  int count() {
    return count;
  }

  /** The place to be probed. */
  SymbolOffset place(Shape shape, int number) {
    return new SymbolOffset(file.toString(), shape.function(number), shape.probed());
  }

  long address(String function) {
    return Pointer.nativeValue(loaded.getFunction(function));
  }

  /** All functions of a shape, each with its reference, for the driver. */
  DataBlock table(Shape shape) {
    DataBlock table = DataBlock.allocate(count * PAIR);
    long reference = address(shape.reference());
    for (int i = 0; i < count; i++) {
      table.store(i * PAIR, address(shape.function(i)));
      table.store(i * PAIR + Long.BYTES, reference);
    }
    return table;
  }

  /**
   * Calls functions in turn.
   *
   * @return how many results were wrong
   */
  long drive(DataBlock table, long calls) {
    return drive.invokeLong(new Object[] {table.address(), (long) count * PAIR, calls});
  }
}
