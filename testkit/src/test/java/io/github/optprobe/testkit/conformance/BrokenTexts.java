package io.github.optprobe.testkit.conformance;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Text memories that are broken on purpose, each in one way that somebody could write by mistake.
 */
final class BrokenTexts {
  static final long BASE = 0x40_0000;
  static final int BYTES = 256;
  private static final long END = BASE + BYTES;
  private static final AddressRange CODE = AddressRange.ofLength(BASE, BYTES);

  private BrokenTexts() {}

  static TextMemory whole() {
    return ByteArrayText.at(BASE, new byte[BYTES]);
  }

  /** How many bytes further the code begins; 0 if it is not close behind. */
  private static int inFrontOfTheCode(long address) {
    long gap = BASE - address;
    return gap > 0 && gap < 16 ? (int) gap : 0;
  }

  // Reading.

  /** Reads no further than the end of the first line of 16 bytes, if it begins inside one. */
  static final class ReadsOneLine extends ForwardingText {
    ReadsOneLine(TextMemory text) {
      super(text);
    }

    @Override
    public int read(long address, byte[] into, int offset, int length) {
      int count = super.read(address, into, offset, length);
      int line = 16 - (int) (address & 15);
      if (line < 16 && count > line) {
        Arrays.fill(into, offset + line, offset + count, (byte) 0);
      }
      return count;
    }
  }

  /** Answers a question for nothing by an error number. */
  static final class ErrorNumber extends ForwardingText {
    ErrorNumber(TextMemory text) {
      super(text);
    }

    @Override
    public int read(long address, byte[] into, int offset, int length) {
      return length == 0 ? -1 : super.read(address, into, offset, length);
    }
  }

  /** Clears the rest of the array. */
  static final class ClearsTheRest extends ForwardingText {
    ClearsTheRest(TextMemory text) {
      super(text);
    }

    @Override
    public int read(long address, byte[] into, int offset, int length) {
      int count = super.read(address, into, offset, length);
      if (count > 0) {
        Arrays.fill(into, offset + count, into.length, (byte) 0);
      }
      return count;
    }
  }

  /** Reads all or nothing. */
  static final class AllOrNothingRead extends ForwardingText {
    AllOrNothingRead(TextMemory text) {
      super(text);
    }

    @Override
    public int read(long address, byte[] into, int offset, int length) {
      int count = super.read(address, into, offset, length);
      return count == length ? count : 0;
    }
  }

  /** Looks for the first mapped byte instead of stopping at once. */
  static final class SkipsGaps extends ForwardingText {
    SkipsGaps(TextMemory text) {
      super(text);
    }

    @Override
    public int read(long address, byte[] into, int offset, int length) {
      int skip = inFrontOfTheCode(address);
      return super.read(address + skip, into, offset, Math.max(0, length - skip));
    }
  }

  /** Fills up with zeros what is not there. */
  static final class FillsUp extends ForwardingText {
    FillsUp(TextMemory text) {
      super(text);
    }

    @Override
    public byte[] readFully(long address, int length) {
      byte[] bytes = new byte[length];
      read(address, bytes, 0, length);
      return bytes;
    }
  }

  /** Keeps what it has read, and hands it out again until something is written. */
  static final class HandsOutItsCache extends ForwardingText {
    private final Map<AddressRange, byte[]> cache = new HashMap<>();

    HandsOutItsCache(TextMemory text) {
      super(text);
    }

    @Override
    public synchronized byte[] readFully(long address, int length) {
      return cache.computeIfAbsent(
          AddressRange.ofLength(address, length), range -> super.readFully(address, length));
    }

    @Override
    public synchronized void write(long address, byte[] bytes) {
      cache.clear();
      super.write(address, bytes);
    }
  }

  // Writing.

  /** Rounds writes up to halfwords. */
  static final class WritesHalfwords extends ForwardingText {
    WritesHalfwords(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      long end = address + bytes.length;
      boolean odd = bytes.length % 2 == 1 && end < END;
      super.write(address, odd ? Arrays.copyOf(bytes, bytes.length + 1) : bytes);
    }
  }

  /** Keeps the caller's array, and writes it when somebody reads. */
  static final class KeepsTheArray extends ForwardingText {
    private long pendingAt;
    private byte[] pending = {};

    KeepsTheArray(TextMemory text) {
      super(text);
    }

    @Override
    public synchronized void write(long address, byte[] bytes) {
      super.write(pendingAt == 0 ? address : pendingAt, pendingAt == 0 ? bytes : pending);
      super.write(address, bytes);
      pendingAt = address;
      pending = bytes;
    }

    @Override
    public synchronized int read(long address, byte[] into, int offset, int length) {
      if (pendingAt != 0) {
        super.write(pendingAt, pending);
      }
      return super.read(address, into, offset, length);
    }
  }

  /** Takes no bytes for one. */
  static final class TakesNoneForOne extends ForwardingText {
    TakesNoneForOne(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      super.write(address, bytes.length == 0 ? new byte[1] : bytes);
    }
  }

  /** Takes the last byte of the code for the first behind it. */
  static final class OffByOne extends ForwardingText {
    OffByOne(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      if (address < END && address + bytes.length == END) {
        throw new TextException(Operation.WRITE, address, bytes.length, "behind the end");
      }
      super.write(address, bytes);
    }
  }

  /** Names the first byte that is not mapped, and not what was asked for. */
  static final class NamesAnotherAddress extends ForwardingText {
    NamesAnotherAddress(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      if (address < END && address + bytes.length > END) {
        throw new TextException(Operation.WRITE, END, bytes.length, "not mapped");
      }
      super.write(address, bytes);
    }
  }

  /** Cuts off what lies in front of the code. */
  static final class CutsOffTheFront extends ForwardingText {
    CutsOffTheFront(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      int cut = inFrontOfTheCode(address);
      super.write(address + cut, Arrays.copyOfRange(bytes, cut, bytes.length));
    }
  }

  /** Leaves a mark of failures in the code. */
  static final class MarksFailures extends ForwardingText {
    MarksFailures(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      try {
        super.write(address, bytes);
      } catch (TextException failure) {
        super.write(BASE, new byte[1]);
        throw failure;
      }
    }
  }

  /** Writes as far as it gets, and fails then. */
  static final class WritesAPart extends ForwardingText {
    WritesAPart(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      int mapped = read(address, new byte[bytes.length], 0, bytes.length);
      super.write(address, Arrays.copyOf(bytes, mapped));
      if (mapped < bytes.length) {
        throw new TextException(Operation.WRITE, address, bytes.length, "not all is mapped");
      }
    }
  }

  /** Is closed by the first failure. */
  static final class GivesUp extends ForwardingText {
    private boolean failed;

    GivesUp(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      if (failed) {
        throw new TextException(Operation.WRITE, address, bytes.length, "closed");
      }
      failed = true;
      super.write(address, bytes);
      failed = false;
    }
  }

  /** Has an atomic width of three bytes. */
  static final class ThreeBytes extends ForwardingText {
    ThreeBytes(TextMemory text) {
      super(text);
    }

    @Override
    public int atomicStoreBytes() {
      return 3;
    }
  }

  /** Flushes a buffer that is empty. */
  static final class FlushesNothing extends ForwardingText {
    private boolean written;

    FlushesNothing(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      written = true;
      super.write(address, bytes);
    }

    @Override
    public void synchronizeCpus() {
      if (!written) {
        super.write(BASE, new byte[1]);
      }
      written = false;
    }
  }

  /** Loses a single byte that is written to a place a second time. */
  static final class WritesBytesOnce extends ForwardingText {
    private final Set<Long> written = new HashSet<>();

    WritesBytesOnce(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      if (bytes.length != 1 || written.add(address)) {
        super.write(address, bytes);
      }
    }
  }

  /** Writes two bytes as four. */
  static final class WritesFourForTwo extends ForwardingText {
    WritesFourForTwo(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      super.write(address, bytes);
      if (bytes.length == 2 && address == BASE + 1) {
        super.write(BASE + 6, bytes);
      }
    }
  }

  // Allocating.

  /** Finds no more than a page. */
  static final class OnePage extends ForwardingText {
    OnePage(TextMemory text) {
      super(text);
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      return bytes > 4096 ? OptionalLong.empty() : super.allocate(bytes, within);
    }
  }

  /** Finds nothing in an interval with code in it. */
  static final class NothingNear extends ForwardingText {
    NothingNear(TextMemory text) {
      super(text);
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      boolean all = within.equals(AddressRange.ALL);
      return !all && within.contains(BASE) ? OptionalLong.empty() : super.allocate(bytes, within);
    }
  }

  /** Looks at the interval's start and not at its end. */
  static final class OverTheEnd extends ForwardingText {
    OverTheEnd(TextMemory text) {
      super(text);
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      boolean all = within.equals(AddressRange.ALL);
      return super.allocate(
          bytes, all ? within : new AddressRange(within.first(), within.last() + 8192));
    }
  }

  /** Does not look at the interval. */
  static final class Anywhere extends ForwardingText {
    Anywhere(TextMemory text) {
      super(text);
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      return super.allocate(bytes, AddressRange.ALL);
    }
  }

  /** Has 8 bytes of its own in front of each allocation. */
  static final class WithHeaders extends ForwardingText {
    WithHeaders(TextMemory text) {
      super(text);
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      OptionalLong at = super.allocate(bytes <= 0 ? bytes : bytes + 8, within);
      return at.isPresent() ? OptionalLong.of(at.getAsLong() + 8) : at;
    }

    @Override
    public void free(long address) {
      try {
        super.free(address - 8);
      } catch (TextException failure) {
        throw new TextException(Operation.FREE, address, 0, "was not allocated", failure);
      }
    }
  }

  /** Hands out a place a second time if nobody has written to it yet. */
  static final class HandsOutTwice extends ForwardingText {
    private OptionalLong last = OptionalLong.empty();
    private int lastBytes;

    HandsOutTwice(TextMemory text) {
      super(text);
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      if (last.isPresent() && bytes <= lastBytes && within.contains(last.getAsLong())) {
        OptionalLong again = last;
        last = OptionalLong.empty();
        return again;
      }
      last = super.allocate(bytes, within);
      lastBytes = bytes;
      return last;
    }

    @Override
    public void free(long address) {
      last = OptionalLong.empty();
      super.free(address);
    }
  }

  /** Hands out memory that can not be written. */
  static final class ReadOnly extends ForwardingText {
    ReadOnly(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      if (Long.compareUnsigned(address, END) > 0) {
        throw new TextException(Operation.WRITE, address, bytes.length, "read only");
      }
      super.write(address, bytes);
    }
  }

  /** Takes the code for free. */
  static final class InsideTheCode extends ForwardingText {
    InsideTheCode(TextMemory text) {
      super(text);
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      return within.equals(CODE) ? OptionalLong.of(BASE) : super.allocate(bytes, within);
    }
  }

  /** Cuts allocations from one page for ever. */
  static final class NeverFull extends ForwardingText {
    private final Map<Long, OptionalLong> pages = new HashMap<>();
    private final List<AddressRange> intervals = new ArrayList<>();

    NeverFull(TextMemory text) {
      super(text);
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      OptionalLong found = super.allocate(bytes, within);
      if (found.isPresent()) {
        intervals.add(within);
        pages.put(within.first(), found);
        return found;
      }
      return intervals.contains(within) ? pages.get(within.first()) : found;
    }
  }

  /** Forgets what is given back. */
  static final class Leaks extends ForwardingText {
    private final Set<Long> freed = new HashSet<>();
    private final Set<Long> live = new HashSet<>();

    Leaks(TextMemory text) {
      super(text);
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      OptionalLong found = super.allocate(bytes, within);
      found.ifPresent(live::add);
      return found;
    }

    @Override
    public void free(long address) {
      if (!live.contains(address) || !freed.add(address)) {
        throw new TextException(Operation.FREE, address, 0, "was not allocated");
      }
    }
  }

  /** Allocates at least 16 bytes, whatever is asked for. */
  static final class AtLeastSomething extends ForwardingText {
    AtLeastSomething(TextMemory text) {
      super(text);
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      return super.allocate(Math.max(16, bytes), within);
    }
  }

  /** Does not mind what is given back twice. */
  static final class FreesTwice extends ForwardingText {
    private final Set<Long> freed = new HashSet<>();

    FreesTwice(TextMemory text) {
      super(text);
    }

    @Override
    public void free(long address) {
      if (freed.add(address)) {
        try {
          super.free(address);
        } catch (TextException failure) {
          freed.remove(address);
          throw failure;
        }
      }
    }
  }

  /** Does not mind that code is given back. */
  static final class FreesCode extends ForwardingText {
    FreesCode(TextMemory text) {
      super(text);
    }

    @Override
    public void free(long address) {
      if (!CODE.contains(address)) {
        super.free(address);
      }
    }
  }

  /** Rounds down to a page. */
  static final class FreesByPage extends ForwardingText {
    FreesByPage(TextMemory text) {
      super(text);
    }

    @Override
    public void free(long address) {
      super.free(CODE.contains(address) ? address : address & -4096L);
    }
  }

  /** Clears the first allocation, whichever is given back. */
  static final class ClearsAnother extends ForwardingText {
    private OptionalLong first = OptionalLong.empty();

    ClearsAnother(TextMemory text) {
      super(text);
    }

    @Override
    public OptionalLong allocate(int bytes, AddressRange within) {
      OptionalLong found = super.allocate(bytes, within);
      first = first.isPresent() ? first : found;
      return found;
    }

    @Override
    public void free(long address) {
      super.free(address);
      if (first.isPresent() && first.getAsLong() != address) {
        write(first.getAsLong(), new byte[1]);
      }
    }
  }

  // Quiescence.

  /** Is never quiet. */
  static final class NeverQuiet extends ForwardingText {
    NeverQuiet(TextMemory text) {
      super(text);
    }

    @Override
    public boolean isQuiescent(AddressRange range) {
      return false;
    }
  }

  /** Overrides the question and forgets the view. */
  static final class ForgetsTheView extends ForwardingText {
    ForgetsTheView(TextMemory text) {
      super(text);
    }

    @Override
    public Predicate<AddressRange> quiescence() {
      return range -> false;
    }
  }

  /** Says where its CPU stands; never says so; or says that it is everywhere. */
  static final class OneCpu extends ForwardingText {
    enum Answer {
      RIGHT,
      NOWHERE,
      EVERYWHERE
    }

    private final Answer answer;
    private OptionalLong place = OptionalLong.empty();

    OneCpu(TextMemory text, Answer answer) {
      super(text);
      this.answer = answer;
    }

    void standAt(long address, Runnable meanwhile) {
      place = OptionalLong.of(address);
      meanwhile.run();
      place = OptionalLong.empty();
    }

    @Override
    public boolean isQuiescent(AddressRange range) {
      return switch (answer) {
        case RIGHT -> place.isEmpty() || !range.contains(place.getAsLong());
        case NOWHERE -> true;
        case EVERYWHERE -> place.isEmpty();
      };
    }
  }

  // Threads.

  /** Answers the thread that made it, and no other. */
  static final class OneThread extends ForwardingText {
    enum Refused {
      READING,
      ASKING
    }

    private final Thread owner = Thread.currentThread();
    private final Refused refused;

    OneThread(TextMemory text, Refused refused) {
      super(text);
      this.refused = refused;
    }

    @Override
    public int read(long address, byte[] into, int offset, int length) {
      int count = super.read(address, into, offset, length);
      if (refused == Refused.READING && Thread.currentThread() != owner) {
        Arrays.fill(into, offset, offset + count, (byte) 0);
      }
      return count;
    }

    @Override
    public boolean isQuiescent(AddressRange range) {
      if (refused == Refused.ASKING && Thread.currentThread() != owner) {
        throw new IllegalStateException("another thread");
      }
      return super.isQuiescent(range);
    }
  }

  /** Stores the halves one after the other; whoever reads gets in between. */
  static final class StoresHalves extends ForwardingText {
    private static final int PATIENCE = 10_000;

    private final Thread owner = Thread.currentThread();
    private final AtomicInteger reads = new AtomicInteger();

    StoresHalves(TextMemory text) {
      super(text);
    }

    @Override
    public int read(long address, byte[] into, int offset, int length) {
      int count = super.read(address, into, offset, length);
      if (Thread.currentThread() != owner) {
        reads.incrementAndGet();
      }
      return count;
    }

    @Override
    public void write(long address, byte[] bytes) {
      int half = bytes.length / 2;
      if (bytes.length != atomicStoreBytes() || inFrontOfTheCode(address) > 0) {
        super.write(address, bytes);
        return;
      }
      super.write(address, Arrays.copyOf(bytes, half));
      int seen = reads.get();
      // The first that comes may have been read before.
      for (int i = 0; seen > 0 && reads.get() < seen + 2 && i < PATIENCE; i++) {
        Thread.onSpinWait();
      }
      super.write(address + half, Arrays.copyOfRange(bytes, half, bytes.length));
    }
  }

  /** Grows its atomic width with time. */
  static final class GrowsWider extends ForwardingText {
    private int width = 1;

    GrowsWider(TextMemory text) {
      super(text);
    }

    @Override
    public int atomicStoreBytes() {
      width = Math.min(16, width * 2);
      return width / 2;
    }
  }

  /** Reads five bytes backwards. */
  static final class ReadsFiveBackwards extends ForwardingText {
    ReadsFiveBackwards(TextMemory text) {
      super(text);
    }

    @Override
    public int read(long address, byte[] into, int offset, int length) {
      int count = super.read(address, into, offset, length);
      if (count == 5) {
        byte first = into[offset];
        into[offset] = into[offset + 4];
        into[offset + 4] = first;
      }
      return count;
    }
  }
}
