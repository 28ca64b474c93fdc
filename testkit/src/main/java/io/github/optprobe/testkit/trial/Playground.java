package io.github.optprobe.testkit.trial;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.execute.StartStates;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The memory of trials: text full of breakpoints with the subject in its middle, slots at several
 * distances before and behind it, data and a stack.
 */
final class Playground implements TextReader {
  /** Breakpoints behind the subject, in bytes: where it ends, a run does. */
  private static final int BEHIND = 32;

  static final long SUBJECT = 0x0200_2000L;
  static final int DATA_BYTES = 0x1000;

  /** Buffers go far below the stack pointer where code reads there. */
  static final int STACK_BYTES = 0x4000;

  private static final AddressRange TEXT = AddressRange.ofLength(0x0200_0000L, 0x4000);
  private static final AddressRange DATA = AddressRange.ofLength(0x2000_0000L, DATA_BYTES);
  private static final AddressRange STACK = AddressRange.ofLength(0x7000_0000L, STACK_BYTES);

  /** Away from the subject: what reads text that is patched reads what it should not. */
  private static final AddressRange LANDINGS = AddressRange.ofLength(0x0200_0000L, 0x1000);

  private final Executor executor;
  private final byte[] fill;
  private final byte[] guard;
  private final byte[] text = new byte[(int) TEXT.length()];
  private final byte[] dataContent = new byte[DATA_BYTES];
  private final byte[] stackContent = new byte[STACK_BYTES];
  private final ByteBuffer data;
  private final ByteBuffer stack;

  /** How far into the text the subject before this one was written. */
  private int written;

  Playground(Executor executor, long seed) {
    this.executor = executor;
    fill = executor.architecture().breakpoint();
    guard = executor.guard();
    for (int i = 0; i < text.length; i++) {
      text[i] = guard[i % guard.length];
    }
    executor.map(TEXT, Protection.READ_EXECUTE);
    executor.map(DATA, Protection.READ_WRITE);
    executor.map(STACK, Protection.READ_WRITE);
    data = executor.view(DATA);
    stack = executor.view(STACK);
    fillContents(seed);
    writeSubject(new byte[0]);
    executor.write(TEXT.first(), text);
  }

  /** Half of the words lead into the text when they are taken for addresses. */
  private void fillContents(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    random.nextBytes(dataContent);
    Architecture architecture = executor.architecture();
    int word = architecture.instructionSet().addressBits() / Byte.SIZE;
    for (int i = 0; i < dataContent.length; i += 2 * word) {
      long landing = LANDINGS.first() + (random.nextLong(LANDINGS.length()) & -16L);
      long address = StartStates.pointerTo(architecture, landing);
      for (int k = 0; k < word; k++) {
        dataContent[i + k] = (byte) (address >>> (Byte.SIZE * k));
      }
    }
    for (int i = 0; i < STACK_BYTES; i += DATA_BYTES) {
      System.arraycopy(dataContent, 0, stackContent, i, DATA_BYTES);
    }
  }

  StartStates.Places places() {
    return new StartStates.Places(DATA, STACK, LANDINGS);
  }

  /** Makes it the only code in the text; all else is breakpoints. */
  void writeSubject(byte[] code) {
    int start = (int) (SUBJECT - TEXT.first());
    System.arraycopy(code, 0, text, start, code.length);
    for (int i = start + code.length; i < start + code.length + BEHIND; i++) {
      text[i] = fill[(i - start - code.length) % fill.length];
    }
    int end = Math.max(written, start + code.length + BEHIND);
    for (int i = start + code.length + BEHIND; i < end; i++) {
      text[i] = guard[i % guard.length];
    }
    executor.write(SUBJECT, Arrays.copyOfRange(text, start, end));
    written = start + code.length + BEHIND;
  }

  /** Writes over the text, or puts back what was there. */
  void patch(long address, byte[] bytes) {
    executor.write(address, bytes);
  }

  /** Makes data, stack and what is in no state as they are at the start of each run. */
  void restore() {
    executor.reset();
    data.put(0, dataContent);
    stack.put(0, stackContent);
  }

  /** Overwrites what lies deep below a stack pointer, which nothing may rely on. */
  void spoilDeadStack(long below) {
    int length = (int) Math.max(0, Math.min(below - STACK.first(), STACK_BYTES));
    byte[] other = new byte[length];
    Arrays.fill(other, (byte) 0x5a);
    stack.put(0, other);
  }

  MemoryImage image() {
    return new MemoryImage(contentOf(data), contentOf(stack));
  }

  private static byte[] contentOf(ByteBuffer memory) {
    byte[] bytes = new byte[memory.capacity()];
    memory.get(0, bytes);
    return bytes;
  }

  /** What data and stack held after a run. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by content, and nowhere else.
  record MemoryImage(byte[] data, byte[] stack) {}

  /**
   * The first address whose byte differs from an image, or 0.
   *
   * @param liveStack from here on the stack is compared; below it only what the first run stored
   */
  long firstDifference(MemoryImage wanted, long liveStack) {
    int inData = data.mismatch(ByteBuffer.wrap(wanted.data));
    if (inData >= 0 && inData < DATA_BYTES) {
      return DATA.first() + inData;
    }
    int inStack = stack.mismatch(ByteBuffer.wrap(wanted.stack));
    while (inStack >= 0 && inStack < STACK_BYTES) {
      boolean stored = wanted.stack[inStack] != stackContent[inStack];
      if (STACK.first() + inStack >= liveStack || stored) {
        return STACK.first() + inStack;
      }
      inStack = nextStackDifference(wanted, inStack + 1);
    }
    return 0;
  }

  private int nextStackDifference(MemoryImage wanted, int from) {
    for (int i = from; i < STACK_BYTES; i++) {
      if (wanted.stack[i] != stack.get(i)) {
        return i;
      }
    }
    return -1;
  }

  /** The byte at a data or stack address now. */
  byte byteAt(long address) {
    return DATA.contains(address)
        ? data.get((int) (address - DATA.first()))
        : stack.get((int) (address - STACK.first()));
  }

  /** The byte at a data or stack address before each run. */
  byte contentAt(long address) {
    return DATA.contains(address)
        ? dataContent[(int) (address - DATA.first())]
        : stackContent[(int) (address - STACK.first())];
  }

  byte byteAt(MemoryImage image, long address) {
    return DATA.contains(address)
        ? image.data[(int) (address - DATA.first())]
        : image.stack[(int) (address - STACK.first())];
  }

  /** The original text: what is there without any probe. */
  @Override
  public int read(long address, byte[] into, int offset, int length) {
    if (!TEXT.contains(address)) {
      return 0;
    }
    int from = (int) (address - TEXT.first());
    int count = Math.min(length, text.length - from);
    System.arraycopy(text, from, into, offset, count);
    return count;
  }
}
