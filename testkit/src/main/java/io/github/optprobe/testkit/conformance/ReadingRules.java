package io.github.optprobe.testkit.conformance;

import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** What an architecture says of itself, and how it reads code. */
final class ReadingRules {
  private static final int RANDOM_TEXTS = 64;
  private static final int RANDOM_BYTES = 64;
  private static final long HERE = 0x10_0000;

  private final Kit kit;
  private final Architecture architecture;

  ReadingRules(Kit kit) {
    this.kit = kit;
    architecture = kit.architecture();
  }

  void identityIsStable() {
    InstructionSet set = architecture.instructionSet();
    String name = set.name();
    Claims.that(
        !name.isBlank() && name.equals(name.toLowerCase(java.util.Locale.ROOT)), "name: " + name);
    Claims.that(set.equals(architecture.instructionSet()), "the instruction set changes");
    Claims.that(
        isSame(architecture.registers(), architecture.registers()),
        "registers() is not always the same object, which targets and views compare");
  }

  @SuppressWarnings("ReferenceEquality") // That is what the rule is about.
  private static boolean isSame(RegisterFile one, RegisterFile other) {
    return one == other;
  }

  void isFoundAsService() {
    boolean found =
        ServiceLoader.load(Architecture.class).stream()
            .map(ServiceLoader.Provider::get)
            .anyMatch(each -> each.instructionSet().equals(architecture.instructionSet()));
    Claims.that(found, "no service has " + architecture.instructionSet());
  }

  void lengthsAreConsistent() {
    int longest = architecture.maxInstructionBytes();
    int breakpoint = architecture.breakpoint().length;
    int alignment = architecture.instructionSet().alignment();
    Claims.that(longest > 0, "maxInstructionBytes() is " + longest);
    Claims.that(
        architecture.maxWindowBytes() >= longest,
        "maxWindowBytes() %d is less than maxInstructionBytes() %d"
            .formatted(architecture.maxWindowBytes(), longest));
    Claims.that(
        breakpoint > 0 && breakpoint <= longest && breakpoint % alignment == 0,
        "the breakpoint has %d bytes".formatted(breakpoint));
    for (Samples.Sample sample : kit.samples().all()) {
      InstructionText first = architecture.disassemble(kit.bed(sample).memory, firstByte()).get(0);
      if (first.length() > longest) {
        throw kit.broken(sample, "an instruction has %d bytes".formatted(first.length()));
      }
    }
  }

  private static AddressRange firstByte() {
    return AddressRange.ofLength(Bed.BASE, 1);
  }

  void breakpointIsCopyAndRecognised() {
    byte[] breakpoint = architecture.breakpoint();
    byte[] kept = breakpoint.clone();
    Arrays.fill(breakpoint, (byte) ~breakpoint[0]);
    boolean copied = Arrays.equals(kept, architecture.breakpoint());
    // The other rules are not to suffer from it.
    System.arraycopy(kept, 0, breakpoint, 0, kept.length);
    Claims.that(copied, "who changes what breakpoint() returned changes the breakpoint");
    Claims.that(
        architecture.isBreakpoint(ByteArrayText.at(HERE, kept.clone()), HERE),
        "isBreakpoint() does not know the breakpoint");
    for (Samples.Sample sample : kit.samples().all()) {
      if (architecture.isBreakpoint(kit.bed(sample).memory, Bed.BASE)) {
        throw kit.broken(sample, "isBreakpoint() takes other code for one");
      }
    }
    kit.samples().breakpoints().forEach(this::requireForeign);
  }

  /** Samples are what is no breakpoint, so that what is taken for one is looked at here. */
  private void requireForeign(byte[] code) {
    Bed bed = new Bed(architecture, code);
    try {
      bed.prepare();
    } catch (RefusedException refused) {
      return;
    }
    throw kit.broken(code, bed + "isBreakpoint() takes it for one, prepare() does not");
  }

  void linesCoverTheRange() {
    for (byte[] bytes : texts()) {
      ByteArrayText text = ByteArrayText.at(HERE, bytes.clone());
      AddressRange range = AddressRange.ofLength(HERE, bytes.length);
      long next = HERE;
      for (InstructionText line : architecture.disassemble(text, range)) {
        String there = hexAt(text, line);
        if (line.address() != next || line.length() < 1 || !line.bytes().equals(there)) {
          throw kit.broken(
              bytes,
              "line %s at 0x%x, bytes there %s, wanted 0x%x"
                  .formatted(line, line.address(), there, next));
        }
        next = line.address() + line.length();
      }
      if (next <= range.last()) {
        throw kit.broken(bytes, "the lines end at 0x%x, before the range does".formatted(next));
      }
    }
  }

  private static String hexAt(ByteArrayText text, InstructionText line) {
    byte[] bytes = new byte[line.length()];
    int there = text.read(line.address(), bytes, 0, bytes.length);
    return HexFormat.ofDelimiter(" ").formatHex(bytes, 0, there);
  }

  /** Random bytes and samples: whole instructions, and what is none. */
  private List<byte[]> texts() {
    List<byte[]> texts = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(kit.settings().seed());
    for (int i = 0; i < RANDOM_TEXTS; i++) {
      byte[] bytes = new byte[RANDOM_BYTES];
      random.nextBytes(bytes);
      texts.add(bytes);
    }
    kit.samples().all().stream().limit(RANDOM_TEXTS).forEach(sample -> texts.add(sample.code()));
    return texts;
  }

  void unmappedBytesAreLines() {
    byte[] one = {0};
    ByteArrayText text = ByteArrayText.at(HERE, one);
    List<InstructionText> lines =
        architecture.disassemble(text, AddressRange.ofLength(HERE - 64, 128));
    Claims.that(!lines.isEmpty(), "no line for what is not mapped");
  }

  /** A scan may leave out what is not reached; what it takes for an instruction must be one. */
  void scanAgreesWithDisassembly() {
    for (byte[] bytes : texts()) {
      ByteArrayText text = ByteArrayText.at(HERE, bytes.clone());
      CodeScan scan = architecture.scan(text, AddressRange.ofLength(HERE, bytes.length));
      long undecodable = scan.firstUndecodable().orElse(HERE + bytes.length);
      long[] starts = LongStream.of(scan.boundaries()).filter(at -> at < undecodable).toArray();
      for (int i = 0; i + 1 < starts.length; i++) {
        InstructionText line =
            architecture.disassemble(text, AddressRange.ofLength(starts[i], 1)).get(0);
        if (line.address() != starts[i] || starts[i] + line.length() > starts[i + 1]) {
          throw kit.broken(
              bytes,
              "the scan has instructions at +0x%x and +0x%x, the disassembly %s"
                  .formatted(starts[i] - HERE, starts[i + 1] - HERE, line));
        }
      }
    }
  }

  void readingDependsOnBytesAlone() {
    for (Samples.Sample sample : kit.samples().all()) {
      Bed bed = kit.bed(sample);
      List<InstructionText> once = architecture.disassemble(bed.memory, bed.body());
      List<InstructionText> again = architecture.disassemble(bed.memory, bed.body());
      if (!once.equals(again)) {
        throw kit.broken(sample, "read twice, it is something else: " + again);
      }
      if (!found(bed.scan()).equals(found(bed.scan()))) {
        throw kit.broken(sample, "scanned twice, it is something else");
      }
    }
  }

  /** All that a scan says, to be compared. */
  private static List<Object> found(CodeScan scan) {
    return List.of(
        LongStream.of(scan.boundaries()).boxed().toList(),
        scan.branchesInto(AddressRange.ALL),
        scan.firstIndirectJump(),
        scan.firstComputedJump(),
        scan.firstUndecodable());
  }

  void branchesLeadOutOfTheScan() {
    for (Samples.Sample sample : kit.samples().all()) {
      Bed bed = kit.bed(sample);
      for (CodeScan.Branch branch : bed.scan().branchesOut()) {
        if (!bed.body().contains(branch.from()) || bed.body().contains(branch.to())) {
          throw kit.broken(sample, "a branch out of the code is no such thing: " + branch);
        }
      }
      if (bed.scan().isBoundary(bed.body().last() + 1)) {
        throw kit.broken(sample, "an instruction starts behind the code that was scanned");
      }
    }
    if (kit.executor().isPresent()) {
      new BranchesTaken(kit).requireNoted();
    }
  }
}
