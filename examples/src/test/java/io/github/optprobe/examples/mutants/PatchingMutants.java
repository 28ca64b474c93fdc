package io.github.optprobe.examples.mutants;

import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.PokeSequence;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Mutants that write text wrongly, or in the wrong order: A200 to A215. */
final class PatchingMutants {
  private static final String RESTORES =
      "whoever restores text does it by disarm(): one probe, a registry, threads";

  private PatchingMutants() {}

  static Stream<Mutant> all() {
    return Stream.of(arming(), batches(), synchronising(), failing(), optimizing())
        .flatMap(each -> each);
  }

  /** The four steps, each of which a mutant may do to another text. */
  static class Steps extends MutantArchitecture {
    UnaryOperator<TextMemory> arming = UnaryOperator.identity();
    UnaryOperator<TextMemory> disarming = UnaryOperator.identity();
    UnaryOperator<TextMemory> optimizing = UnaryOperator.identity();
    UnaryOperator<TextMemory> unoptimizing = UnaryOperator.identity();

    static Steps arming(UnaryOperator<TextMemory> how) {
      Steps steps = new Steps();
      steps.arming = how;
      return steps;
    }

    static Steps disarming(UnaryOperator<TextMemory> how) {
      Steps steps = new Steps();
      steps.disarming = how;
      return steps;
    }

    static Steps optimizing(UnaryOperator<TextMemory> how) {
      Steps steps = new Steps();
      steps.optimizing = how;
      return steps;
    }

    static Steps unoptimizing(UnaryOperator<TextMemory> how) {
      Steps steps = new Steps();
      steps.unoptimizing = how;
      return steps;
    }

    @Override
    public void arm(List<PreparedProbe> probes, TextMemory text) {
      super.arm(probes, arming.apply(text));
    }

    @Override
    public void disarm(List<PreparedProbe> probes, TextMemory text) {
      super.disarm(probes, disarming.apply(text));
    }

    @Override
    public void optimize(List<PreparedDetour> detours, TextMemory text) {
      super.optimize(detours, optimizing.apply(text));
    }

    @Override
    public void unoptimize(List<PreparedDetour> detours, TextMemory text) {
      super.unoptimize(detours, unoptimizing.apply(text));
    }
  }

  private static Stream<Mutant> arming() {
    return Stream.of(
        Mutant.of("A200", "arming leaves a mark behind the code", MarksArmed::new),
        Mutant.of(
            "A201, A214, A313, A601",
            "disarming leaves half of the breakpoint",
            RESTORES,
            () -> Steps.disarming(HalfStores::new)));
  }

  private static Stream<Mutant> batches() {
    return Stream.of(
        Mutant.of("A202", "of a batch only the first is armed", ArmsFirst::new),
        Mutant.of(
            "A202, A313",
            "of a batch only the last is disarmed",
            "a registry that is closed disarms all of its probes together",
            DisarmsLast::new),
        Mutant.of("A202", "the probes of a batch are armed one by one", OneByOne::new),
        Mutant.of("A210", "of a batch only the first is optimized", OptimizesFirst::new),
        Mutant.of("A211", "of a batch only the first is unoptimized", UnoptimizesFirst::new));
  }

  private static Stream<Mutant> synchronising() {
    return Stream.of(
        Mutant.of("A203", "arming does not synchronise", () -> Steps.arming(NotSeen::new)),
        Mutant.of("A203", "disarming does not synchronise", () -> Steps.disarming(NotSeen::new)),
        Mutant.of("A203", "optimizing does not synchronise", () -> Steps.optimizing(NotSeen::new)),
        Mutant.of(
            "A203", "unoptimizing does not synchronise", () -> Steps.unoptimizing(NotSeen::new)));
  }

  private static Stream<Mutant> failing() {
    return Stream.of(
        Mutant.of("A204", "a failing arm is not undone", () -> new NotUndone(Failing.ARM)),
        Mutant.of("A205", "a failing disarm is not undone", () -> new NotUndone(Failing.DISARM)),
        Mutant.of(
            "A212", "a failing optimize is not undone", () -> new NotUndone(Failing.OPTIMIZE)),
        Mutant.of(
            "A213", "a failing unoptimize is not undone", () -> new NotUndone(Failing.UNOPTIMIZE)),
        Mutant.of("A204", "of a failing batch only the last is undone", UndoesLast::new),
        Mutant.of("A204", "that arming failed is kept secret", () -> Steps.arming(Silent::new)),
        Mutant.of(
            "A205", "that disarming failed is kept secret", () -> Steps.disarming(Silent::new)));
  }

  private static Stream<Mutant> optimizing() {
    return Stream.of(
        Mutant.of("A210", "optimizing leaves a mark behind the code", MarksOptimized::new),
        Mutant.of("A211", "unoptimizing leaves the original", LeavesOriginal::new),
        Mutant.of("A214", "the jump is written in halves", () -> new Torn(true)),
        Mutant.of("A214", "the breakpoint is written in halves", () -> new Torn(false)),
        Mutant.of("A215", "who trapped is sent to the instruction behind", SendsOn::new),
        Mutant.of("A215", "who trapped is sent behind the first store", SendsInside::new),
        Mutant.of("A215", "who trapped loses a register", LosesRegister::new));
  }

  private static final class HalfStores extends ForwardingText {
    HalfStores(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      super.write(address, Arrays.copyOf(bytes, 2));
    }
  }

  private static final class NotSeen extends ForwardingText {
    NotSeen(TextMemory text) {
      super(text);
    }

    @Override
    public void synchronizeCpus() {
      // That is what is broken.
    }
  }

  private static final class Silent extends ForwardingText {
    private final AtomicInteger failures = new AtomicInteger();

    Silent(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      try {
        super.write(address, bytes);
      } catch (TextException lost) {
        failures.incrementAndGet(); // Who counts them tells nobody.
      }
    }
  }

  /** Pokes of which each has a second store, behind the code. */
  private static final class Marks {
    private static final int MARK = 16;
    private final Map<Long, byte[]> before = new HashMap<>();

    /** Writes marks, and remembers what was there. */
    <P> void leave(
        List<P> places, ToLongFunction<P> address, Function<P, byte[]> bytes, TextMemory to) {
      places.forEach(
          each -> {
            long mark = address.applyAsLong(each) + MARK;
            byte[] there = new byte[4];
            if (to.read(mark, there, 0, there.length) == there.length) {
              before.putIfAbsent(mark, there);
            }
          });
      poke(places, address, bytes, mark -> Site.bytes(Site.NOP), to);
    }

    /** Takes them away. */
    <P> void remove(
        List<P> places, ToLongFunction<P> address, Function<P, byte[]> bytes, TextMemory to) {
      poke(places, address, bytes, mark -> before.getOrDefault(mark, new byte[0]), to);
    }

    private static <P> void poke(
        List<P> places,
        ToLongFunction<P> address,
        Function<P, byte[]> bytes,
        LongFunction<byte[]> marks,
        TextMemory to) {
      PokeSequence sequence = new PokeSequence();
      PokeSequence.Round round = sequence.round();
      for (P place : places) {
        long at = address.applyAsLong(place);
        boolean mapped = to.read(at + MARK, new byte[4], 0, 4) == 4;
        round
            .store(at, bytes.apply(place))
            .store(at + MARK, mapped ? marks.apply(at + MARK) : new byte[0]);
      }
      sequence.run(to);
    }
  }

  private static final class MarksArmed extends MutantArchitecture {
    private final Marks marks = new Marks();

    @Override
    public void arm(List<PreparedProbe> probes, TextMemory text) {
      marks.leave(probes, each -> each.address().value(), PreparedProbe::breakpoint, text);
    }

    @Override
    public void disarm(List<PreparedProbe> probes, TextMemory text) {
      marks.remove(probes, each -> each.address().value(), PreparedProbe::original, text);
    }
  }

  private static final class MarksOptimized extends MutantArchitecture {
    private final Marks marks = new Marks();

    @Override
    public void optimize(List<PreparedDetour> detours, TextMemory text) {
      marks.leave(detours, each -> each.address().value(), PreparedDetour::jump, text);
    }

    @Override
    public void unoptimize(List<PreparedDetour> detours, TextMemory text) {
      marks.remove(detours, each -> each.address().value(), each -> breakpoint(), text);
    }
  }

  private static final class ArmsFirst extends MutantArchitecture {
    @Override
    public void arm(List<PreparedProbe> probes, TextMemory text) {
      super.arm(probes.subList(0, 1), text);
    }
  }

  private static final class DisarmsLast extends MutantArchitecture {
    @Override
    public void disarm(List<PreparedProbe> probes, TextMemory text) {
      super.disarm(probes.subList(probes.size() - 1, probes.size()), text);
    }
  }

  private static final class OneByOne extends MutantArchitecture {
    @Override
    public void arm(List<PreparedProbe> probes, TextMemory text) {
      int done = 0;
      try {
        for (PreparedProbe probe : probes) {
          super.arm(List.of(probe), text);
          done++;
        }
      } catch (TextException failure) {
        super.disarm(probes.subList(0, done), text);
        throw failure;
      }
    }
  }

  private static final class OptimizesFirst extends MutantArchitecture {
    @Override
    public void optimize(List<PreparedDetour> detours, TextMemory text) {
      super.optimize(detours.subList(0, 1), text);
    }
  }

  private static final class UnoptimizesFirst extends MutantArchitecture {
    @Override
    public void unoptimize(List<PreparedDetour> detours, TextMemory text) {
      super.unoptimize(detours.subList(0, 1), text);
    }
  }

  private enum Failing {
    ARM,
    DISARM,
    OPTIMIZE,
    UNOPTIMIZE
  }

  /** Remembers what it wrote where, so that nothing is taken back when a step of it fails. */
  private static final class NotUndone extends MutantArchitecture {
    private final Failing which;

    NotUndone(Failing which) {
      this.which = which;
    }

    @Override
    public void arm(List<PreparedProbe> probes, TextMemory text) {
      if (which != Failing.ARM) {
        super.arm(probes, text);
        return;
      }
      probes.forEach(each -> text.write(each.address().value(), each.breakpoint()));
      text.synchronizeCpus();
    }

    @Override
    public void disarm(List<PreparedProbe> probes, TextMemory text) {
      if (which != Failing.DISARM) {
        super.disarm(probes, text);
        return;
      }
      probes.forEach(each -> text.write(each.address().value(), each.original()));
      text.synchronizeCpus();
    }

    @Override
    public void optimize(List<PreparedDetour> detours, TextMemory text) {
      if (which != Failing.OPTIMIZE) {
        super.optimize(detours, text);
        return;
      }
      detours.forEach(each -> text.write(each.address().value(), each.jump()));
      text.synchronizeCpus();
    }

    @Override
    public void unoptimize(List<PreparedDetour> detours, TextMemory text) {
      if (which != Failing.UNOPTIMIZE) {
        super.unoptimize(detours, text);
        return;
      }
      detours.forEach(each -> text.write(each.address().value(), breakpoint()));
      text.synchronizeCpus();
    }
  }

  private static final class UndoesLast extends MutantArchitecture {
    @Override
    public void arm(List<PreparedProbe> probes, TextMemory text) {
      probes.forEach(probe -> poke(text, probe));
      text.synchronizeCpus();
    }

    private static void poke(TextMemory text, PreparedProbe probe) {
      byte[] before = text.readFully(probe.address().value(), 4);
      try {
        text.write(probe.address().value(), probe.breakpoint());
      } catch (TextException failure) {
        text.write(probe.address().value(), before);
        throw failure;
      }
    }
  }

  private static final class LeavesOriginal extends MutantArchitecture {
    @Override
    public void unoptimize(List<PreparedDetour> detours, TextMemory text) {
      PokeSequence sequence = new PokeSequence();
      PokeSequence.Round round = sequence.round();
      detours.forEach(each -> round.store(each.address().value(), each.replaced()));
      sequence.run(text);
    }
  }

  /** Writes what is to be one store as two, and synchronises after each. */
  private static final class Torn extends MutantArchitecture {
    private final boolean jump;

    Torn(boolean jump) {
      this.jump = jump;
    }

    @Override
    public void optimize(List<PreparedDetour> detours, TextMemory text) {
      if (jump) {
        inHalves(detours, PreparedDetour::jump, text);
      } else {
        super.optimize(detours, text);
      }
    }

    @Override
    public void unoptimize(List<PreparedDetour> detours, TextMemory text) {
      if (jump) {
        super.unoptimize(detours, text);
      } else {
        inHalves(detours, each -> breakpoint(), text);
      }
    }

    private static void inHalves(
        List<PreparedDetour> detours, Function<PreparedDetour, byte[]> bytes, TextMemory text) {
      PokeSequence sequence = new PokeSequence();
      PokeSequence.Round first = sequence.round();
      PokeSequence.Round second = sequence.round();
      for (PreparedDetour detour : detours) {
        long address = detour.address().value();
        first.store(address, Arrays.copyOf(bytes.apply(detour), 2));
        second.store(address + 2, Arrays.copyOfRange(bytes.apply(detour), 2, 4));
      }
      sequence.run(text);
    }
  }

  private static final class SendsOn extends MutantArchitecture {
    @Override
    public void detour(PreparedDetour detour, Registers registers) {
      registers.setProgramCounter(detour.window().last() + 1);
    }
  }

  private static final class SendsInside extends MutantArchitecture {
    @Override
    public void detour(PreparedDetour detour, Registers registers) {
      registers.setProgramCounter(detour.buffer().start() + 8);
    }
  }

  private static final class LosesRegister extends MutantArchitecture {
    @Override
    public void detour(PreparedDetour detour, Registers registers) {
      super.detour(detour, registers);
      registers.set("t0", detour.buffer().start());
    }
  }
}
