package io.github.optprobe.testkit.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.SymbolResolver;
import io.github.optprobe.SymbolResolver.Symbol;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.elf.ElfImageException;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.ScriptedCpu;
import io.github.optprobe.testkit.emulator.Targets;
import io.github.optprobe.testkit.libc.GuestLibc;
import io.github.optprobe.testkit.oracle.ImportCall;
import io.github.optprobe.testkit.oracle.Observation;
import io.github.optprobe.testkit.oracle.Oracle;
import io.github.optprobe.testkit.oracle.Scenario;
import io.github.optprobe.text.AddressRange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Loads the system's libz. */
final class ZlibTest {
  private static final byte[] DATA = sampleData();

  private final ScriptedCpu noProbes = ScriptedCpu.withoutProbes();
  private EmulatedTarget target;
  private GuestLibc libc;
  private ElfImage libz;

  @BeforeEach
  void load() {
    target = Targets.empty();
    libc = GuestLibc.on(target);
    libz = ElfImage.load(target, systemLibz(), Targets.CODE, libc.imports());
  }

  @AfterEach
  void close() {
    target.close();
  }

  @Test
  void crc32_is_that_of_java() {
    CRC32 expected = new CRC32();
    expected.update(DATA);

    assertThat(call("crc32", 0, guest(DATA), DATA.length)).isEqualTo(expected.getValue());
  }

  @Test
  void functions_are_symbols_of_the_module() {
    InstructionSet set = new InstructionSet("x86-64", 64, 1);
    SymbolResolver symbols = libz.symbols(set);
    CodeAddress crc32 = new CodeAddress(libz.addressOf("crc32"), set);

    assertThat(symbols.find("", "crc32")).extracting(Symbol::address).containsExactly(crc32);
    assertThat(symbols.find(libz.name(), "crc32")).isEqualTo(symbols.find("", "crc32"));
    assertThat(symbols.find("libother", "crc32")).isEmpty();
    assertThat(symbols.find("", "no_such_function")).isEmpty();
    assertThat(symbols.find("", "crc32").get(0).size())
        .isEqualTo(libz.function("crc32").orElseThrow().body().length());
  }

  @Test
  void what_the_guest_compresses_java_inflates() throws DataFormatException {
    byte[] compressed = compress();
    Inflater inflater = new Inflater();
    inflater.setInput(compressed);
    byte[] back = new byte[DATA.length + 1];

    assertThat(inflater.inflate(back)).isEqualTo(DATA.length);
    assertThat(back).startsWith(DATA);
    assertThat(compressed.length).isLessThan(DATA.length);
  }

  @Test
  void what_the_guest_compresses_it_uncompresses() {
    byte[] compressed = compress();
    long length = guestLong(DATA.length);
    long into = libc.heap().allocate(DATA.length);

    assertThat(call("uncompress", into, length, guest(compressed), compressed.length)).isZero();
    assertThat(target.readBytes(into, DATA.length)).isEqualTo(DATA);
  }

  @Test
  void gzip_files_are_written_to_the_guests_files() throws IOException {
    long file = call("gzopen", guest("/a.gz\0"), guest("wb9\0"));
    call("gzwrite", file, guest(DATA), DATA.length);
    assertThat(call("gzclose", file)).isZero();

    byte[] written = libc.files().get("/a.gz").orElseThrow();
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(written))) {
      assertThat(in.readAllBytes()).isEqualTo(DATA);
    }
  }

  @Test
  void functions_are_sorted_and_do_not_overlap() {
    assertThat(libz.functions()).hasSizeGreaterThan(50);
    assertThat(libz.functions())
        .isSortedAccordingTo((a, b) -> a.body().compareTo(b.body()))
        .allMatch(function -> libz.range().contains(function.body()));
    CodeMap map = libz.codeMap();
    CodeMap.Function crc = libz.function("crc32").orElseThrow();
    assertThat(map.functionAt(crc.body().last())).contains(crc);
  }

  @Test
  void code_between_functions_may_branch_in() {
    CodeMap.Function crc = libz.function("crc32").orElseThrow();

    assertThat(crc.mayBranchIn()).isNotEmpty();
    for (CodeMap.Function function : libz.functions()) {
      assertThat(crc.mayBranchIn()).noneMatch(function.body()::overlaps);
    }
    assertThat(crc.mayBranchIn().stream().mapToLong(AddressRange::length).sum()).isPositive();
  }

  @Test
  void a_call_of_an_undefined_import_names_it() {
    Imports nothing = new Imports();
    try (EmulatedTarget other = Targets.empty()) {
      ElfImage image = ElfImage.load(other, systemLibz(), Targets.CODE, nothing);
      long path = EmulatedTarget.STACK_END - 64;

      assertThatThrownBy(() -> other.run(image.addressOf("gzopen"), noProbes, path, path))
          .isInstanceOfSatisfying(
              UnresolvedImportException.class, e -> assertThat(e.name()).isEqualTo("malloc"));
    }
  }

  @Test
  void two_observations_of_the_same_calls_are_the_same() {
    long data = guest(DATA);
    long length = guestLong(2L * DATA.length);
    long into = libc.heap().allocate(2L * DATA.length);
    Oracle oracle = Oracle.on(target, libc.imports());
    long compress = libz.addressOf("compress");
    Scenario scenario = guest -> guest.call(compress, into, length, data, DATA.length);

    Observation one = oracle.observe(scenario, 1, noProbes);
    Observation other = oracle.observe(scenario, 1, noProbes);

    assertThat(one.importCalls()).extracting(ImportCall::name).contains("malloc", "free");
    assertThat(oracle.compare(one, other).toString()).isEqualTo("no difference");
  }

  @Test
  void a_call_out_of_the_guest_that_differs_shows() {
    Oracle oracle = Oracle.on(target, libc.imports());
    long open = libz.addressOf("gzopen");
    long path = guest("/x\0");
    Observation one = oracle.observe(guest -> guest.call(open, path, guest("rb\0")), 1, noProbes);
    Observation other = oracle.observe(guest -> guest.call(open, path, path), 1, noProbes);

    assertThat(oracle.compare(one, other).toString()).contains("import call");
  }

  @Test
  void a_file_that_is_no_library_is_refused() {
    assertThatThrownBy(
            () -> ElfImage.load(target, "junk", new byte[100], 0x1800_0000L, new Imports()))
        .isInstanceOf(ElfImageException.class)
        .hasMessageContaining("junk");
  }

  private byte[] compress() {
    long length = guestLong(2L * DATA.length);
    long into = libc.heap().allocate(2L * DATA.length);
    assertThat(call("compress", into, length, guest(DATA), DATA.length)).isZero();
    return target.readBytes(into, (int) target.data().load(length, Long.BYTES));
  }

  private long call(String function, long... arguments) {
    return target.run(libz.addressOf(function), noProbes, arguments);
  }

  private long guest(byte[] bytes) {
    long address = libc.heap().allocate(bytes.length);
    target.writeBytes(address, bytes);
    return address;
  }

  private long guest(String text) {
    return guest(text.getBytes(StandardCharsets.US_ASCII));
  }

  private long guestLong(long value) {
    long address = libc.heap().allocate(Long.BYTES);
    target.data().store(address, Long.BYTES, value);
    return address;
  }

  private static Path systemLibz() {
    return Stream.of("/lib/x86_64-linux-gnu/libz.so.1", "/usr/lib64/libz.so.1", "/lib64/libz.so.1")
        .map(Path::of)
        .filter(Files::isReadable)
        .findFirst()
        .orElseGet(() -> Assumptions.abort("needs an x86-64 libz.so.1 in a usual place"));
  }

  private static byte[] sampleData() {
    byte[] data = new byte[20_000];
    new Random(1).nextBytes(data);
    for (int i = 0; i < data.length / 2; i++) {
      data[i] = (byte) (i % 17);
    }
    return data;
  }
}
