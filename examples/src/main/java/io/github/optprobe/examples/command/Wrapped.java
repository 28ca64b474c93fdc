package io.github.optprobe.examples.command;

import java.util.ArrayList;
import java.util.List;

/** Breaks sentences into lines. */
final class Wrapped {
  private Wrapped() {}

  /**
   * Lines of at most so many columns, each with an indent; a word that is longer is cut.
   *
   * @param width at least that of the indent and a few more
   */
  static List<String> lines(String indent, String sentence, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(indent);
    for (String word : Printable.of(sentence).split(" ", -1)) {
      if (line.length() > indent.length() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line = new StringBuilder(indent);
      }
      line.append(line.length() > indent.length() ? " " : "");
      line.append(Printable.cut(word, width - indent.length()));
    }
    lines.add(line.toString());
    return lines;
  }
}
