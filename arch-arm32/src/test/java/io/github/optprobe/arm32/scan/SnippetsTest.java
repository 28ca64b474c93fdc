package io.github.optprobe.arm32.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.text.AddressRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small functions, assembled by GNU as: what is found in them, and what is known of them. */
class SnippetsTest {
  private static final long BASE = 0x5_0000;

  @TempDir Path directory;

  @BeforeEach
  void needsTheTools() {
    assumeTrue(CrossTools.have("as", "ld", "objdump"), "needs the GNU binutils for ARM");
  }

  /** One of the resource. */
  record Snippet(String name, ArmSet set, String verdict, List<String> targets, String source) {
    @Override
    public String toString() {
      return set + " " + name;
    }

    ElfFile assemble(Path directory) throws IOException, InterruptedException {
      String start = set == ArmSet.T32 ? ".thumb_func\nstart:\n" : "start:\n";
      String behind = "\nend:\n.align 3\n.space 64\n.global outside\noutside: nop\n";
      return CrossTools.assemble(directory, set, start + source + behind, BASE);
    }
  }

  static Stream<Snippet> snippets() throws IOException {
    try (InputStream in = SnippetsTest.class.getResourceAsStream("snippets.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split("(?m)^== ", -1)).skip(1).map(SnippetsTest::parse);
    }
  }

  private static Snippet parse(String text) {
    int line = text.indexOf('\n');
    List<String> head = List.of(text.substring(0, line).split(" ", -1));
    return new Snippet(
        head.get(0),
        ArmSet.valueOf(head.get(1).toUpperCase(Locale.ROOT)),
        head.get(2),
        head.subList(3, head.size()),
        text.substring(line + 1));
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void are_scanned(Snippet snippet) throws Exception {
    ElfFile file = snippet.assemble(directory);
    Listing listing = Listing.of(directory.resolve("code.elf"));
    AddressRange body = new AddressRange(BASE, file.address("end") - 1);
    CodeScan scan = scan(snippet, file, body);

    assertThat(verdict(scan)).isEqualTo(snippet.verdict());
    assertThat(boundaries(scan)).isEqualTo(expected(snippet, file, listing, body));
    assertThat(indirectTargets(scan))
        .containsExactlyElementsOf(
            new TreeSet<>(snippet.targets().stream().map(file::address).toList()));
    if (snippet.verdict().equals("UNDECODABLE")) {
      assertThat(scan.firstUndecodable()).hasValue(file.address("doubt"));
    }
  }

  private static CodeScan scan(Snippet snippet, ElfFile file, AddressRange body) {
    boolean entered = snippet.source().contains("entry:");
    List<Long> entries = entered ? List.of(file.address("entry")) : List.of();
    return new CodeScanner(ArmDecoder.of(snippet.set()))
        .scan(file, new ScanScope(body, entries, List.of()));
  }

  private static String verdict(CodeScan scan) {
    if (scan.firstUndecodable().isPresent()) {
      return "UNDECODABLE";
    } else if (scan.firstComputedJump().isPresent()) {
      return "COMPUTED";
    } else if (scan.firstIndirectJump().isEmpty()) {
      return "PROVEN";
    }
    return indirectTargets(scan).isEmpty() ? "LEAVING" : "TABLE";
  }

  private static Set<Long> boundaries(CodeScan scan) {
    Set<Long> boundaries = new TreeSet<>();
    Arrays.stream(scan.boundaries()).forEach(boundaries::add);
    return boundaries;
  }

  /** What objdump takes for code, without what is said to be dead, and what is undecodable. */
  private static Set<Long> expected(
      Snippet snippet, ElfFile file, Listing listing, AddressRange body) {
    Set<Long> code = new TreeSet<>(listing.codeIn(body).keySet());
    if (snippet.source().contains("dead:")) {
      code.removeAll(
          listing
              .codeIn(new AddressRange(file.address("dead"), file.address("alive") - 1))
              .keySet());
    }
    if (snippet.verdict().equals("UNDECODABLE")) {
      code.remove(file.address("doubt"));
    }
    code.removeIf(address -> isAlignment(listing, address));
    return code;
  }

  /** {@code .align} in front of data. */
  private static boolean isAlignment(Listing listing, long address) {
    String text = listing.codeIn(AddressRange.ofLength(address, 1)).get(address);
    if (text == null || !Listing.isNop(text)) {
      return false;
    }
    long next = address + (text.startsWith("nop.w") ? 4 : 2);
    return !listing.dataIn(AddressRange.ofLength(next, 1)).isEmpty() || isAlignment(listing, next);
  }

  private static Set<Long> indirectTargets(CodeScan scan) {
    Set<Long> targets = new TreeSet<>();
    scan.branchesInto(AddressRange.ALL).stream()
        .filter(branch -> !branch.direct())
        .forEach(branch -> targets.add(branch.to()));
    return targets;
  }
}
