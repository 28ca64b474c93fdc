package io.github.optprobe.internal;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.ProbeState;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.text.AddressRange;

/**
 * Writes one line for each probe, in the manner of the kernel's {@code kprobes/list}. Used under
 * the registry's lock.
 */
final class Lister {
  private final CodeMap codeMap;

  Lister(CodeMap codeMap) {
    this.codeMap = codeMap;
  }

  /**
   * Address, kind, place, instruction set, bytes overwritten, hits, misses, flags, label; in fixed
   * columns as long as names and counts are not too long for theirs.
   */
  String line(Member member, ProbeState state) {
    Aggregate probe = member.aggregate();
    String address =
        probe.address().instructionSet().addressBits() > 32
            ? "%016x".formatted(probe.addressValue())
            : "%08x".formatted(probe.addressValue());
    String label = member.probe().label();
    String line =
        "%s  %s  %-20s  %-6s  len %2d  hits %6d  nmissed %3d%s%s"
            .formatted(
                address,
                member.probe() instanceof Kretprobe<?> ? "r" : "k",
                place(probe),
                probe.architecture().instructionSet().name(),
                overwritten(probe, state),
                member.hits(),
                member.nmissed(),
                flags(probe, state),
                label.isEmpty() ? "" : "  \"" + label + "\"");
    // Names are anybody's, and a probe has one line.
    return line.replaceAll("\\p{Cntrl}", "?");
  }

  private String place(Aggregate probe) {
    long address = probe.addressValue();
    return codeMap
        .functionAt(address)
        .map(f -> "%s+0x%x".formatted(f.name(), address - f.body().first()))
        .orElse("-");
  }

  private static long overwritten(Aggregate probe, ProbeState state) {
    PreparedDetour detour = probe.detour();
    AddressRange range =
        switch (state) {
          case OPTIMIZED, UNOPTIMIZING -> detour == null ? probe.instruction() : detour.window();
          default -> probe.instruction();
        };
    return range.length();
  }

  /** Flags are there only when they are set, so that a search for one finds those that have it. */
  private static String flags(Aggregate probe, ProbeState state) {
    StringBuilder flags = new StringBuilder();
    switch (state) {
      case ARMED -> flag(flags, probe.trapTier().toString());
      case OPTIMIZING -> {
        flag(flags, probe.trapTier().toString());
        flag(flags, state.toString());
      }
      default -> flag(flags, state.toString());
    }
    if (probe.members().length > 1 && state != ProbeState.GONE) {
      flag(flags, "AGGREGATE");
    }
    return flags.toString();
  }

  private static void flag(StringBuilder flags, String name) {
    flags.append(flags.length() == 0 ? "  [" : " [").append(name).append(']');
  }
}
