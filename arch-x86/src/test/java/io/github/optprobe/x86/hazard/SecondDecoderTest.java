package io.github.optprobe.x86.hazard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.elf.ElfLibrary;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.x86.X86_32;
import io.github.optprobe.x86.X86_64;
import io.github.optprobe.x86.hazard.SameMeaning.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every relocated instruction, read by GNU objdump, is the same operation on the same operands with
 * the same absolute targets as its original: copies and windows, near and far, x86-64 and x86-32.
 */
@Tag("corpus")
class SecondDecoderTest {
  private static final long BASE_64 = 0x10_0000_0000L;
  private static final long GATE_64 = 0xF_F000_0000L;
  private static final long BASE_32 = 0x5000_0000L;
  private static final long GATE_32 = 0x7000_0000L;
  private static final long SNIPPET = 0x40_0000;
  private static final int APART = 0x1000;
  private static final String JNA_32 = "/com/sun/jna/linux-x86/libjnidispatch.so";

  @Test
  void the_library_inside_jna(@TempDir Path directory) throws IOException {
    check("JNA", new X86_64(), RealLibraries.read(RealLibraries.jna(directory)), 12);
  }

  @Test
  void the_library_inside_jna_for_32_bits() throws IOException {
    try (InputStream in = com.sun.jna.Native.class.getResourceAsStream(JNA_32)) {
      byte[] file = Objects.requireNonNull(in).readAllBytes();
      check("JNA for 32 bits", new X86_32(), ElfLibrary.of("libjnidispatch.so", file), 8);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void all_snippets(boolean wide) throws IOException {
    Architecture architecture = wide ? new X86_64() : new X86_32();
    String resource = wide ? "snippets.txt" : "snippets32.txt";
    List<String> snippets = snippets(resource);
    ByteArrayText text = null;
    for (int i = 0; i < snippets.size(); i++) {
      byte[] code = HexFormat.of().parseHex(snippets.get(i));
      long base = SNIPPET + (long) i * APART;
      text = text == null ? ByteArrayText.at(base, code) : text.map(base, code);
    }
    RelocationCheck check =
        new RelocationCheck(architecture, Objects.requireNonNull(text), 0x10_0000);
    for (int i = 0; i < snippets.size(); i++) {
      AddressRange body =
          AddressRange.ofLength(SNIPPET + (long) i * APART, snippets.get(i).length() / 2);
      for (long at : architecture.scan(text, body).boundaries()) {
        check.at(at);
      }
    }
    check.compare();
    System.out.printf("%s: %s%n", resource, check);
    assertThat(check.differences).isEmpty();
    EnumSet<Kind> kinds = EnumSet.allOf(Kind.class);
    if (!wide) {
      kinds.remove(Kind.RELATIVE_OPERAND);
    }
    assertThat(check.compared.keySet()).isEqualTo(kinds);
  }

  /** Bytes copied as they are, which lead elsewhere or push another return address there. */
  @ParameterizedTest
  @CsvSource({
    "CALL, e800010000",
    "JUMP, e900010000",
    "CONDITIONAL, 7510",
    "COUNTER, e210",
    "COUNTER, 67e310",
    "RELATIVE_OPERAND, 488b0510000000",
    "RELATIVE_OPERAND, 488d0510000000",
    "JUMP_BY_OPERAND, ff2510000000",
    "CALL_BY_OPERAND, ff1510000000",
  })
  void what_is_not_relocated_is_found_out(Kind kind, String hex) throws IOException {
    SecondDecoder decoder = new SecondDecoder(Long.SIZE);
    byte[] code = HexFormat.of().parseHex(hex);
    SecondDecoder.Piece original = decoder.add(SNIPPET, code);
    SecondDecoder.Piece same = decoder.add(SNIPPET, code);
    SecondDecoder.Piece copy = decoder.add(SNIPPET + 0x1000, code);
    decoder.run();
    SecondDecoder.Line line = original.lines.get(0);

    SameMeaning meaning = new SameMeaning(Long.SIZE, line, copy, to -> to);
    assertThat(meaning.kind()).isEqualTo(kind);
    assertThat(meaning.holds()).isFalse();
    assertThat(same.lines).containsExactly(line);
  }

  @Test
  void a_sample_of_libc() throws IOException {
    system("libc.so.6", 150);
  }

  @Tag("campaign")
  @ParameterizedTest
  @CsvSource({"libz.so.1, 1", "libc.so.6, 8", "libcrypto.so.3, 30", "libstdc++.so.6, 12"})
  void a_larger_sample_of_a_library(String name, int every) throws IOException {
    system(name, every);
  }

  @Tag("campaign")
  @Test
  void a_sample_of_the_virtual_machine() throws IOException {
    Optional<Path> file = RealLibraries.jvm();
    assumeTrue(file.isPresent(), "this machine does not have the library");
    check("libjvm.so", new X86_64(), RealLibraries.read(file.orElseThrow()), 150);
  }

  private static void system(String name, int every) throws IOException {
    Optional<Path> file = RealLibraries.system(name);
    assumeTrue(file.isPresent(), "this machine does not have " + name);
    check(name, new X86_64(), RealLibraries.read(file.orElseThrow()), every);
  }

  /** Every entry, and the instructions of one function in so many. */
  private static void check(String name, Architecture architecture, ElfLibrary library, int every)
      throws IOException {
    boolean wide = architecture instanceof X86_64;
    long base = wide ? BASE_64 : BASE_32;
    ByteArrayText text = library.text(base);
    RelocationCheck check = new RelocationCheck(architecture, text, wide ? GATE_64 : GATE_32);
    Random random = new Random(0x5eed);
    for (CodeMap.Function function : library.functions(base, architecture, text)) {
      check.at(function.body().first());
      if (random.nextInt(every) == 0) {
        for (long address : architecture.scan(text, function.body()).boundaries()) {
          check.at(address);
        }
      }
    }
    check.compare();
    System.out.printf("%s: %s%n", name, check);
    assertThat(check.differences).isEmpty();
    assertThat(check.compared)
        .containsKeys(Kind.PLAIN, Kind.JUMP, Kind.CONDITIONAL, Kind.CALL, Kind.CALL_BY_OPERAND);
  }

  private static List<String> snippets(String resource) throws IOException {
    try (InputStream in = X86_64.class.getResourceAsStream(resource);
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.US_ASCII))) {
      return reader
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.substring(line.lastIndexOf('|') + 1).strip())
          .toList();
    }
  }
}
