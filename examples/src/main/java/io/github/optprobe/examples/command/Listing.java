package io.github.optprobe.examples.command;

import io.github.optprobe.Culprit;
import io.github.optprobe.Explanation;
import io.github.optprobe.Refusal;
import io.github.optprobe.WindowRefusal;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Disassembled instructions around one, each with a mark. Immutable.
 *
 * @param lines ascending, each line once
 */
record Listing(List<Line> lines) {
  private static final int AROUND = 4;
  private static final int WIDTH = 100;

  /** Creates a listing. */
  Listing {
    lines = List.copyOf(lines);
  }

  /** What a line is. */
  enum Mark {
    /** Code around. */
    NONE(' ', ""),
    /** Where the probe would stand. */
    PROBE('>', "probe"),
    /** Behind it, and overwritten by a jump. */
    WINDOW('|', "window"),
    /** What a refusal is about. */
    CULPRIT('!', "culprit"),
    /** The probed instruction, and what the refusal is about. */
    PROBE_AND_CULPRIT('!', "probe culprit");

    private final char symbol;
    private final String word;

    Mark(char symbol, String word) {
      this.symbol = symbol;
      this.word = word;
    }

    /** The name in JSON; empty for none. */
    String word() {
      return word;
    }
  }

  /** A line. */
  record Line(Mark mark, InstructionText instruction) {}

  /**
   * The code around an instruction.
   *
   * @param boundaries where instructions start, ascending; those of one function
   * @param at the instruction
   * @param refusal what is to be shown of it; empty if nothing was refused
   * @param jump what a jump would overwrite; empty if there is none
   */
  static Listing around(
      Architecture architecture,
      TextReader text,
      long[] boundaries,
      long at,
      Optional<Refusal> refusal,
      Optional<AddressRange> jump) {
    Optional<AddressRange> window = jump.or(() -> refusal.flatMap(Listing::window));
    OptionalLong culprit = refusal.map(Listing::culprit).orElse(OptionalLong.empty());
    List<Line> lines = new ArrayList<>();
    for (long address : shown(boundaries, at, culprit)) {
      InstructionText line =
          architecture.disassemble(text, AddressRange.ofLength(address, 1)).get(0);
      lines.add(new Line(mark(address, at, window, culprit), line));
    }
    return new Listing(lines);
  }

  /** Some in front, some behind, and the culprit wherever it is. */
  private static long[] shown(long[] boundaries, long at, OptionalLong culprit) {
    int found = Arrays.binarySearch(boundaries, at);
    int index = found >= 0 ? found : -found - 1;
    int from = Math.max(0, index - AROUND);
    int to = Math.min(boundaries.length, index + AROUND + 1);
    List<Long> shown = new ArrayList<>(List.of(at));
    Arrays.stream(boundaries, from, to).forEach(shown::add);
    culprit.ifPresent(shown::add);
    return shown.stream()
        .distinct()
        .sorted(Long::compareUnsigned)
        .mapToLong(Long::longValue)
        .toArray();
  }

  private static Mark mark(
      long address, long at, Optional<AddressRange> window, OptionalLong culprit) {
    boolean isCulprit = culprit.isPresent() && culprit.getAsLong() == address;
    if (address == at) {
      return isCulprit ? Mark.PROBE_AND_CULPRIT : Mark.PROBE;
    }
    if (isCulprit) {
      return Mark.CULPRIT;
    }
    boolean inWindow = window.isPresent() && window.get().contains(address);
    return inWindow ? Mark.WINDOW : Mark.NONE;
  }

  private static OptionalLong culprit(Refusal refusal) {
    Culprit culprit = refusal.culprit();
    return culprit.bytes().isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(culprit.address().value());
  }

  private static Optional<AddressRange> window(Refusal refusal) {
    if (refusal instanceof Refusal.BranchIntoWindow branch) {
      return Optional.of(branch.window());
    }
    if (refusal instanceof Refusal.ProbeInWindow probe) {
      return Optional.of(probe.window());
    }
    if (refusal instanceof WindowRefusal.LandingInWindow landing) {
      return Optional.of(landing.window());
    }
    return Optional.empty();
  }

  /** What the jump that a verdict accepts overwrites. */
  static Optional<AddressRange> window(Explanation.Verdict verdict) {
    return verdict.patches().stream()
        .findFirst()
        .map(each -> AddressRange.ofLength(each.address(), (each.before().length() + 1) / 3));
  }

  /** One line for each, at most 100 columns wide, an empty line where code is left out. */
  @Override
  public String toString() {
    int digits = lines.stream().mapToInt(Listing::digits).max().orElse(1);
    int bytes = lines.stream().mapToInt(each -> each.instruction.bytes().length()).max().orElse(0);
    StringBuilder out = new StringBuilder();
    long next = lines.isEmpty() ? 0 : lines.get(0).instruction.address();
    for (Line line : lines) {
      InstructionText text = line.instruction;
      if (Long.compareUnsigned(text.address(), next) > 0) {
        out.append("  ...\n");
      }
      String address = " ".repeat(digits - digits(line)) + Long.toHexString(text.address());
      String row =
          "%c %s  %s%s  %s"
              .formatted(
                  line.mark.symbol,
                  address,
                  text.bytes(),
                  " ".repeat(bytes - text.bytes().length()),
                  text.text());
      out.append(Printable.cut(row, WIDTH)).append('\n');
      next = text.address() + text.length();
    }
    return out.toString();
  }

  private static int digits(Line line) {
    return Long.toHexString(line.instruction.address()).length();
  }
}
