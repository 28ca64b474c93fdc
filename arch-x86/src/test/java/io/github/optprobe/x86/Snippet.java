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
record Snippet(X86Architecture architecture, String name, String assembly, String hex) {
  static final long BASE = 0x40_0000;
  static final long DATA = BASE + 0x400;
  private static final Pattern BAR = Pattern.compile(" \\| ");

  /** Of x86-64. */
  Snippet(String name, String assembly, String hex) {
    this(new X86_64(), name, assembly, hex);
  }

  /** Those of x86-64. */
  static List<Snippet> all() {
    return read(new X86_64(), "snippets.txt");
  }

  /** Those of x86-32. */
  static List<Snippet> all32() {
    return read(new X86_32(), "snippets32.txt");
  }

  private static List<Snippet> read(X86Architecture architecture, String resource) {
    try (InputStream in = Snippet.class.getResourceAsStream(resource);
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.US_ASCII))) {
      return reader
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> parse(architecture, line))
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static Snippet named(String name) {
    return named(name, all());
  }

  static Snippet named(String name, List<Snippet> among) {
    return among.stream().filter(each -> each.name.equals(name)).findFirst().orElseThrow();
  }

  private static Snippet parse(X86Architecture architecture, String line) {
    String[] parts = BAR.split(line, 3);
    return new Snippet(architecture, parts[0], parts[1], parts[2]);
  }

  byte[] code() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public String toString() {
    return architecture instanceof X86_32 ? name + " (x86-32)" : name;
  }
}
