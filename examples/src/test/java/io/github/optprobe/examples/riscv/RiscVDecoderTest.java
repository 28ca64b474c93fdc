package io.github.optprobe.examples.riscv;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.examples.riscv.Vectors.Vector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table against GNU's: recorded always, and as installed where it is. */
@Tag("classpath-only") // the module of the tests does not read all of JUnit
class RiscVDecoderTest {
  private static final String AS = "riscv64-linux-gnu-as";
  private static final String OBJDUMP = "riscv64-linux-gnu-objdump";
  private static final int WORDS = 20_000;
  private static final List<Opcode> ROWS = List.of(Opcode.values());

  /** Not ours: no program may execute them. */
  private static final Set<String> PRIVILEGED = Set.of("uret", "sret", "hret", "mret", "wfi");

  private static final Pattern LINE =
      Pattern.compile("\\s+([0-9a-f]+):\\s+[0-9a-f]{8}\\s+(\\S+)\\s*(.*)");

  @ParameterizedTest
  @EnumSource
  void every_recorded_word_reads_as_objdump_wrote_it(Xlen xlen) {
    for (Vector vector : Vectors.of(xlen)) {
      assertThat(text(xlen, vector.address(), vector.word())).isEqualTo(vector.text());
    }
  }

  @ParameterizedTest
  @EnumSource
  void every_row_is_recorded(Xlen xlen) {
    Set<Opcode> recorded = EnumSet.noneOf(Opcode.class);
    for (Vector vector : Vectors.of(xlen)) {
      Instruction.decode(xlen, 0, vector.word()).ifPresent(it -> recorded.add(it.opcode()));
    }

    assertThat(recorded).hasSize(xlen == Xlen.RV64 ? ROWS.size() : 67);
  }

  @ParameterizedTest
  @EnumSource
  void no_word_is_two_instructions(Xlen xlen) {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < WORDS; i++) {
      int word = likely(random);
      long rows = EnumSet.allOf(Opcode.class).stream().filter(it -> it.matches(word, xlen)).count();
      assertThat(rows).as("%08x", word).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void a_shift_by_32_places_or_more_is_none_in_rv32() {
    int shift = 0x0205_9513; // slli a0,a1,0x20

    assertThat(text(Xlen.RV64, 0, shift)).isEqualTo("slli a0,a1,0x20");
    assertThat(text(Xlen.RV32, 0, shift)).isEqualTo("(bad)");
  }

  @ParameterizedTest
  @EnumSource
  void words_that_are_likely_instructions_read_as_objdump_writes_them(
      Xlen xlen, @TempDir Path directory) throws IOException, InterruptedException {
    assumeTrue(isInstalled(), AS + " and " + OBJDUMP + " are not installed");
    List<Integer> words = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(xlen.bytes());
    for (int i = 0; i < WORDS; i++) {
      int word = likely(random);
      words.add(isShiftTooFar(xlen, word) ? Opcode.ADDI.match() : word);
    }

    Map<Long, String> theirs = objdump(xlen, words, directory);

    int decoded = 0;
    for (int i = 0; i < WORDS; i++) {
      long address = (long) i * Instruction.BYTES;
      String ours = text(xlen, address, words.get(i));
      String expected = theirs.getOrDefault(address, "(missing)");
      decoded += ours.equals("(bad)") ? 0 : 1;
      assertThat(anyCsr(ours)).as("%08x", words.get(i)).isEqualTo(anyCsr(expected));
    }
    assertThat(decoded).isGreaterThan(WORDS / 3);
  }

  /**
   * A word of one of the table's rows, with a bit changed now and then, but none that says how long
   * it is.
   */
  private static int likely(SplittableRandom random) {
    Opcode opcode = ROWS.get(random.nextInt(ROWS.size()));
    int word = opcode.match() | (random.nextInt() & ~opcode.format().mask());
    return random.nextInt(3) == 0 ? word ^ (1 << random.nextInt(5, Integer.SIZE)) : word;
  }

  /** GNU writes those of RV64 in RV32 too, where they are reserved: manual, 2.4.1. */
  private static boolean isShiftTooFar(Xlen xlen, int word) {
    return xlen == Xlen.RV32
        && Instruction.decode(Xlen.RV64, 0, word)
            .map(Instruction::opcode)
            .filter(it -> it.format() == Format.SHIFT && !it.matches(word, xlen))
            .isPresent();
  }

  private static String text(Xlen xlen, long address, int word) {
    return Instruction.decode(xlen, address, word).map(it -> it.line().text()).orElse("(bad)");
  }

  private static boolean isInstalled() {
    try {
      return run(AS, "--version") == 0 && run(OBJDUMP, "--version") == 0;
    } catch (IOException | InterruptedException notThere) {
      return false;
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private static Map<Long, String> objdump(Xlen xlen, List<Integer> words, Path directory)
      throws IOException, InterruptedException {
    Path source = directory.resolve("words.s");
    Path object = directory.resolve("words.o");
    Path listing = directory.resolve("words.txt");
    List<String> lines = new ArrayList<>();
    words.forEach(word -> lines.add(".insn 4, 0x%08x".formatted(word)));
    Files.write(source, lines, UTF_8);
    String march = xlen.instructionSet().name() + "ma_zicsr_zifencei";
    String mabi = xlen == Xlen.RV64 ? "lp64" : "ilp32";
    assertThat(
            run(AS, "-march=" + march, "-mabi=" + mabi, source.toString(), "-o", object.toString()))
        .isZero();
    Process dump =
        new ProcessBuilder(OBJDUMP, "-d", "-z", "-M", "no-aliases", object.toString())
            .redirectOutput(listing.toFile())
            .start();
    assertThat(dump.waitFor()).isZero();
    Map<Long, String> texts = new HashMap<>();
    Files.readAllLines(listing, UTF_8).forEach(line -> note(line, texts));
    return texts;
  }

  private static void note(String line, Map<Long, String> texts) {
    Matcher matcher = LINE.matcher(line);
    if (matcher.matches()) {
      texts.put(Long.parseLong(matcher.group(1), 16), normal(matcher.group(2), matcher.group(3)));
    }
  }

  /** It has names for all of them, we for those that programs use. */
  private static String anyCsr(String text) {
    return text.replaceAll("^(csr\\w+ \\w+),\\w+,", "$1,csr,");
  }

  /** Without symbols and comments, targets with 0x; what it calls data is no instruction. */
  private static String normal(String mnemonic, String operands) {
    if (mnemonic.startsWith(".") || PRIVILEGED.contains(mnemonic)) {
      return "(bad)";
    }
    String plain = operands.replaceAll("\\s+[<#].*", "");
    boolean hasTarget = mnemonic.startsWith("b") || mnemonic.equals("jal");
    String shown = hasTarget ? plain.replaceAll("([0-9a-f]+)$", "0x$1") : plain;
    return shown.isEmpty() ? mnemonic : mnemonic + " " + shown;
  }
}
