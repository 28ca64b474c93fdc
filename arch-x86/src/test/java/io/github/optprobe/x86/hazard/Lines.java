package io.github.optprobe.x86.hazard;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What GNU objdump and readelf say of a library, by address: its lines, and where symbols end. */
final class Lines {
  private static final Pattern FUNCTION =
      Pattern.compile("^ *\\d+: ([0-9a-f]+) +(\\d+|0x[0-9a-f]+) +(?:FUNC|IFUNC) ");

  private final Map<Long, String> text = new HashMap<>();
  private final Map<Long, Long> symbolEnds = new HashMap<>();
  private final Longs symbols = new Longs();

  Lines(Path file) throws IOException {
    Listing.of(this::line, "objdump", "-d", "-w", "--no-show-raw-insn", file.toString());
    Listing.of(this::symbol, "readelf", "-sW", file.toString());
  }

  private void line(String line) {
    int tab = line.indexOf(":\t");
    if (tab > 0 && line.startsWith(" ")) {
      text.put(Long.parseLong(line.substring(0, tab).trim(), 16), line.substring(tab + 2).strip());
    }
  }

  private void symbol(String line) {
    Matcher matcher = FUNCTION.matcher(line);
    if (matcher.find()) {
      long at = Long.parseLong(matcher.group(1), 16);
      long size = Long.decode(matcher.group(2));
      symbols.add(at);
      symbolEnds.merge(at, at + size, Math::max);
    }
  }

  /** The instruction at an address; empty if objdump sees none start there. */
  String at(long address) {
    return text.getOrDefault(address, "");
  }

  boolean isSymbol(long address) {
    return symbolEnds.containsKey(address);
  }

  /** Whether a function that a symbol tells of begins at or below and ends, or another begins. */
  boolean endsBetween(long first, long end) {
    long start = symbols.atOrBelow(first);
    boolean covered = symbolEnds.getOrDefault(start, first) > first;
    boolean ends = covered && symbolEnds.getOrDefault(start, end) < end;
    long next = symbols.atOrAbove(first + 1);
    return ends || next < end;
  }
}
