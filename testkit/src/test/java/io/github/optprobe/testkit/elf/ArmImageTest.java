package io.github.optprobe.testkit.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Native;
import io.github.optprobe.CodeAddress;
import io.github.optprobe.SymbolResolver;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.EmulatorUnavailableException;
import io.github.optprobe.testkit.emulator.NamesOnlyArchitecture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Libraries for ARM, held against what binutils say of them. They are mapped and relocated in a
 * target of another machine: nothing here runs them.
 */
@Tag("corpus")
class ArmImageTest {
  private static final long BASE = 0x40_0000L;
  private static final InstructionSet A32 = new InstructionSet("a32", 32, 4);
  private static final InstructionSet T32 = new InstructionSet("t32", 32, 2);
  private static final String RELOCATION =
      "([0-9a-f]+) +[0-9a-f]+ R_ARM_(\\w+) *(?:([0-9a-f]+) +([^ @]+).*)?";
  private static final String SEGMENT =
      " *LOAD +0x([0-9a-f]+) 0x([0-9a-f]+) 0x[0-9a-f]+ 0x([0-9a-f]+) .*";

  @Test
  void relocations_are_those_that_readelf_lists() throws Exception {
    assertThat(relocationsAreThoseOf(jna()))
        .isEqualTo(Map.of("RELATIVE", 105, "GLOB_DAT", 8, "JUMP_SLOT", 61));
    assertThat(relocationsAreThoseOf(Binutils.sample(SampleLibrary.T32)))
        .containsOnlyKeys("RELATIVE", "GLOB_DAT", "JUMP_SLOT");
    relocationsAreThoseOf(Binutils.sample(SampleLibrary.MIXED));
  }

  /** A table of pointers, before and behind their functions, and distances, of both sets. */
  @Test
  void absolute_and_relative_pointers_keep_the_mark() throws Exception {
    String source =
        """
        asm(".syntax unified\\n.data\\n.global table\\n.type table, %object\\n.size table, 32\\n"
            "table: .word a, t, a + 4, t + 4, t - ., a - ., d, d + 1\\n"
            ".global d\\n.type d, %object\\n.size d, 1\\n.byte 0\\nd: .byte 0\\n"
            ".text\\n.arm\\n.global a\\n.type a, %function\\na: bx lr\\nbx lr\\n.size a, 8\\n"
            ".thumb\\n.global t\\n.type t, %function\\nt: bx lr\\nbx lr\\n.size t, 4\\n");
        """;
    byte[] file = compiler().compile(source, List.of("-shared", "-fPIC", "-nostdlib"));

    assertThat(relocationsAreThoseOf(file)).isEqualTo(Map.of("ABS32", 6, "REL32", 2));
    try (EmulatedTarget target = target()) {
      ElfImage image = ElfImage.load(target, "table.so", file, BASE, new Imports());
      assertThat(image.elfFunction("a").address())
          .isEqualTo(new CodeAddress(image.addressOf("a"), A32));
      assertThat(image.elfFunction("t").address())
          .isEqualTo(new CodeAddress(image.addressOf("t"), T32));
      assertThat(image.pointerTo("a")).isEqualTo(image.addressOf("a"));
      assertThat(image.pointerTo("t")).isEqualTo(image.addressOf("t") + 1);
      SymbolResolver.Symbol t = image.symbols().find("table.so", "t").get(0);
      assertThat(t.address()).isEqualTo(image.elfFunction("t").address());
      assertThat(image.symbols(A32).find("", "t")).isEmpty();
      assertThat(image.symbols(T32).find("", "t")).containsExactly(t);
      assertThat(image.codeMap().functionAt(image.addressOf("t") + 2)).isPresent();
    }
  }

  @Test
  void thread_local_variables_are_refused() {
    String local = "__thread int here; int *f(void) { return &here; }";
    byte[] file = compiler().compile(local, List.of("-shared", "-fPIC", "-nostdlib", "-w"));
    try (EmulatedTarget target = target()) {
      assertThatThrownBy(() -> ElfImage.load(target, "tls.so", file, BASE, new Imports()))
          .isInstanceOf(UnsupportedRelocationException.class)
          .hasMessageContaining("R_ARM_TLS_DTPMOD32");
    }
  }

  private static Map<String, Integer> relocationsAreThoseOf(byte[] file) throws Exception {
    Map<String, Integer> counts = new TreeMap<>();
    List<MatchResult> segments = Binutils.lines(file, SEGMENT, "readelf", "-l", "-W");
    try (EmulatedTarget target = target()) {
      ElfImage image = ElfImage.load(target, "library", file, BASE, new Imports());
      for (MatchResult line : Binutils.lines(file, RELOCATION, "readelf", "-r", "-W")) {
        counts.merge(line.group(2), 1, Integer::sum);
        long offset = Long.parseLong(line.group(1), 16);
        assertThat(target.data().load(BASE + offset, Integer.BYTES))
            .as(line.group())
            .isEqualTo(expected(line, image, offset, word(file, segments, offset)) & 0xFFFF_FFFFL);
      }
    }
    return counts;
  }

  private static long expected(MatchResult line, ElfImage image, long offset, long before) {
    if (line.group(2).equals("RELATIVE")) {
      return BASE + before;
    }
    long value = Long.parseLong(line.group(3), 16);
    boolean isFunction = image.function(line.group(4)).isPresent();
    long symbol =
        value != 0 ? BASE + value : image.importAddresses().getOrDefault(line.group(4), 0L);
    long mark = isFunction ? symbol & 1 : 0;
    return switch (line.group(2)) {
      case "ABS32" -> (symbol - mark + before) | mark;
      case "REL32" -> ((symbol - mark + before) | mark) - BASE - offset;
      default -> line.group(4).equals("stderr") ? image.range().last() + 1 : symbol;
    };
  }

  /** What the file has at an address of a segment. */
  private static long word(byte[] file, List<MatchResult> segments, long address) {
    for (MatchResult segment : segments) {
      long start = Long.parseLong(segment.group(2), 16);
      if (address >= start && address < start + Long.parseLong(segment.group(3), 16)) {
        int at = (int) (address - start + Long.parseLong(segment.group(1), 16));
        return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
      }
    }
    throw new AssertionError("no segment has 0x%x".formatted(address));
  }

  private static CrossCompiler compiler() {
    return CrossCompiler.find("arm-linux-gnueabihf-gcc")
        .orElseGet(() -> Assumptions.abort("needs arm-linux-gnueabihf-gcc on the path"));
  }

  private static EmulatedTarget target() {
    try {
      return EmulatedTarget.of(NamesOnlyArchitecture.x86of32Bits());
    } catch (EmulatorUnavailableException notHere) {
      return Assumptions.abort(notHere.getMessage());
    }
  }

  private static byte[] jna() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            Native.class.getResourceAsStream("/com/sun/jna/linux-arm/libjnidispatch.so"))) {
      return in.readAllBytes();
    }
  }
}
