package io.github.optprobe.testkit.execute;

import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.RegisterFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * All that is masked in comparisons, in one place, each entry with its section. Masks matter where
 * two different CPUs are compared; one CPU leaves the same in both runs, but for what it takes from
 * a clock or from noise. Immutable and thread-safe.
 */
public final class IndeterminateResults {
  private static final Set<String> X86 = Set.of("x86-64", "x86-32");
  private static final Pattern PREFIXES = Pattern.compile("^(?:(?:lock|rep\\w*|data16|bnd) )+");

  private static final long CF = 1;
  private static final long PF = 4;
  private static final long AF = 16;
  private static final long ZF = 64;
  private static final long SF = 128;
  private static final long OF = 2048;
  private static final long ALL = -1;

  private static final IndeterminateResults KNOWN =
      new IndeterminateResults(
          List.of(
              flags(AF, "AND, OR, XOR, TEST", "and", "or", "xor", "test"),
              flags(SF | ZF | AF | PF, "MUL, IMUL", "mul", "imul"),
              flags(CF | OF | SF | ZF | AF | PF, "DIV, IDIV", "div", "idiv"),
              flags(AF | OF, "SAL/SAR/SHL/SHR", "sal", "sar", "shl", "shr"),
              flags(AF | OF | CF, "SHLD, SHRD", "shld", "shrd"),
              flags(OF, "RCL/RCR/ROL/ROR", "rcl", "rcr", "rol", "ror"),
              flags(OF | SF | AF | PF, "BT, BTC, BTR, BTS", "bt", "btc", "btr", "bts"),
              flags(CF | OF | SF | AF | PF, "BSF, BSR", "bsf", "bsr"),
              flags(OF | SF | ZF | PF, "AAA, AAS", "aaa", "aas"),
              flags(OF | AF | CF, "AAD, AAM", "aad", "aam"),
              flags(OF, "DAA, DAS", "daa", "das"),
              registers("RDTSC, RDTSCP", List.of("rdtsc", "rdtscp"), "rax", "rdx", "eax", "edx"),
              registers("RDPMC", List.of("rdpmc"), "rax", "rdx", "eax", "edx")));

  private final List<Indeterminate> entries;

  /** Creates a collection. */
  public IndeterminateResults(List<Indeterminate> entries) {
    this.entries = List.copyOf(entries);
  }

  /** What is known of the instruction sets that the testkit has executors for. */
  public static IndeterminateResults known() {
    return KNOWN;
  }

  /** Nothing is masked. */
  public static IndeterminateResults none() {
    return new IndeterminateResults(List.of());
  }

  /** The entries. */
  public List<Indeterminate> entries() {
    return entries;
  }

  /** The same and more. */
  public IndeterminateResults with(List<Indeterminate> more) {
    List<Indeterminate> all = new ArrayList<>(entries);
    all.addAll(more);
    return new IndeterminateResults(all);
  }

  /**
   * The bits that mean something behind these instructions, by register.
   *
   * @param instructionSet its name
   */
  public long[] meantBits(String instructionSet, List<InstructionText> code, RegisterFile file) {
    long[] meant = new long[file.size()];
    Arrays.fill(meant, ALL);
    for (Indeterminate entry : entriesOf(instructionSet, code)) {
      entry.bits().forEach((name, bits) -> mask(meant, file, name, bits));
    }
    return meant;
  }

  /** The entries that concern some of these instructions. */
  public List<Indeterminate> entriesOf(String instructionSet, List<InstructionText> code) {
    List<String> operations = code.stream().map(IndeterminateResults::operation).toList();
    return entries.stream()
        .filter(entry -> entry.instructionSets().contains(instructionSet))
        .filter(entry -> operations.stream().anyMatch(entry.operations()::contains))
        .toList();
  }

  private static void mask(long[] meant, RegisterFile file, String name, long bits) {
    int index = file.names().indexOf(name);
    if (index >= 0) {
      meant[index] &= ~bits;
    }
  }

  private static String operation(InstructionText line) {
    String bare = PREFIXES.matcher(line.text()).replaceFirst("");
    int blank = bare.indexOf(' ');
    return blank < 0 ? bare : bare.substring(0, blank);
  }

  private static Indeterminate flags(long bits, String page, String... operations) {
    return new Indeterminate(
        X86,
        Set.of(operations),
        Map.of("rflags", bits, "eflags", bits),
        "Intel SDM volume 2, " + page + ", Flags Affected");
  }

  private static Indeterminate registers(String page, List<String> operations, String... names) {
    Map<String, Long> bits = new HashMap<>();
    for (String name : names) {
      bits.put(name, ALL);
    }
    return new Indeterminate(
        X86, Set.copyOf(operations), bits, "Intel SDM volume 2, " + page + ", Description");
  }
}
