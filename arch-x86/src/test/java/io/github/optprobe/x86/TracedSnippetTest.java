package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.traced.GeneralRegister;
import io.github.optprobe.testkit.traced.GuestStoppedException;
import io.github.optprobe.testkit.traced.TracedTarget;
import io.github.optprobe.testkit.traced.TracedUnavailableException;
import io.github.optprobe.testkit.traced.VectorState;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The snippets once more, on the host's own CPU: what the emulator says of them does not rest on
 * the emulator alone.
 */
class TracedSnippetTest {
  private static final int SEEDS = 6;
  private static final int DATA_BYTES = 64;

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void a_probe_on_each_instruction_changes_nothing(Tier tier) {
    int inTier = 0;
    try (TracedTarget target = orSkip()) {
      target.map(AddressRange.ofLength(Snippet.BASE, 4096), Protection.READ_WRITE_EXECUTE);
      for (Snippet snippet : Snippet.all()) {
        inTier += target.call(() -> probeEach(target, snippet, tier));
        assertThat(target.liveAllocations()).as("slots that leaked").isZero();
      }
    }
    assertThat(inTier).isGreaterThan(20);
  }

  @Test
  void a_fault_in_the_copy_of_a_vector_instruction_is_reported_at_its_own_address() {
    // vaddps ymm0, ymm1, [0x10]; ret
    byte[] code = HexFormat.of().parseHex("c5f458042510000000c3");
    for (Tier tier : List.of(Tier.SINGLE_STEP, Tier.BOOSTED, Tier.OPTIMIZED)) {
      try (TracedTarget target = orSkip();
          Kprobes kprobes = registry(target, AddressRange.ofLength(Snippet.BASE, code.length))) {
        target.map(Snippet.BASE, code, Protection.READ_EXECUTE);
        Assumptions.assumeTrue(target.machine().vectors().vectorBytes() >= 32, "no AVX here");
        ProbeHandle probe = register(kprobes, Snippet.BASE, tier).orElseThrow();
        kprobes.runOptimizer();
        assertThat(probe.tier()).contains(tier);
        Cpu cpu = kprobes.newCpu(target.data());
        GuestStoppedException fault = catchStop(() -> target.run(Snippet.BASE, cpu));
        assertThat(fault.pc()).isEqualTo(Snippet.BASE);
        assertThat(fault.stop().address()).isEqualTo(0x10);
        assertThat(probe.hits()).isEqualTo(1);
      }
    }
  }

  /** How many probes got into the tier. */
  private static int probeEach(TracedTarget target, Snippet snippet, Tier tier) {
    byte[] page = new byte[4096];
    byte[] code = snippet.code();
    System.arraycopy(code, 0, page, 0, code.length);
    target.writeBytes(Snippet.BASE, page);
    AddressRange body = AddressRange.ofLength(Snippet.BASE, code.length);
    int inTier = 0;
    try (Kprobes kprobes = registry(target, body)) {
      Cpu cpu = kprobes.newCpu(target.data());
      List<String> unprobed = runs(target, cpu);
      for (long address : new X86_64().scan(target.text(), body).boundaries()) {
        Optional<ProbeHandle> probe = register(kprobes, address, tier);
        if (probe.isPresent()) {
          kprobes.runOptimizer();
          inTier += probe.get().tier().equals(Optional.of(tier)) ? 1 : 0;
          assertThat(runs(target, cpu)).as("%s%n%s", snippet, probe).isEqualTo(unprobed);
          probe.get().close();
        }
      }
    }
    assertThat(target.readBytes(Snippet.BASE, code.length)).isEqualTo(code);
    return inTier;
  }

  private static Kprobes registry(TracedTarget target, AddressRange body) {
    return Kprobes.builder(target.text())
        .architecture(new X86_64())
        .codeMap(CodeMap.of(new CodeMap.Function("snippet", body)))
        .gate(target.gate())
        .build();
  }

  private static Optional<ProbeHandle> register(Kprobes kprobes, long address, Tier tier) {
    try {
      Kprobe kprobe = Kprobe.at(X86_64.at(address)).onHit(r -> {}).upTo(tier).build();
      return Optional.of(kprobes.register(kprobe));
    } catch (RefusedException refused) {
      assertThat(refused.refusal().code()).startsWith("X86_");
      return Optional.empty();
    }
  }

  private static List<String> runs(TracedTarget target, Cpu cpu) {
    List<String> ends = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      ends.add(run(target, cpu, seed));
    }
    return ends;
  }

  /** Everything that a program could see in the end. */
  private static String run(TracedTarget target, Cpu cpu, int seed) {
    prepare(target, new Random(seed));
    long result = target.run(Snippet.BASE, cpu, seed % 6);
    VectorState vectors = target.machine().vectors();
    StringBuilder end = new StringBuilder("result %x".formatted(result));
    end.append(Arrays.toString(target.machine().registers()));
    for (int i = 0; i < vectors.vectors(); i++) {
      end.append(' ').append(HexFormat.of().formatHex(vectors.vector(i)));
    }
    byte[] data = target.readBytes(Snippet.DATA, DATA_BYTES);
    return end.append(" data ").append(HexFormat.of().formatHex(data)).toString();
  }

  private static void prepare(TracedTarget target, Random random) {
    byte[] data = new byte[DATA_BYTES];
    random.nextBytes(data);
    // Small numbers, so that comparisons go both ways.
    data[0] = (byte) random.nextInt(10);
    data[1] = data[2] = data[3] = 0;
    target.writeBytes(Snippet.DATA, data);
    for (int number = 0; number < 16; number++) {
      target.machine().setRegister(GeneralRegister.ofNumber(number), random.nextLong());
    }
    target.machine().setRegister(GeneralRegister.RFLAGS, (random.nextInt() & 0x8d5) | 0x202);
    VectorState vectors = target.machine().vectors();
    byte[] value = new byte[vectors.vectorBytes()];
    for (int i = 0; i < vectors.vectors(); i++) {
      random.nextBytes(value);
      vectors.setVector(i, value);
    }
    target.machine().setVectors(vectors);
  }

  private static GuestStoppedException catchStop(Runnable run) {
    try {
      run.run();
    } catch (GuestStoppedException stopped) {
      return stopped;
    }
    throw new AssertionError("it was not stopped");
  }

  private static TracedTarget orSkip() {
    try {
      return TracedTarget.of(new X86_64());
    } catch (TracedUnavailableException notHere) {
      return Assumptions.abort(notHere.getMessage());
    }
  }
}
