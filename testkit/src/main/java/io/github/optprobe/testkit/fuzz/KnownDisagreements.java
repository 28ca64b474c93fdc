package io.github.optprobe.testkit.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lists of what decoders are known to see differently. A file has one {@linkplain KnownDisagreement
 * entry} a line; empty lines, and those that start with {@code #}, are left out. Immutable.
 *
 * @param entries the entries; of several that cover a finding the first one counts
 */
public record KnownDisagreements(List<KnownDisagreement> entries) {
  /** No entry. */
  public static final KnownDisagreements NONE = new KnownDisagreements(List.of());

  /** Creates a list. */
  public KnownDisagreements {
    entries = List.copyOf(entries);
  }

  /**
   * Reads a file.
   *
   * @throws UncheckedIOException if it can not be read
   * @throws IllegalArgumentException if a line is no entry
   */
  public static KnownDisagreements read(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      return read(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What the testkit knows of its own decoders for an instruction set; empty if it knows nothing.
   *
   * @param instructionSet such as {@code "x86-64"}
   */
  public static KnownDisagreements builtIn(String instructionSet) {
    String name = "disagreements-" + instructionSet + ".txt";
    try (InputStream stream = KnownDisagreements.class.getResourceAsStream(name)) {
      return stream == null ? NONE : read(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KnownDisagreements read(InputStream stream) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return new KnownDisagreements(
          reader
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(KnownDisagreement::parse)
              .toList());
    }
  }

  /** These entries, and then those of another list. */
  public KnownDisagreements and(KnownDisagreements others) {
    return new KnownDisagreements(
        Stream.concat(entries.stream(), others.entries.stream()).toList());
  }

  /** The entries about one of these subjects, such as {@code "zydis/capstone"}. */
  public KnownDisagreements about(List<String> subjects) {
    return new KnownDisagreements(
        entries.stream().filter(entry -> subjects.contains(entry.subject())).toList());
  }

  /**
   * The first entry that covers a finding.
   *
   * @param hex the bytes of the case, as hex digits
   */
  public Optional<KnownDisagreement> covering(Finding finding, String hex) {
    int used = Math.min(2 * finding.usedBytes(), hex.length());
    int index = indexOf(finding, hex.substring(0, used));
    return index < 0 ? Optional.empty() : Optional.of(entries.get(index));
  }

  /** The number of the first entry that covers a finding, or -1. */
  int indexOf(Finding finding, String hex) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).covers(finding, hex)) {
        return i;
      }
    }
    return -1;
  }

  /** All subjects of pairs out of these decoders, in this order. */
  static List<String> pairs(List<String> decoders) {
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < decoders.size(); i++) {
      for (int j = i + 1; j < decoders.size(); j++) {
        pairs.add(decoders.get(i) + "/" + decoders.get(j));
      }
    }
    return pairs;
  }
}
