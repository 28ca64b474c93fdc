package io.github.optprobe.x86.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.x86.decode.X86Decoder;
import io.github.optprobe.x86.plan.CodeScanner;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small functions with one indirect jump each, assembled by GNU as; what is known of each. */
class JumpAnalysisTest {
  private static final long BASE = 0x1000;

  /** Opcode of lea; in these functions it stands behind one prefix. */
  private static final byte LEA = (byte) 0x8D;

  private static final Pattern LINE =
      Pattern.compile("(\\w+) (\\d+) (\\w+) (\\d+) \\[(.*?)\\] \\[(.*?)\\] (\\w+)");

  /** One line of the resource. */
  record Function(
      String name,
      int bits,
      String verdict,
      int length,
      List<Long> targets,
      List<Long> entries,
      String hex) {
    @Override
    public String toString() {
      return name;
    }

    byte[] bytes() {
      return HexFormat.of().parseHex(hex);
    }

    CodeScan scan() {
      X86Decoder decoder = bits == 64 ? X86Decoder.for64Bit() : X86Decoder.for32Bit();
      AddressRange body = AddressRange.ofLength(BASE, length);
      ScanScope scope = new ScanScope(body, entries, List.of());
      return new CodeScanner(decoder).scan(ByteArrayText.at(BASE, bytes()), scope);
    }
  }

  static Stream<Function> functions() throws IOException {
    try (InputStream in = JumpAnalysisTest.class.getResourceAsStream("jumps.txt");
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(JumpAnalysisTest::parse)
          .toList()
          .stream();
    }
  }

  private static Function parse(String line) {
    Matcher parts = LINE.matcher(line);
    assertThat(parts.matches()).as(line).isTrue();
    return new Function(
        parts.group(1),
        Integer.parseInt(parts.group(2)),
        parts.group(3),
        Integer.parseInt(parts.group(4)),
        addresses(parts.group(5)),
        addresses(parts.group(6)),
        parts.group(7));
  }

  private static List<Long> addresses(String text) {
    return Stream.of(text.split(" "))
        .filter(word -> !word.isEmpty())
        .map(word -> Long.parseLong(word, 16))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void says_what_can_be_known_of_the_jump(Function function) {
    CodeScan scan = function.scan();

    assertThat(verdict(scan, function)).isEqualTo(function.verdict());
    assertThat(tableTargets(scan, function))
        .containsExactlyInAnyOrderElementsOf(function.targets());
  }

  @Test
  void without_a_scope_nothing_is_proven() throws IOException {
    Function function = functions().findFirst().orElseThrow();
    CodeScan scan =
        new CodeScanner(X86Decoder.for64Bit())
            .scan(
                ByteArrayText.at(BASE, function.bytes()),
                AddressRange.ofLength(BASE, function.length()));

    assertThat(verdict(scan, function)).isEqualTo("COMPUTED");
    assertThat(tableTargets(scan, function)).isEmpty();
  }

  /** A table that can not be read proves nothing. */
  @Test
  void tables_that_are_not_mapped_are_not_believed() throws IOException {
    Function function = functions().findFirst().orElseThrow();
    byte[] code = Arrays.copyOf(function.bytes(), function.length());
    ScanScope scope =
        new ScanScope(AddressRange.ofLength(BASE, function.length()), List.of(), List.of());
    CodeScan scan =
        new CodeScanner(X86Decoder.for64Bit()).scan(ByteArrayText.at(BASE, code), scope);

    assertThat(verdict(scan, function)).isEqualTo("COMPUTED");
  }

  private static String verdict(CodeScan scan, Function function) {
    if (scan.firstComputedJump().isPresent()) {
      return "COMPUTED";
    } else if (scan.firstIndirectJump().isEmpty()) {
      return "PROVEN";
    }
    return tableTargets(scan, function).isEmpty() ? "LEAVING" : "TABLE";
  }

  /** What the jump leads to, without the addresses that are only taken. */
  private static List<Long> tableTargets(CodeScan scan, Function function) {
    return scan.branchesInto(AddressRange.ALL).stream()
        .filter(branch -> !branch.direct())
        .filter(branch -> function.bytes()[(int) (branch.from() - BASE) + 1] != LEA)
        .map(CodeScan.Branch::to)
        .distinct()
        .toList();
  }
}
