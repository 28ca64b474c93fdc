package io.github.optprobe.live;

import static io.github.optprobe.live.handler.Assembler.RCX;
import static io.github.optprobe.live.handler.Assembler.RDX;

import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.live.handler.Assembler;
import io.github.optprobe.live.handler.Frame;
import io.github.optprobe.live.handler.Needs;
import io.github.optprobe.live.handler.Shards;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Counts the values of an operand by their size, taken as unsigned: bucket 0 counts zeros, bucket k
 * the values whose highest bit is bit k - 1, that is from 2<sup>k-1</sup> to 2<sup>k</sup> - 1.
 */
public final class Histogram extends MachineHandler {
  /** How many buckets there are. */
  public static final int BUCKETS = Long.SIZE + 1;

  private final Operand operand;
  private final Shards words = new Shards(BUCKETS);

  private Histogram(Operand operand) {
    this.operand = operand;
  }

  /** Makes an empty histogram of an operand. */
  public static Histogram of(Operand operand) {
    return new Histogram(operand);
  }

  /** How many values fell into each of the {@value #BUCKETS} buckets. */
  public long[] buckets() {
    return IntStream.range(0, BUCKETS).mapToLong(words::sum).toArray();
  }

  /** How many values there were. */
  public long count() {
    return Arrays.stream(buckets()).sum();
  }

  /** Empties it. A hit at the same moment is counted before or after it, never lost. */
  public void reset() {
    words.reset();
  }

  /**
   * A picture: one line for each bucket from the first to the last that is not empty, with its
   * range, its number and a bar, the longest 40 wide. No line if all are empty.
   */
  public List<String> lines() {
    return HistogramPicture.lines(buckets());
  }

  @Override
  public long hits() {
    return count();
  }

  @Override
  HandlerOutcome run(Kprobe probe, Registers registers) {
    words.increment(Long.SIZE - Long.numberOfLeadingZeros(operand.read(registers)));
    return HandlerOutcome.CONTINUE;
  }

  @Override
  Needs needs() {
    return operand.needs();
  }

  /** Of a zero bsr finds no bit, says so by the zero flag, and leaves its result open. */
  @Override
  void emit(Frame frame) {
    Assembler code = frame.code();
    operand.emitLoad(frame, RDX);
    code.constant(RCX, -1);
    code.code(0x48, 0x0f, 0xbd, 0xd2); // bsr rdx, rdx
    code.code(0x48, 0x0f, 0x44, 0xd1); // cmovz rdx, rcx
    words.emitIndexedIncrement(code, 1);
  }

  /** The {@link #lines}, each ended by a line feed. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    lines().forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }
}
