package io.github.optprobe.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The tables of {@code docs/states.md}: row, then column, then cell. */
final class StateTables {
  private static final Path PAGE =
      Path.of("").toAbsolutePath().getParent().resolve("docs/states.md");

  private StateTables() {}

  /** The first table below a heading. */
  static Map<String, Map<String, String>> under(String heading) {
    List<String> lines =
        page()
            .dropWhile(line -> !line.equals("## " + heading))
            .dropWhile(line -> !line.startsWith("|"))
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    List<String> columns = cells(lines.get(0));
    Map<String, Map<String, String>> table = new LinkedHashMap<>();
    for (String line : lines.subList(2, lines.size())) {
      List<String> cells = cells(line);
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 1; i < cells.size(); i++) {
        row.put(columns.get(i), cells.get(i));
      }
      table.put(cells.get(0), row);
    }
    return table;
  }

  private static Stream<String> page() {
    try {
      return Files.readAllLines(PAGE).stream();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static List<String> cells(String line) {
    return Stream.of(line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
        .map(cell -> cell.replace("`", "").strip())
        .toList();
  }
}
