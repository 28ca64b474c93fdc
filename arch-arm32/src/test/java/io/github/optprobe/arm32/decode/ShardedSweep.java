package io.github.optprobe.arm32.decode;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes every word of one shard of a 32-bit space: those whose number leaves a certain remainder.
 * After each block it writes down how far it got.
 */
final class ShardedSweep {
  private static final int BLOCKS = 16;
  private static final long A32_WORDS = 1L << 32;
  private static final long FIRST_WIDE = 0xE800_0000L;

  private final ArmSet set;
  private final long first;
  private final long step;
  private final Path state;
  private final SpaceCounts counts = new SpaceCounts();
  private long next;

  /**
   * Takes up what the state file tells of an earlier run, if it is there.
   *
   * @param shard "index/count", the index from 1
   */
  ShardedSweep(ArmSet set, String shard, Path state) throws IOException {
    String[] parts = shard.split("/", -1);
    this.set = set;
    this.step = Long.parseLong(parts[1]);
    this.first = (set == ArmSet.A32 ? 0 : FIRST_WIDE) + Long.parseLong(parts[0]) - 1;
    this.state = state;
    this.next = first;
    if (Files.exists(state)) {
      read(Files.readAllLines(state));
    }
  }

  private void read(List<String> lines) {
    next = Long.parseLong(lines.get(0));
    for (String line : lines.subList(1, lines.size())) {
      String[] columns = line.split(" ", -1);
      counts.add(columns[0], Long.parseLong(columns[1]));
    }
  }

  /** How many words the shard has. */
  long size() {
    return (A32_WORDS - first + step - 1) / step;
  }

  SpaceCounts counts() {
    return counts;
  }

  void run() throws IOException {
    runBlocks(BLOCKS + 1);
  }

  void runBlocks(int blocks) throws IOException {
    long block = size() / BLOCKS + 1;
    for (int i = 0; i < blocks && next < A32_WORDS; i++) {
      long end = Math.min(A32_WORDS, next + block * step);
      sweep(end);
      write();
    }
  }

  private void sweep(long end) {
    ArmDecoder decoder = ArmDecoder.of(set);
    for (; next < end; next += step) {
      counts.add(decoder.decode((int) next, Integer.BYTES, 0x1000, ItState.OUTSIDE));
    }
  }

  private void write() throws IOException {
    List<String> lines = new ArrayList<>(List.of(Long.toString(next)));
    counts.byName().forEach((name, count) -> lines.add(name + " " + count));
    Files.write(state, lines);
  }
}
