package io.github.optprobe.x86.hazard;

import io.github.optprobe.text.AddressRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that may land in the middle of code or end it, by objdump and readelf alone: direct
 * branches of the whole library, jump tables as far as their code is the usual one, landing pads,
 * ends of functions.
 */
final class Hazards {
  private static final int MOST_ENTRIES = 2000;
  private static final int MOST_SHOWN = 20;

  private final Disassembly code;
  private final Frames frames;
  private final ByteBuffer file;
  private final Longs tableTargets = new Longs();
  private int tablesRead;

  /** Data of the libraries lies in the file where it lies in memory up to the writable part. */
  Hazards(Path path) throws IOException {
    code = new Disassembly(path);
    frames = new Frames(path);
    file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    code.tables.forEach(this::read);
  }

  private void read(Disassembly.Table table) {
    long start = frames.starts.atOrBelow(table.jump());
    long end = frames.ends.atOrAbove(table.jump() + 1);
    int most = table.entries() > 0 ? table.entries() : MOST_ENTRIES;
    tablesRead++;
    for (int i = 0; i < most; i++) {
      long at = table.at() + 4L * i;
      if (at < 0 || at + Integer.BYTES > file.capacity()) {
        return;
      }
      long target = table.at() + file.getInt((int) at);
      boolean inside = target >= start && target < end;
      boolean boundary = code.starts.atOrAbove(target) == target;
      if (!boundary || (table.entries() == 0 && !inside)) {
        return;
      }
      tableTargets.add(target);
    }
  }

  /** The hazards of jumps, in words, by kind. */
  Map<String, List<String>> in(List<Overwritten> jumps) {
    Map<String, List<String>> found = new TreeMap<>();
    for (Overwritten jump : jumps) {
      check(jump.jump().first(), jump.jump().length(), found);
      jump.islands().forEach(island -> checkIsland(island, found));
    }
    return found;
  }

  /**
   * Nobody comes to an island but by its jump: it is in no frame, and nothing that is in one
   * branches there. What objdump makes of text between frames is data.
   */
  private void checkIsland(AddressRange island, Map<String, List<String>> found) {
    long first = island.first();
    for (long to = next(code.targets, first - 1);
        to <= island.last();
        to = next(code.targets, to)) {
      if (code.sources.getOrDefault(to, List.of()).stream().anyMatch(this::isInFrame)) {
        note("branch to island", first, to, found);
      }
    }
    long start = frames.starts.atOrBelow(island.last());
    if (frames.ends.atOrAbove(start + 1) > first) {
      note("island in a frame", first, start, found);
    }
  }

  private void check(long window, long bytes, Map<String, List<String>> found) {
    long end = code.starts.atOrAbove(window + bytes);
    for (long to = next(code.targets, window); to < end; to = next(code.targets, to)) {
      for (long from : code.sources.getOrDefault(to, List.of())) {
        if (from < window || from >= end) {
          note("branch", window, to, found);
        }
      }
    }
    boolean single = code.starts.atOrAbove(window + 1) == end;
    if (!single && next(tableTargets, window) < end) {
      note("table", window, next(tableTargets, window), found);
    }
    if (next(frames.landingPads, window) < end) {
      note("landing pad", window, next(frames.landingPads, window), found);
    }
    if (next(frames.ends, window) < Math.min(end, window + bytes)) {
      note("overrun", window, next(frames.ends, window), found);
    }
  }

  private boolean isInFrame(long address) {
    return frames.ends.atOrAbove(frames.starts.atOrBelow(address) + 1) > address;
  }

  private static long next(Longs numbers, long above) {
    return numbers.atOrAbove(above + 1);
  }

  private static void note(String kind, long window, long at, Map<String, List<String>> found) {
    List<String> places = found.computeIfAbsent(kind, unused -> new ArrayList<>());
    if (places.size() < MOST_SHOWN) {
      places.add("0x%x in the window of 0x%x".formatted(at, window));
    }
  }

  @Override
  public String toString() {
    return "%d instructions, %d direct branches, %d indirect jumps, %d jump tables with %d targets,"
            .formatted(
                code.starts.count(),
                code.targets.count(),
                code.indirectJumps,
                tablesRead,
                tableTargets.count())
        + " %d frames, %d landing pads".formatted(frames.ends.count(), frames.landingPads.count());
  }
}
