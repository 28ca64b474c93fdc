package io.github.optprobe.arm32;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.arm32.scan.CrossTools;
import io.github.optprobe.arm32.scan.ElfFile;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.text.AddressRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Functions of both sets, written by GNU as, at {@link #BASE}; the set is that of "fn". */
record ArmSnippet(String name, ArmSet set, String source) {
  static final long BASE = 0x400_0000;
  static final long DATA = 0x60_0000;

  private static final Map<ArmSnippet, ElfFile> ASSEMBLED = new ConcurrentHashMap<>();
  private static final Map<ArmSnippet, List<CodeAddress>> BOUNDARIES = new ConcurrentHashMap<>();

  private static final String MACROS =
      """
      .macro a32 name
      .balign 4
      .arm
      .global \\name
      .type \\name, %function
      \\name:
      .endm
      .macro t32 name
      .balign 4
      .thumb
      .global \\name
      .type \\name, %function
      .thumb_func
      \\name:
      .endm
      .macro fn name
      FN \\name
      .endm
      .macro other name
      OTHER \\name
      .endm
      .macro done name
      .ltorg
      .size \\name, . - \\name
      .endm
      """;

  /** Those of the resource, of one or both sets. */
  static Stream<ArmSnippet> all() {
    try (InputStream in = ArmSnippet.class.getResourceAsStream("run.txt")) {
      String text =
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII);
      return Arrays.stream(text.split("(?m)^== ", -1)).skip(1).flatMap(ArmSnippet::parse);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static ArmSnippet named(String name, ArmSet set) {
    return all()
        .filter(each -> each.name.equals(name) && each.set == set)
        .findFirst()
        .orElseThrow();
  }

  /** One function, without its head. */
  static ArmSnippet of(ArmSet set, String body) {
    return new ArmSnippet("snippet", set, "fn start\n" + body + "\ndone start\n");
  }

  private static Stream<ArmSnippet> parse(String text) {
    int line = text.indexOf('\n');
    String[] head = text.substring(0, line).split(" ", 2);
    String source = text.substring(line + 1);
    return Stream.of(ArmSet.values())
        .filter(set -> head[1].equals("both") || head[1].equals(lower(set)))
        .map(set -> new ArmSnippet(head[0], set, source));
  }

  private static String lower(ArmSet set) {
    return set.name().toLowerCase(Locale.ROOT);
  }

  /** Skips the test where the assembler is missing. */
  ElfFile file() {
    assumeTrue(CrossTools.have("as", "ld"), "needs the GNU binutils for ARM");
    return ASSEMBLED.computeIfAbsent(this, ArmSnippet::assemble);
  }

  private ElfFile assemble() {
    ArmSet otherSet = set == ArmSet.A32 ? ArmSet.T32 : ArmSet.A32;
    String macros = MACROS.replace("FN", lower(set)).replace("OTHER", lower(otherSet));
    try {
      Path directory = Files.createTempDirectory("snippet");
      try {
        return CrossTools.assemble(directory, set, macros + source, BASE);
      } finally {
        delete(directory);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  byte[] code() {
    return file().readFully(BASE, (int) file().text().length());
  }

  List<CodeMap.Function> functions() {
    List<CodeMap.Function> functions = new ArrayList<>();
    for (ElfFile.Symbol symbol : file().functions()) {
      functions.add(new CodeMap.Function(symbol.name(), symbol.body()));
    }
    return functions;
  }

  /** The address of a label, in the snippet's own set. */
  CodeAddress at(String label) {
    return at(file().address(label));
  }

  CodeAddress at(long address) {
    return new CodeAddress(address, set.instructionSet());
  }

  /** All instructions of all functions. */
  List<CodeAddress> boundaries() {
    return BOUNDARIES.computeIfAbsent(this, ArmSnippet::scan);
  }

  private List<CodeAddress> scan() {
    List<CodeAddress> all = new ArrayList<>();
    for (ElfFile.Symbol function : file().functions()) {
      ArmArchitecture architecture = function.set() == ArmSet.A32 ? new A32() : new T32();
      for (long address : architecture.scan(file(), function.body()).boundaries()) {
        all.add(new CodeAddress(address, function.set().instructionSet()));
      }
    }
    return all;
  }

  AddressRange body() {
    return AddressRange.ofLength(BASE, code().length);
  }

  @Override
  public String toString() {
    return set + " " + name;
  }
}
