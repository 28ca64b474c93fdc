package io.github.optprobe.internal;

import io.github.optprobe.CodeMap;
import io.github.optprobe.ProbePicture;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Draws probes. Reads the text only; used under the registry's lock. */
final class Painter {
  private final TextReader text;
  private final TextReader original;
  private final CodeMap codeMap;

  Painter(TextReader text, TextReader original, CodeMap codeMap) {
    this.text = text;
    this.original = original;
    this.codeMap = codeMap;
  }

  ProbePicture paint(Aggregate probe) {
    PreparedDetour detour = probe.detour();
    boolean jump = probe.text() == TextState.JUMP && detour != null;
    AddressRange shown = detour != null ? detour.window() : probe.instruction();
    Architecture architecture = probe.architecture();
    RelocatedCode code = codeInUse(probe, jump);
    List<InstructionText> lines =
        code == null ? List.of() : architecture.disassemble(text, allOf(code));
    return new ProbePicture(
        title(probe),
        architecture.disassemble(original, shown),
        now(probe, shown, patchLength(probe, jump)),
        code == null ? "" : codeTitle(code, jump) + way(probe, jump),
        lines,
        code == null ? 0 : saving(lines, code));
  }

  private static int saving(List<InstructionText> lines, RelocatedCode code) {
    return (int)
        lines.stream()
            .filter(line -> Long.compareUnsigned(line.address(), code.entry()) < 0)
            .count();
  }

  private static @Nullable RelocatedCode codeInUse(Aggregate probe, boolean jump) {
    PreparedDetour detour = probe.detour();
    if (jump && detour != null) {
      return detour.buffer();
    }
    boolean copied = probe.text() == TextState.BREAKPOINT && probe.trapTier() != Tier.EMULATED;
    return copied ? probe.prepared().copy() : null;
  }

  private static int patchLength(Aggregate probe, boolean jump) {
    PreparedDetour detour = probe.detour();
    if (jump && detour != null) {
      return detour.jump().length;
    }
    return probe.text() == TextState.ORIGINAL ? 0 : probe.prepared().breakpoint().length;
  }

  private static AddressRange allOf(RelocatedCode code) {
    return AddressRange.ofLength(code.slot().address(), code.bytes().length);
  }

  private static String codeTitle(RelocatedCode code, boolean jump) {
    return "%s 0x%x (%d bytes)"
        .formatted(
            jump ? "detour buffer" : "insn slot", code.slot().address(), code.bytes().length);
  }

  /** How the jump gets to the buffer, where its first instruction alone does not say so. */
  private String way(Aggregate probe, boolean jump) {
    PreparedDetour detour = jump ? probe.detour() : null;
    if (detour == null) {
      return "";
    }
    boolean hasData = firstInstruction(probe).length() < detour.jump().length;
    return detour
        .link()
        .map(link -> ", %s by way of 0x%x".formatted(detour.form().name(), link.start()))
        .orElseGet(() -> hasData ? ", " + detour.form().name() : "");
  }

  private InstructionText firstInstruction(Aggregate probe) {
    AddressRange first = AddressRange.ofLength(probe.addressValue(), 1);
    return probe.architecture().disassemble(text, first).get(0);
  }

  private String title(Aggregate probe) {
    Member[] members = probe.members();
    long hits = Stream.of(members).mapToLong(Member::hits).sum();
    return "probe %s  %s  %s  hits %d  %s"
        .formatted(
            place(probe.addressValue()),
            probe.architecture().instructionSet().name(),
            state(probe),
            hits,
            members.length == 1 ? "1 kprobe" : members.length + " kprobes");
  }

  private static String state(Aggregate probe) {
    return switch (probe.text()) {
      case ORIGINAL -> "DISABLED";
      case BREAKPOINT -> probe.trapTier().toString();
      case JUMP -> Tier.OPTIMIZED.toString();
    };
  }

  private String place(long address) {
    return codeMap
        .functionAt(address)
        .map(f -> "%s+0x%x".formatted(f.name(), address - f.body().first()))
        .orElseGet(() -> "0x%x".formatted(address));
  }

  /** The patch, and behind it one line of bytes that nothing executes while it stands. */
  private List<InstructionText> now(Aggregate probe, AddressRange shown, int patchLength) {
    if (patchLength == 0) {
      return probe.architecture().disassemble(text, shown);
    }
    AddressRange patch = AddressRange.ofLength(shown.first(), patchLength);
    List<InstructionText> lines = new ArrayList<>(patchLines(probe, patch));
    // A breakpoint covers the rest of its own instruction, a jump the rest of its window.
    boolean jump = probe.text() == TextState.JUMP;
    long coveredTo = jump ? shown.last() : probe.instruction().last();
    if (coveredTo > patch.last()) {
      lines.add(stale(new AddressRange(patch.last() + 1, coveredTo)));
    }
    if (shown.last() > coveredTo) {
      AddressRange rest = new AddressRange(coveredTo + 1, shown.last());
      lines.addAll(probe.architecture().disassemble(text, rest));
    }
    return lines;
  }

  /** A patch is one instruction, and perhaps the address that it jumps to. */
  private List<InstructionText> patchLines(Aggregate probe, AddressRange patch) {
    InstructionText first = firstInstruction(probe);
    if (first.length() >= patch.length() || probe.text() != TextState.JUMP) {
      return probe.architecture().disassemble(text, patch);
    }
    AddressRange data = new AddressRange(patch.first() + first.length(), patch.last());
    return List.of(first, bytes(data, "(the address that it jumps to)"));
  }

  private InstructionText stale(AddressRange range) {
    return bytes(range, "(covered)");
  }

  private InstructionText bytes(AddressRange range, String what) {
    byte[] bytes = text.readFully(range.first(), (int) range.length());
    return InstructionText.of(range.first(), bytes, what);
  }
}
