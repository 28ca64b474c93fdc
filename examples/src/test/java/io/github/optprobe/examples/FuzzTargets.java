package io.github.optprobe.examples;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Architectures;
import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Decoders;
import io.github.optprobe.testkit.fuzz.BoundsOracle;
import io.github.optprobe.testkit.fuzz.CaseOracle;
import io.github.optprobe.testkit.fuzz.DecoderOracle;
import io.github.optprobe.testkit.fuzz.Finding;
import io.github.optprobe.testkit.fuzz.FuzzReport;
import io.github.optprobe.testkit.fuzz.FuzzRun;
import io.github.optprobe.testkit.fuzz.Generator;
import io.github.optprobe.testkit.fuzz.KnownDisagreements;
import io.github.optprobe.testkit.fuzz.RelocationOracle;
import io.github.optprobe.text.ByteArrayText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a fuzzer calls with bytes of its own choice: the first byte picks the instruction set, the
 * others are code. Each throws an {@link AssertionError} if something is wrong.
 */
final class FuzzTargets {
  private static final List<String> SETS = List.of("x86-64", "x86-32", "a32", "t32");
  private static final int LONGEST = 15;
  private static final long GATE = 0x0500_0000L;

  private FuzzTargets() {}

  private static String setOf(byte[] data) {
    return SETS.get(Byte.toUnsignedInt(data[0]) % SETS.size());
  }

  private static byte[] codeOf(byte[] data) {
    return Arrays.copyOfRange(data, 1, Math.min(data.length, LONGEST + 1));
  }

  private static Decoder second(String set) {
    return set.startsWith("x86") ? Decoders.zydis() : Decoders.capstone();
  }

  /** Decoders neither throw nor look past the end of their input. */
  static void decodersStayInTheirBounds(byte[] data) {
    if (data.length > 1) {
      String set = setOf(data);
      check(set, new BoundsOracle(set, List.of(second(set))), KnownDisagreements.NONE, data);
    }
  }

  /** Zydis and Capstone agree, but for what is known; elsewhere there is nothing to compare. */
  static void decodersAgree(byte[] data) {
    if (data.length > 1 && setOf(data).startsWith("x86")) {
      String set = setOf(data);
      List<Decoder> decoders = List.of(Decoders.zydis(), Decoders.capstone());
      if (decoders.get(1).supports(set)) {
        check(
            set,
            new DecoderOracle(decoders, false),
            KnownDisagreements.builtIn(set).about(List.of("zydis/capstone")),
            data);
      }
    }
  }

  /** A relocated copy of one instruction is the same instruction. */
  static void relocatedCopiesAreTheSame(byte[] data) {
    if (data.length > 4) {
      String set = setOf(data);
      Decoder decoder = second(set);
      check(
          set,
          new RelocationOracle(
              Architectures.named(set), decoder, List.of(0x1000L, -0x1_0000L, 0x400_0000L)),
          KnownDisagreements.builtIn(set).about(List.of("architecture/" + decoder.name())),
          data);
    }
  }

  /** Registering a probe and taking it away leaves the text as it was, refused or not. */
  static void textIsRestored(byte[] data) {
    if (data.length > 4) {
      Architecture architecture = Architectures.named(setOf(data));
      byte[] text = Arrays.copyOf(codeOf(data), 64);
      byte[] before = text.clone();
      CodeAddress place = new CodeAddress(FuzzRun.ADDRESS, architecture.instructionSet());
      try (Kprobes probes =
          Kprobes.builder(ByteArrayText.at(FuzzRun.ADDRESS, text)).gate(GATE).build()) {
        registerAndTakeAway(probes, Kprobe.at(place).onHit(registers -> {}).build());
      }
      require(Arrays.equals(text, before), "the text was not restored");
    }
  }

  private static void registerAndTakeAway(Kprobes probes, Kprobe probe) {
    try (ProbeHandle handle = probes.register(probe)) {
      probes.runOptimizer();
      require(handle.isRegistered(), "a probe that was not refused is not registered");
    } catch (RefusedException refused) {
      require(refused.getMessage() != null, "a refusal without a word");
    }
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static void check(String set, CaseOracle oracle, KnownDisagreements known, byte[] data) {
    byte[] code = codeOf(data);
    CodeInput input = CodeInput.of(set);
    input.set(code, code.length, FuzzRun.ADDRESS);
    List<Finding> findings = new ArrayList<>();
    oracle.check(input, 0, findings::add);
    if (!findings.isEmpty()) {
      FuzzReport report =
          FuzzRun.of(set).oracle(oracle).generator(only(code)).known(known).cases(1).run();
      require(report.tally().bins().isEmpty(), String.join("\n", report.lines()));
    }
  }

  private static Generator only(byte[] code) {
    return new Generator() {
      @Override
      public String name() {
        return "given";
      }

      @Override
      public int generate(long seed, long index, byte[] into) {
        System.arraycopy(code, 0, into, 0, code.length);
        return code.length;
      }
    };
  }
}
