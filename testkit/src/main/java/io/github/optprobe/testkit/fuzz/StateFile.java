package io.github.optprobe.testkit.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps a campaign's counts in a text file, so that it can go on later. The file is replaced as a
 * whole: it is always one that was written completely.
 *
 * @param path the file
 * @param plan says what campaign it is, in one line; a file of another one is not taken
 */
record StateFile(Path path, String plan) {
  private static final String HEADING = "optprobe-fuzz 1";
  private static final int BIN_COLUMNS = 10;

  boolean exists() {
    return Files.exists(path);
  }

  void save(Counts counts) {
    List<String> lines = new ArrayList<>(List.of(HEADING, plan));
    lines.add("next\t" + counts.next);
    lines.add("findings\t" + counts.findings);
    lines.add("unbinned\t" + counts.unbinned);
    for (long uses : counts.knownUses) {
      lines.add("known\t" + uses);
    }
    counts.bins.values().forEach(bin -> lines.add(line(bin)));
    try {
      Path next = path.resolveSibling(path.getFileName() + ".next");
      Files.write(next, lines, StandardCharsets.UTF_8);
      Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(Bin bin) {
    Finding finding = bin.finding();
    return String.join(
        "\t",
        "bin",
        finding.category(),
        finding.subject(),
        escaped(finding.shape()),
        String.valueOf(finding.usedBytes()),
        String.valueOf(bin.count()),
        String.valueOf(bin.firstCase()),
        bin.original(),
        bin.minimised(),
        escaped(bin.detail()));
  }

  /**
   * Reads the counts.
   *
   * @throws IllegalStateException if they are those of another campaign
   */
  Counts load(Counts counts) {
    List<String> lines = read();
    if (lines.size() < 2 || !lines.get(0).equals(HEADING) || !lines.get(1).equals(plan)) {
      throw new IllegalStateException(
          "%s is the state of another campaign: %s, not %s"
              .formatted(path, lines.stream().skip(1).findFirst().orElse("nothing"), plan));
    }
    int known = 0;
    for (String line : lines.subList(2, lines.size())) {
      String[] columns = line.split("\t", -1);
      switch (columns[0]) {
        case "next" -> counts.next = Long.parseLong(columns[1]);
        case "findings" -> counts.findings = Long.parseLong(columns[1]);
        case "unbinned" -> counts.unbinned = Long.parseLong(columns[1]);
        case "known" -> counts.knownUses[known++] = Long.parseLong(columns[1]);
        default -> addBin(columns, counts);
      }
    }
    return counts;
  }

  private List<String> read() {
    try {
      return Files.readAllLines(path, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void addBin(String[] columns, Counts counts) {
    if (!columns[0].equals("bin") || columns.length != BIN_COLUMNS) {
      throw new IllegalStateException("%s has a line that is none: %s".formatted(path, columns[0]));
    }
    Finding finding =
        new Finding(columns[1], columns[2], unescaped(columns[3]), Integer.parseInt(columns[4]));
    counts.bins.put(
        finding.bin(),
        new Bin(
            finding,
            Long.parseLong(columns[5]),
            Long.parseLong(columns[6]),
            columns[7],
            columns[8],
            unescaped(columns[9])));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
  }

  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      plain.append(c == '\\' ? unescaped(text.charAt(++i)) : c);
    }
    return plain.toString();
  }

  private static char unescaped(char letter) {
    return letter == 't' ? '\t' : letter == 'n' ? '\n' : letter;
  }
}
