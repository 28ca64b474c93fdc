package io.github.optprobe;

import io.github.optprobe.arch.InstructionText;
import java.util.List;

/**
 * A probe as it stands in the text: what was there, what is there, and the code made for it. {@link
 * #toString()} draws it, at most 100 columns wide, in plain ASCII.
 *
 * @param title where, which instruction set, which state, hits and handlers
 * @param before the original instructions of the window, or the one instruction
 * @param now the same bytes as they are in the text: the patch, and behind it what it covers
 * @param codeTitle names {@code code}: an insn slot or a detour buffer
 * @param code the insn slot or detour buffer in use, disassembled; empty if the text is original
 * @param saving how many lines of {@code code} stand in front of the relocated instructions
 */
public record ProbePicture(
    String title,
    List<InstructionText> before,
    List<InstructionText> now,
    String codeTitle,
    List<InstructionText> code,
    int saving) {

  private static final int HALF = 49;
  private static final int WIDTH = 100;

  /** Creates a picture. */
  public ProbePicture {
    before = List.copyOf(before);
    now = List.copyOf(now);
    code = List.copyOf(code);
  }

  /** All of it. */
  @Override
  public String toString() {
    return draw(0);
  }

  /** All of it, but one line for what a detour buffer does before the relocated instructions. */
  public String brief() {
    return draw(saving);
  }

  private String draw(int leftOut) {
    StringBuilder out = new StringBuilder(cut(title, WIDTH)).append('\n');
    row(out, "  before", "now");
    int leftBytes = byteColumns(before);
    int rightBytes = byteColumns(now);
    for (int i = 0; i < Math.max(before.size(), now.size()); i++) {
      row(out, "  " + line(before, i, leftBytes), line(now, i, rightBytes));
    }
    drawCode(out, leftOut);
    return out.toString();
  }

  private void drawCode(StringBuilder out, int leftOut) {
    if (code.isEmpty()) {
      return;
    }
    out.append(cut("  " + codeTitle, WIDTH)).append('\n');
    if (leftOut > 0) {
      String what = "(%d instructions save registers, call the handlers, restore registers)";
      out.append("  %x  ".formatted(code.get(0).address()))
          .append(what.formatted(leftOut))
          .append('\n');
    }
    List<InstructionText> shown = code.subList(leftOut, code.size());
    int codeBytes = byteColumns(shown);
    for (int i = 0; i < shown.size(); i++) {
      out.append(cut("  " + line(shown, i, codeBytes), WIDTH)).append('\n');
    }
  }

  private static void row(StringBuilder out, String left, String right) {
    String joined = "%-49s | %s".formatted(cut(left, HALF), cut(right, WIDTH - HALF - 3));
    out.append(joined.stripTrailing()).append('\n');
  }

  private static int byteColumns(List<InstructionText> lines) {
    return lines.stream().mapToInt(line -> line.bytes().length()).max().orElse(0);
  }

  private static String line(List<InstructionText> lines, int index, int byteColumns) {
    if (index >= lines.size()) {
      return "";
    }
    InstructionText text = lines.get(index);
    String bytes = text.bytes() + " ".repeat(byteColumns - text.bytes().length());
    return "%x  %s  %s".formatted(text.address(), bytes, text.text());
  }

  private static String cut(String line, int width) {
    return line.length() <= width ? line : line.substring(0, width - 1) + "~";
  }
}
