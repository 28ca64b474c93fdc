package io.github.optprobe.x86.sweep;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.traced.GeneralRegister;
import io.github.optprobe.testkit.traced.Stop;
import io.github.optprobe.testkit.traced.TracedTarget;
import io.github.optprobe.testkit.traced.VectorState;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.x86.X86_64;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A library in a traced child, and the memory that its code may write there: data and stack of the
 * sandbox, and those pages of the library's own data that are opened. All other memory is read-only
 * to it, so what a run has written is known by comparing these few pages.
 */
final class Sandbox implements AutoCloseable {
  static final long BASE = 0x7e12_3400_0000L;
  static final long LANDING = 0x4100_0000L;
  static final long DATA = 0x5000_0000L;
  static final int DATA_BYTES = 0x2000;
  static final long MIDDLE = DATA + DATA_BYTES / 2;
  static final long THREAD = DATA + 0x1800;
  static final long STACK = 0x5100_0000L;
  static final int STACK_BYTES = 0x1000;
  static final long STACK_POINTER = STACK + STACK_BYTES / 2;

  private static final long STUB = 0x4200_0000L;

  /** fninit, fld1, fldpi, fldl2e, fldz. */
  private static final int[] FILL_X87 = {
    0xdb, 0xe3, 0xd9, 0xe8, 0xd9, 0xeb, 0xd9, 0xea, 0xd9, 0xee
  };

  private static final int PAGE = 4096;
  private static final int SYS_MPROTECT = 10;
  private static final int SYS_SCHED_SETAFFINITY = 203;

  private final TracedTarget target;
  private final ElfLibrary library;
  private final ByteBuffer image;
  private final ByteBuffer data;
  private final ByteBuffer stack;
  private final List<Page> opened = new ArrayList<>();
  private final VectorState vectors;

  /**
   * A page of the library's data.
   *
   * @param now as it is in the child
   * @param before as it was
   */
  private record Page(long address, ByteBuffer now, ByteBuffer before) {}

  Sandbox(X86_64 architecture, ElfLibrary library) {
    this.library = library;
    target = TracedTarget.of(architecture);
    try {
      image = relocated(library);
      map();
      data = view(DATA, DATA_BYTES);
      stack = view(STACK, STACK_BYTES);
      target.data().store(DATA, Long.BYTES, 1);
      target.machine().systemCall(SYS_SCHED_SETAFFINITY, 0, Long.BYTES, DATA);
      vectors = target.call(this::usedVectors);
    } catch (RuntimeException | Error failure) {
      target.close();
      throw failure;
    }
  }

  private static ByteBuffer relocated(ElfLibrary library) {
    ByteBuffer copy = copy(library.memory()).order(ByteOrder.LITTLE_ENDIAN);
    Relocations.apply(copy, BASE, LANDING);
    return copy;
  }

  private void map() {
    for (ElfLibrary.Segment segment : library.segments()) {
      AddressRange range = segment.range();
      long first = range.first() & -PAGE;
      long last = range.last() | (PAGE - 1);
      byte[] bytes = new byte[(int) (last - first + 1)];
      image.get((int) first, bytes);
      target.map(
          BASE + first, bytes, segment.isExecutable() ? Protection.READ_EXECUTE : Protection.READ);
    }
    byte[] breakpoints = new byte[PAGE];
    Arrays.fill(breakpoints, (byte) 0xcc);
    target.map(LANDING, breakpoints, Protection.READ_EXECUTE);
    byte[] stub = new byte[FILL_X87.length];
    for (int i = 0; i < stub.length; i++) {
      stub[i] = (byte) FILL_X87[i];
    }
    target.map(STUB, stub, Protection.READ_EXECUTE);
    target.map(AddressRange.ofLength(DATA, DATA_BYTES), Protection.READ_WRITE);
    target.map(AddressRange.ofLength(STACK, STACK_BYTES), Protection.READ_WRITE);
  }

  private VectorState usedVectors() {
    target.machine().setRegister(GeneralRegister.RIP, STUB);
    for (int i = 0; i < FILL_X87.length / 2; i++) {
      Stop stop = target.machine().step();
      if (stop.kind() != Stop.Kind.STEP) {
        throw new IllegalStateException("the x87 is not there: " + stop);
      }
    }
    return target.machine().vectors();
  }

  private ByteBuffer view(long address, int bytes) {
    return target.machine().memory(AddressRange.ofLength(address, bytes));
  }

  TracedTarget target() {
    return target;
  }

  ElfLibrary library() {
    return library;
  }

  /** Vector registers that are all in use, some of the x87's among them. */
  VectorState vectors() {
    return vectors;
  }

  // What code may write.

  /** Lets code write the library's data around an address, if it is that. */
  void open(long address) {
    for (ElfLibrary.Segment segment : library.segments()) {
      AddressRange range = segment.range();
      long first = (BASE + range.first()) & -PAGE;
      long last = (BASE + range.last()) | (PAGE - 1);
      boolean writable = segment.isWritable() && !segment.isExecutable();
      if (writable && new AddressRange(first, last).contains(address)) {
        openPage(address & -PAGE);
        if (((address + 64) & -PAGE) <= last) {
          openPage((address + 64) & -PAGE);
        }
      }
    }
  }

  private void openPage(long page) {
    if (opened.stream().noneMatch(each -> each.address == page)) {
      protect(page, 3);
      ByteBuffer before = image.slice((int) (page - BASE), PAGE);
      opened.add(new Page(page, view(page, PAGE), before));
    }
  }

  /** Takes back what {@link #open} allowed; the pages are as they were. */
  void closeAll() {
    for (Page page : opened) {
      page.now.put(0, page.before, 0, PAGE);
      protect(page.address, 1);
    }
    opened.clear();
  }

  private void protect(long page, int protection) {
    long result = target.machine().systemCall(SYS_MPROTECT, page, PAGE, protection);
    if (result != 0) {
      throw new IllegalStateException("mprotect: " + result);
    }
  }

  /** Sets all memory that code may write. */
  void fill(byte[] newData, byte[] newStack) {
    data.put(0, newData);
    stack.put(0, newStack);
    for (Page page : opened) {
      page.now.put(0, page.before, 0, PAGE);
    }
  }

  /**
   * What stands now in all memory that code may write.
   *
   * @param last what stood there before, which is returned if it is the same
   */
  List<ByteBuffer> written(List<ByteBuffer> last) {
    List<ByteBuffer> now = views();
    boolean same = last.size() == now.size();
    for (int i = 0; same && i < now.size(); i++) {
      same = last.get(i).mismatch(now.get(i)) < 0;
    }
    return same ? last : now.stream().map(Sandbox::copy).toList();
  }

  private List<ByteBuffer> views() {
    List<ByteBuffer> views = new ArrayList<>(List.of(data, stack));
    opened.forEach(page -> views.add(page.now));
    return views;
  }

  private static ByteBuffer copy(ByteBuffer view) {
    byte[] bytes = new byte[view.capacity()];
    view.get(0, bytes);
    return ByteBuffer.wrap(bytes);
  }

  /** Memory as the code's own loads and stores find it, permissions included. */
  DataMemory asCodeSeesIt() {
    DataMemory all = target.data();
    return new DataMemory() {
      @Override
      public long load(long address, int bytes) {
        return all.load(address, bytes);
      }

      @Override
      public void store(long address, int bytes, long value) {
        AddressRange range = AddressRange.ofLength(address, bytes);
        if (!mayWrite(range)) {
          throw new TextException(TextException.Operation.WRITE, address, bytes, "read-only");
        }
        all.store(address, bytes, value);
      }
    };
  }

  private boolean mayWrite(AddressRange range) {
    return AddressRange.ofLength(DATA, DATA_BYTES).contains(range)
        || AddressRange.ofLength(STACK, STACK_BYTES).contains(range)
        || opened.stream().anyMatch(p -> AddressRange.ofLength(p.address, PAGE).contains(range));
  }

  @Override
  public void close() {
    target.close();
  }
}
