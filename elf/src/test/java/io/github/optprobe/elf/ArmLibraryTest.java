package io.github.optprobe.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Native;
import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Landings;
import io.github.optprobe.arch.Architecture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Libraries for ARM, held against what binutils say of them. */
@Tag("corpus")
class ArmLibraryTest {
  private static final long BASE = 0x40_0000L;
  private static final List<Architecture> BOTH =
      List.of(new BranchesOnlyArchitecture(ArmSets.A32), new BranchesOnlyArchitecture(ArmSets.T32));
  private static final String FUNCTION =
      " *\\d+: ([0-9a-f]+) +(\\d+) FUNC +\\w+ +\\w+ +\\d+ ([^ @]+).*";

  /** 125 by symbols with a size, 2 by ones without, 3 by pointers to what can be unwound. */
  @Test
  void jnas_library_is_all_a32() throws Exception {
    ElfLibrary library = ElfLibrary.of("libjnidispatch.so", jna());
    ElfLibrary known = library.otherwiseIn(ArmSets.A32);
    List<ElfFunction> told = library.functions(BASE);
    List<ElfFunction> reached = library.functions(BASE, BOTH, library.text(BASE));
    List<ElfFunction> all = known.functions(BASE, BOTH, library.text(BASE));
    System.out.printf(
        "libjnidispatch.so for ARM: %d functions and %d words told, %d and %d reached,"
            + " %d and %d if all code is A32%n",
        told.size(), words(told), reached.size(), words(reached), all.size(), words(all));

    assertThat(told).hasSize(130).extracting(ElfFunction::name).contains("ffi_call", "_init");
    assertThat(reached).hasSize(169);
    assertThat(all).hasSize(213);
    assertThat(words(all)).isEqualTo(20_311);
    assertThat(all).allMatch(function -> function.instructionSet().equals(ArmSets.A32));
    assertThat(starts(reached)).containsAll(starts(told));
    assertThat(starts(all)).containsAll(starts(reached));
    assertThat(all).filteredOn(function -> function.function().landings().known()).hasSize(125);
    CodeMap map = known.codeMap(BASE, BOTH, library.text(BASE));
    assertThat(map.functionAt(BASE + 0x1_8348))
        .map(CodeMap.Function::name)
        .hasValue("function_18344");
  }

  /** What was stripped is found again by what is left: nothing else, and in the right set. */
  @Test
  void functions_of_a_stripped_library_are_found() throws Exception {
    String[] unwound = {
      "-funwind-tables",
      "-Wl,--defsym=__aeabi_unwind_cpp_pr0=0,--defsym=__aeabi_unwind_cpp_pr1=0",
      "-Wl,--strip-all"
    };
    byte[] stripped = Binutils.sample(Binutils.MIXED, unwound);
    unwound[2] = "-Wl,--strip-debug";
    byte[] file = Binutils.sample(Binutils.MIXED, unwound);
    List<ElfFunction> expected = functions(file);
    List<ElfFunction> told = ElfLibrary.of("stripped", stripped).functions(BASE);
    List<ElfFunction> found = functions(stripped);
    System.out.printf(
        "sample, A32 and T32: %d functions, stripped %d told and %d found%n",
        expected.size(), told.size(), found.size());

    assertThat(starts(expected)).containsAll(starts(found));
    assertThat(found.size()).isGreaterThan(told.size()).isGreaterThan(expected.size() * 9 / 10);
  }

  private static List<ElfFunction> functions(byte[] file) {
    ElfLibrary library = ElfLibrary.of("sample.so", file);
    return library.functions(BASE, BOTH, library.text(BASE));
  }

  @Test
  void a_branch_into_the_middle_of_a_function_is_a_landing() throws Exception {
    String source =
        """
        asm(".syntax unified; .arm; "
            ".global a; .type a, %function; a: nop; b 1f; .size a, 8; "
            ".global b; .type b, %function; b: nop; 3: nop; 1: bx lr; .size b, 12; "
            "b 3b; .thumb; "
            ".global t; .type t, %function; t: nop; nop; bx lr; .size t, 6; "
            "b.n t + 4; ");
        """;
    List<ElfFunction> functions =
        functions(Binutils.compile(source, List.of("-shared", "-fPIC", "-nostdlib", "-s")));

    assertThat(functions).extracting(ElfFunction::name).containsExactly("a", "b", "t");
    long b = functions.get(1).body().first();
    long t = functions.get(2).body().first();
    assertThat(functions.get(0).function().mayBranchIn()).containsExactly(functions.get(1).body());
    assertThat(functions.get(1).function().landings())
        .isEqualTo(Landings.at(List.of(b + 4, b + 8)));
    assertThat(functions.get(2).function().landings()).isEqualTo(Landings.at(List.of(t + 4)));
  }

  @Test
  void the_unwind_index_is_as_readelf_prints_it() throws Exception {
    ElfSource source = new ElfSource("libjnidispatch.so", jna());
    var section = source.section(".ARM.exidx").orElseThrow();
    List<UnwindIndex.Entry> entries =
        UnwindIndex.read(source.contentOf(section), section.header.sh_addr);

    List<String> printed =
        Binutils.lines(jna(), "0x([0-9a-f]+)(?: <.*>)?: (@?0x[0-9a-f]+).*", "readelf", "-u")
            .stream()
            .map(line -> line.group(1) + " " + line.group(2))
            .toList();
    assertThat(entries)
        .hasSize(52)
        .map(ArmLibraryTest::asReadelf)
        .isEqualTo(printed.stream().map(line -> line.replaceAll(" 0x8.*", " 0x8")).toList());
  }

  private static String asReadelf(UnwindIndex.Entry entry) {
    String start = Long.toHexString(entry.start());
    return switch (entry.kind()) {
      case NONE -> start + " 0x1";
      case INLINE -> start + " 0x8";
      case TABLE -> start + " @0x" + Long.toHexString(entry.table());
    };
  }

  /** A table that was misread would have landing pads outside of its function. */
  @Test
  void landing_pads_of_c_plus_plus_lie_in_their_functions() throws Exception {
    Path file = Path.of("/usr/arm-linux-gnueabihf/lib/libstdc++.so.6");
    Assumptions.assumeTrue(Files.isReadable(file), () -> "needs " + file);
    ElfSource source = new ElfSource("libstdc++.so.6", Files.readAllBytes(file));
    Extents extents = Extents.of(source, Optional.of(ArmSets.T32));
    long bySize =
        source.functionSymbols().stream()
            .filter(symbol -> symbol.st_size > 0)
            .map(source::addressOf)
            .distinct()
            .count();
    long closed = extents.all().stream().filter(Extents.Extent::closed).count();
    long landings = extents.all().stream().mapToLong(each -> extents.landings(each).size()).sum();
    System.out.printf(
        "libstdc++.so.6 for ARM: %d functions, %d closed, %d landings%n",
        extents.all().size(), closed, landings);

    assertThat(closed).isEqualTo(bySize);
    assertThat(landings).isGreaterThan(1000);
  }

  /** The words that objdump prints without its option for zeros, and with it. */
  @Test
  void objdump_counts_as_many_words() throws Exception {
    String word = " *[0-9a-f]+:\\t[0-9a-f]{8} .*";

    assertThat(Binutils.lines(jna(), word, "objdump", "-d")).hasSize(20_708);
    assertThat(Binutils.lines(jna(), word, "objdump", "-d", "-z")).hasSize(22_296);
  }

  @Test
  void functions_are_those_that_readelf_lists() throws Exception {
    functionsAreThoseOf(jna());
    functionsAreThoseOf(Binutils.sample(Binutils.A32));
    functionsAreThoseOf(Binutils.sample(Binutils.T32));
    Map<String, Long> sets = functionsAreThoseOf(Binutils.sample(Binutils.MIXED));
    assertThat(sets).containsOnlyKeys("a32", "t32");
    assertThat(sets.values()).allMatch(count -> count > 30);
  }

  private static Map<String, Long> functionsAreThoseOf(byte[] file) throws Exception {
    Map<Long, MatchResult> listed = new TreeMap<>();
    for (MatchResult line : Binutils.lines(file, FUNCTION, "readelf", "-s", "-W")) {
      if (!line.group(2).equals("0")) {
        listed.put(BASE + (Long.parseLong(line.group(1), 16) & ~1), line);
      }
    }
    List<ElfFunction> functions =
        ElfLibrary.of("library", file).functions(BASE).stream()
            .filter(each -> listed.containsKey(each.body().first()))
            .toList();
    assertThat(functions).hasSameSizeAs(listed.values());
    for (ElfFunction function : functions) {
      MatchResult line = listed.get(function.body().first());
      assertThat(function.pointer()).isEqualTo(BASE + Long.parseLong(line.group(1), 16));
      assertThat(function.body().length()).isEqualTo(Long.parseLong(line.group(2)));
      assertThat(function.address())
          .isEqualTo(new CodeAddress(function.body().first(), function.instructionSet()));
    }
    return functions.stream()
        .collect(Collectors.groupingBy(f -> f.instructionSet().name(), Collectors.counting()));
  }

  @Test
  void what_is_not_supported_is_refused() throws Exception {
    byte[] big = jna();
    big[5] = 2;
    assertThatThrownBy(() -> ElfLibrary.of("big", big)).isInstanceOf(ElfImageException.class);
    byte[] old = jna();
    old[0x27] = 4;
    assertThatThrownBy(() -> ElfLibrary.of("old", old))
        .isInstanceOf(ElfImageException.class)
        .hasMessageContaining("EABI");
    ElfLibrary library = ElfLibrary.of("libjnidispatch.so", jna());
    assertThatThrownBy(() -> library.functions(BASE, List.of(), library.text(BASE)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static long words(List<ElfFunction> functions) {
    return functions.stream().mapToLong(function -> function.body().length() / 4).sum();
  }

  private static Set<CodeAddress> starts(List<ElfFunction> functions) {
    Set<CodeAddress> starts = new HashSet<>();
    functions.forEach(function -> starts.add(function.address()));
    return starts;
  }

  private static byte[] jna() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            Native.class.getResourceAsStream("/com/sun/jna/linux-arm/libjnidispatch.so"))) {
      return in.readAllBytes();
    }
  }
}
