package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.plan.JumpForms;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the architectures do with every encoding: nothing crashes, and each is of a class. All
 * halfwords and samples of the words run always, through the preparation of a probe and of detours;
 * all the words are a campaign in shards, which goes on where it was stopped. Its figures are in
 * {@code docs/arm-space.md}.
 *
 * <pre>
 * mvn test -pl arch-arm32 -am -Dtest=ArmSpaceTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dgroups=campaign -Doptprobe.excludedTags=none -Doptprobe.shard=3/16
 * </pre>
 */
@Tag("corpus")
class ArmSpaceTest {
  private static final long ADDRESS = 0x0800_0000;
  private static final long NEAR = 0x0810_0000;
  private static final long FAR = 0x4000_0000;
  private static final int HALFWORDS = 0xE800;
  private static final int SAMPLE = 30_000;
  private static final Gate GATE = Gate.at(0x6000_0000);
  private static final Set<String> NO_CODE_OF_ITS_OWN = Set.of("UNDECODABLE", "FOREIGN_BREAKPOINT");

  private final Map<String, Integer> counts = new TreeMap<>();
  private final List<String> different = new ArrayList<>();

  @Test
  void everyThumbHalfwordIsPreparedOrRefused() {
    WordClasses classes = new WordClasses(ArmSet.T32);
    for (int halfword = 0; halfword < HALFWORDS; halfword++) {
      prepare(classes, ArmSet.T32, halfword, Short.BYTES);
    }

    finish("T16", HALFWORDS);
  }

  /** The other halfwords are the first ones of two. */
  @Test
  void everyOtherThumbHalfwordAloneIsTruncated() {
    for (int halfword = HALFWORDS; halfword < 0x1_0000; halfword++) {
      byte[] bytes = {(byte) halfword, (byte) (halfword >>> 8)};
      TextReader text =
          (address, into, offset, length) -> {
            int count = (int) Math.max(0, Math.min(ADDRESS + 2 - address, length));
            System.arraycopy(bytes, 0, into, offset, address < ADDRESS ? 0 : count);
            return count;
          };
      Preparation preparation =
          new Preparation(T32.at(ADDRESS), text, (size, within) -> Optional.empty());

      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> new T32().prepare(preparation))
          .satisfies(e -> assertThat(e.refusal().code()).isEqualTo("TRUNCATED"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSampleOfWordsIsPreparedOrRefused(ArmSet set) {
    WordClasses classes = new WordClasses(set);
    Random random = new Random(17);
    for (int i = 0; i < SAMPLE; i++) {
      int word = set == ArmSet.A32 ? random.nextInt() : wide(random);
      prepare(classes, set, word, Integer.BYTES);
    }

    finish(set + " sample", SAMPLE);
  }

  private static int wide(Random random) {
    return 0xE800_0000 + random.nextInt(0x1800_0000);
  }

  private void finish(String what, int total) {
    System.out.println(what + ":");
    counts.forEach((name, count) -> System.out.printf("%9d %s%n", count, name));
    assertThat(different).isEmpty();
    assertThat(classified("plain")).isEqualTo(total);
    assertThat(classified("branch")).isEqualTo(total);
    assertThat(classified("literal")).isEqualTo(total);
  }

  private int classified(String what) {
    return counts.entrySet().stream()
        .filter(each -> each.getKey().startsWith(what))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  private void prepare(WordClasses classes, ArmSet set, int encoding, int length) {
    Architecture architecture = set == ArmSet.A32 ? new A32() : new T32();
    Instruction instruction = ArmDecoder.of(set).decode(encoding, length, ADDRESS, ItState.OUTSIDE);
    String quick = classes.of(encoding, length, ADDRESS);
    String real = plain(architecture, instruction);
    if (!means(quick, real)) {
      different.add("%08x: %s, but %s".formatted(encoding, quick, real));
    }
    count("plain " + quick);
    count("branch " + detour(architecture, instruction, JumpForms.best(set), NEAR));
    count("literal " + detour(architecture, instruction, JumpForms.others(set).get(0), FAR));
  }

  private void count(String name) {
    counts.merge(name, 1, Integer::sum);
  }

  /** A refusal's code is the objection's name behind ARM_, but for some that have other codes. */
  private static boolean means(String quick, String real) {
    String name = quick.replaceAll("^refused (ARM_)?|:.*", "");
    boolean refused = quick.startsWith("refused") && real.startsWith("refused ");
    String code = real.substring("refused ".length());
    return refused ? code.equals("ARM_" + name) || isOther(name, code) : quick.equals(real);
  }

  private static boolean isOther(String name, String code) {
    Set<String> others = Set.of("NOT_IN_TABLE", "UNDECODED", "BREAKPOINT", "UNDEFINED");
    return NO_CODE_OF_ITS_OWN.contains(code) && others.contains(name);
  }

  private static String plain(Architecture architecture, Instruction instruction) {
    try {
      PreparedProbe probe = architecture.prepare(preparation(architecture, instruction, FAR));
      return WordClasses.describe(instruction.treatment(), how(probe), probe.tiers());
    } catch (RefusedException e) {
      return "refused " + e.refusal().code();
    }
  }

  private static String how(PreparedProbe probe) {
    byte[] original = probe.original();
    if (Set.of(Tier.EMULATED).equals(probe.tiers())) {
      return "left";
    }
    RelocatedCode copy = probe.copy();
    // STR of PC starts as it was, and stores again.
    boolean asLong = copy.end() - copy.start() == original.length;
    boolean same = Arrays.equals(Arrays.copyOf(copy.bytes(), original.length), original);
    return asLong && same ? "copied" : "rewritten";
  }

  private static String detour(
      Architecture architecture, Instruction instruction, JumpForm form, long slots) {
    Preparation preparation = preparation(architecture, instruction, slots);
    try {
      WindowPlan plan = architecture.planWindow(preparation, form);
      architecture.prepareDetour(plan, preparation, GATE);
      return "possible";
    } catch (RefusedException e) {
      return "refused " + e.refusal().code();
    }
  }

  /** Around the instruction there are zeros, which are instructions of both sets. */
  private static Preparation preparation(
      Architecture architecture, Instruction instruction, long slots) {
    byte[] bytes = instruction.bytes();
    TextReader text =
        (address, into, offset, length) -> {
          for (int i = 0; i < length; i++) {
            long index = address + i - ADDRESS;
            into[offset + i] = index >= 0 && index < bytes.length ? bytes[(int) index] : 0;
          }
          return length;
        };
    SlotAllocator allocator =
        (size, within) -> {
          assertThat(within.contains(slots)).isTrue();
          return Optional.of(new Slot(slots, size));
        };
    return new Preparation(
        new CodeAddress(ADDRESS, architecture.instructionSet()), text, allocator);
  }

  @Test
  @Tag("campaign")
  void everyWordOfAShardIsClassified() throws Exception {
    String shard = System.getProperty("optprobe.shard", "3585/4096");
    String name = "space-" + shard.replace('/', '-') + ".txt";
    Path directory = Path.of(System.getProperty("optprobe.shardState", "target"));
    Files.createDirectories(directory);
    for (ArmSet set : ArmSet.values()) {
      SpaceShard sweep = new SpaceShard(set, shard, directory.resolve(set + "-" + name));
      sweep.run();
      System.out.println(set + " shard " + shard + ":");
      sweep.lines().forEach(System.out::println);
      assertThat(sweep.done()).isEqualTo(sweep.size());
    }
  }

  @Test
  void aStoppedShardGoesOnWhereItWas(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("state.txt");
    String shard = "58881/65536";
    SpaceShard whole = new SpaceShard(ArmSet.A32, shard, directory.resolve("whole.txt"));
    whole.run();
    new SpaceShard(ArmSet.A32, shard, file).runBlocks(1);
    SpaceShard resumed = new SpaceShard(ArmSet.A32, shard, file);
    assertThat(resumed.done()).isPositive().isLessThan(whole.size());
    resumed.run();

    assertThat(resumed.lines()).isEqualTo(whole.lines());
    assertThat(resumed.done()).isEqualTo(whole.size());
  }

  @Test
  void shardsFollowEachOtherWithoutGaps(@TempDir Path directory) throws Exception {
    for (ArmSet set : ArmSet.values()) {
      long total = 0;
      for (int index = 1; index <= 7; index++) {
        total += new SpaceShard(set, index + "/7", directory.resolve("none")).size();
      }
      assertThat(total).isEqualTo(set == ArmSet.A32 ? 1L << 32 : 0x1800_0000L);
    }
  }
}
