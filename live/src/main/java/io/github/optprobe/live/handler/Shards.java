package io.github.optprobe.live.handler;

import static io.github.optprobe.live.handler.Assembler.RCX;
import static io.github.optprobe.live.handler.Assembler.RDX;

import io.github.optprobe.live.memory.DataBlock;

/**
 * Words that many threads count in. There are several copies of each, apart by whole cache lines,
 * and a thread uses the copy that its thread pointer (the word at fs:0) picks, so that CPUs seldom
 * wait for each other; what a word is worth is the sum of its copies. Every thread that libc starts
 * has a thread pointer. The memory is never freed: machine code may still be counting in it when
 * nobody in Java knows it any more. Thread-safe.
 */
public final class Shards {
  /** Log<sub>2</sub> of how many copies there are. */
  public static final int LOG_COPIES = 3;

  private static final int COPIES = 1 << LOG_COPIES;
  private static final int GOLDEN = 0x9e3779b1; // 2^32 over the golden ratio, odd
  private static final int CACHE_LINE = 64;

  private final int words;
  private final int logStride;
  private final DataBlock block;

  /**
   * Allocates copies, all 0.
   *
   * @param words how many words each copy has, positive
   */
  public Shards(int words) {
    this.words = words;
    int bytes = Math.max(words * Long.BYTES, CACHE_LINE);
    logStride = Integer.SIZE - Integer.numberOfLeadingZeros(bytes - 1);
    block = DataBlock.allocate(COPIES << logStride);
  }

  /** The sum of a word's copies. */
  public long sum(int word) {
    long sum = 0;
    for (int copy = 0; copy < COPIES; copy++) {
      sum += block.load(offset(copy, word));
    }
    return sum;
  }

  /** Adds 1 to a word, from Java. */
  public void increment(int word) {
    block.getAndAdd(offset(0, word), 1);
  }

  /** Takes off what was counted until now; what is counted meanwhile is kept. */
  public void reset() {
    for (int copy = 0; copy < COPIES; copy++) {
      for (int word = 0; word < words; word++) {
        int offset = offset(copy, word);
        block.getAndAdd(offset, -block.load(offset));
      }
    }
  }

  /** Writes code that adds 1 to a word; uses rcx and rdx. */
  public void emitIncrement(Assembler code, int word) {
    emitCopyOffset(code);
    emitIncrementAt(code, word);
  }

  /**
   * Writes code that adds 1 to a word of which the index, minus {@code plus}, is in rdx, sign and
   * all; uses rcx and rdx.
   */
  public void emitIndexedIncrement(Assembler code, int plus) {
    emitCopyOffset(code);
    code.code(0x48, 0x8d, 0x0c, 0xd1); // lea rcx, [rcx+rdx*8]
    emitIncrementAt(code, plus);
  }

  /** Writes code that puts a hash of the thread into rcx, {@code bits} bits of it, from 0 on. */
  public static void emitThreadHash(Assembler code, int bits) {
    emitHash(code);
    code.code(0xc1, 0xe9, Integer.SIZE - bits); // shr ecx
  }

  /** The same hash. */
  public static int threadHash(long threadPointer, int bits) {
    return ((int) threadPointer * GOLDEN) >>> (Integer.SIZE - bits);
  }

  private void emitCopyOffset(Assembler code) {
    emitHash(code);
    code.code(0xc1, 0xe9, Integer.SIZE - LOG_COPIES - logStride); // shr ecx
    code.code(0x81, 0xe1); // and ecx
    code.int32((COPIES - 1) << logStride);
  }

  private void emitIncrementAt(Assembler code, int word) {
    code.address(RDX, block.address() + (long) word * Long.BYTES);
    code.code(0xf0, 0x48, 0xff, 0x04, 0x0a); // lock inc qword [rdx+rcx]
  }

  /** Only where {@code RCX} is the register does this hold: imul ecx, dword fs:[0], constant. */
  private static void emitHash(Assembler code) {
    code.code(0x64, 0x69, 0x04 | RCX << 3, 0x25, 0, 0, 0, 0);
    code.int32(GOLDEN);
  }

  private int offset(int copy, int word) {
    return (copy << logStride) + word * Long.BYTES;
  }
}
