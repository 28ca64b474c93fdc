package io.github.optprobe.arm32.forms;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextReader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** The memory of the bench: a few arenas, mapped into the emulator and readable from here. */
final class Space implements TextReader, DataMemory {
  static final long TEXT = 0x0100_0000;
  static final int TEXT_BYTES = 0x4000;
  static final long CLOSE_SLOTS = 0x0104_0000;
  static final long NEAR_SLOTS = 0x0140_0000;
  static final long FAR_SLOTS = 0x3000_0000;
  static final int SLOT_BYTES = 0x1000;
  static final long GATE = 0x0866_4000;
  static final long DATA = 0x2000_0000;
  static final long STACK = 0x7000_0000;
  static final int ARENA_BYTES = 0x4000;

  private static final int ALL = 7;
  private static final int DATA_ONLY = 3;

  /** A piece of memory. */
  record Arena(long start, ByteBuffer memory) {
    long end() {
      return start + memory.capacity();
    }

    boolean holds(long address, int bytes) {
      return address >= start && address + bytes <= end();
    }

    byte[] content() {
      byte[] all = new byte[memory.capacity()];
      memory.get(0, all);
      return all;
    }
  }

  final Arena text = arena(TEXT, TEXT_BYTES);
  final Arena close = arena(CLOSE_SLOTS, SLOT_BYTES);
  final Arena near = arena(NEAR_SLOTS, SLOT_BYTES);
  final Arena far = arena(FAR_SLOTS, SLOT_BYTES);
  final Arena gate = arena(GATE, SLOT_BYTES);
  final Arena data = arena(DATA, ARENA_BYTES);
  final Arena stack = arena(STACK, ARENA_BYTES);
  private final List<Arena> all = List.of(text, close, near, far, gate, data, stack);

  private static Arena arena(long start, int bytes) {
    return new Arena(start, Engine.directBuffer(bytes));
  }

  void mapInto(Engine engine) {
    for (Arena arena : all) {
      boolean code = arena.start() != DATA && arena.start() != STACK;
      engine.map(arena.start(), arena.memory(), code ? ALL : DATA_ONLY);
    }
  }

  /** What instructions may store to. */
  List<Arena> watched() {
    return List.of(data, stack, text);
  }

  /** Slots always start at the same place: nothing is used for longer than a case. */
  static SlotAllocator slotsIn(Arena arena) {
    return (bytes, within) -> slot(arena, bytes, within);
  }

  private static Optional<Slot> slot(Arena arena, int bytes, AddressRange within) {
    boolean fits = within.contains(AddressRange.ofLength(arena.start(), bytes));
    return fits && bytes <= SLOT_BYTES
        ? Optional.of(new Slot(arena.start(), bytes))
        : Optional.empty();
  }

  void write(long address, byte[] bytes) {
    Arena arena = require(address, bytes.length, TextException.Operation.WRITE);
    arena.memory().put((int) (address - arena.start()), bytes);
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    for (Arena arena : all) {
      if (arena.holds(address, 1)) {
        int count = (int) Math.min(length, arena.end() - address);
        arena.memory().get((int) (address - arena.start()), into, offset, count);
        return count;
      }
    }
    return 0;
  }

  @Override
  public long load(long address, int bytes) {
    Arena arena = require(address, bytes, TextException.Operation.READ);
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = value << 8 | (arena.memory().get((int) (address - arena.start()) + i) & 0xFF);
    }
    return value;
  }

  @Override
  public void store(long address, int bytes, long value) {
    Arena arena = require(address, bytes, TextException.Operation.WRITE);
    for (int i = 0; i < bytes; i++) {
      arena.memory().put((int) (address - arena.start()) + i, (byte) (value >>> (8 * i)));
    }
  }

  private Arena require(long address, int bytes, TextException.Operation operation) {
    return all.stream()
        .filter(each -> each.holds(address, bytes))
        .findFirst()
        .orElseThrow(() -> new TextException(operation, address, bytes, "not mapped"));
  }
}
