package io.github.optprobe.x86;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** A few instructions that an assembler wrote, for {@link #BASE}, with data at {@link #DATA}. */
record Snippet(String name, String assembly, String hex) {
  static final long BASE = 0x40_0000;
  static final long DATA = BASE + 0x400;
  private static final Pattern BAR = Pattern.compile(" \\| ");

  static List<Snippet> all() {
    try (InputStream in = Snippet.class.getResourceAsStream("snippets.txt");
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.US_ASCII))) {
      return reader.lines().filter(line -> !line.startsWith("#")).map(Snippet::parse).toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static Snippet named(String name) {
    return all().stream().filter(each -> each.name.equals(name)).findFirst().orElseThrow();
  }

  private static Snippet parse(String line) {
    String[] parts = BAR.split(line, 3);
    return new Snippet(parts[0], parts[1], parts[2]);
  }

  byte[] code() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public String toString() {
    return name;
  }
}
