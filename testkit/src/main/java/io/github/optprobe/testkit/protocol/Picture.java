package io.github.optprobe.testkit.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws the steps of a patcher and those of a CPU side by side, and what goes wrong in the end. */
final class Picture {
  private static final int PATCHER = 48;
  private static final String ROW = "  %4s  %-" + PATCHER + "s  %s";

  private final OriginalCode code;
  private final Recording recording;
  private final Fetches fetches;

  Picture(OriginalCode code, Recording recording, Fetches fetches) {
    this.code = code;
    this.recording = recording;
    this.fetches = fetches;
  }

  /**
   * Draws.
   *
   * @param fetched what the CPU sees in the end; empty if it is not a fetch that goes wrong
   * @param history what the CPU did before
   * @param moment after how many steps it goes wrong
   */
  String draw(Flaw flaw, Position here, String fetched, List<Arrival> history, int moment) {
    List<String> lines = new ArrayList<>();
    lines.add("%s: %s".formatted(flaw, flaw.meaning()));
    lines.add(
        "%s code at 0x%x, a CPU at %s, %s"
            .formatted(code.setName(), code.base(), name(here.address()), recording.name()));
    lines.add("");
    lines.add(row("step", "patcher", "CPU"));
    for (int i = 0; i <= moment; i++) {
      steps(lines, i, history);
    }
    lines.add("");
    outcome(lines, here.address(), fetched);
    return String.join("\n", lines);
  }

  private void steps(List<String> lines, int moment, List<Arrival> history) {
    if (moment > 0) {
      String step = recording.moments().get(moment - 1).step().describe(code.base());
      lines.add(row(Integer.toString(moment), step, ""));
    }
    history.stream()
        .filter(arrival -> arrival.moment() == moment)
        .forEach(arrival -> lines.add(row("", "", arrival.doing())));
  }

  private void outcome(List<String> lines, long address, String fetched) {
    if (fetched.isEmpty()) {
      lines.add(row("", "", "has trapped at " + name(address) + " and goes wrong"));
      return;
    }
    String verdict = fetches.verdict(fetched, address).toString();
    lines.add(bytes("sees", fetched, address) + "   <- " + verdict);
    if (code.isBoundary(address)) {
      lines.add(bytes("old", code.instructionAt(address), address));
    }
    for (String jump : fetches.jumpsAt(address)) {
      lines.add(bytes("new", jump, address));
    }
  }

  private String bytes(String what, String fetched, long address) {
    return String.format(
        Locale.ROOT,
        "  %4s  %-6s %-24s  %s",
        what,
        name(address),
        fetched,
        code.disassemble(Fetches.bytes(fetched), address));
  }

  private static String row(String step, String patcher, String cpu) {
    return String.format(Locale.ROOT, ROW, step, patcher, cpu).stripTrailing();
  }

  private String name(long address) {
    return Names.offset(address, code.base());
  }
}
