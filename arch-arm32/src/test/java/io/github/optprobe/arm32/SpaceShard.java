package io.github.optprobe.arm32;

import io.github.optprobe.arm32.table.ArmSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Classifies every word of one shard of a 32-bit space: of so many equal pieces, one behind the
 * other, the one of that number. After each block it writes down how far it got.
 */
final class SpaceShard {
  private static final long ADDRESS = 0x0800_0000;
  private static final long BEHIND = 1L << 32;
  private static final long FIRST_WIDE = 0xE800_0000L;
  private static final int BLOCKS = 64;

  private final ArmSet set;
  private final long first;
  private final long end;
  private final Path state;
  private final Map<String, long[]> counts = new TreeMap<>();
  private long next;

  /**
   * Takes up what the state file tells of an earlier run, if it is there.
   *
   * @param shard "index/count", the index from 1
   */
  SpaceShard(ArmSet set, String shard, Path state) throws IOException {
    String[] parts = shard.split("/", -1);
    long index = Long.parseLong(parts[0]);
    long count = Long.parseLong(parts[1]);
    long start = set == ArmSet.A32 ? 0 : FIRST_WIDE;
    this.set = set;
    this.first = start + (BEHIND - start) * (index - 1) / count;
    this.end = start + (BEHIND - start) * index / count;
    this.state = state;
    this.next = first;
    if (Files.exists(state)) {
      read(Files.readAllLines(state));
    }
  }

  private void read(List<String> lines) {
    next = Long.parseLong(lines.get(0));
    for (String line : lines.subList(1, lines.size())) {
      String[] columns = line.split(" ", 2);
      counts.put(columns[1], new long[] {Long.parseLong(columns[0])});
    }
  }

  /** How many words the shard has. */
  long size() {
    return end - first;
  }

  /** How many of them are done. */
  long done() {
    return counts.values().stream().mapToLong(count -> count[0]).sum();
  }

  /** One line per class: how many words, and its name. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    counts.forEach((name, count) -> lines.add(count[0] + " " + name));
    return lines;
  }

  void run() throws IOException {
    runBlocks(BLOCKS + 1);
  }

  void runBlocks(int blocks) throws IOException {
    long block = size() / BLOCKS + 1;
    for (int i = 0; i < blocks && next < end; i++) {
      sweep(Math.min(end, next + block));
      write();
    }
  }

  private void sweep(long until) {
    WordClasses classes = new WordClasses(set);
    for (; next < until; next++) {
      counts.computeIfAbsent(classes.of((int) next, Integer.BYTES, ADDRESS), n -> new long[1])[0]++;
    }
  }

  private void write() throws IOException {
    List<String> all = new ArrayList<>(List.of(Long.toString(next)));
    all.addAll(lines());
    Files.write(state, all);
  }
}
