package io.github.optprobe.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ProbeState;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.TextException;
import io.github.optprobe.toy.FaultyText;
import io.github.optprobe.toy.StraightProgram;
import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyMachine;
import io.github.optprobe.toy.ToyState;
import io.github.optprobe.toy.ToyText;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One probe, those that join it or get in its way, and what is seen of it. */
final class StateBench {
  private static final long BASE = 0x4000;
  private static final long PROBED = BASE + 4;
  private static final StraightProgram PROGRAM = StraightProgram.at(BASE, 12);
  private static final Set<ProbeState> RUNNING =
      Set.of(ProbeState.ARMED, ProbeState.OPTIMIZING, ProbeState.OPTIMIZED);

  final Kprobes kprobes;
  private final byte[] original = PROGRAM.asm().bytes();
  private final ToyText text = new ToyText(ByteArrayText.at(BASE, original.clone()));
  private final FaultyText faulty = new FaultyText(text);
  private final ToyMachine machine = text.newMachine();
  private final ToyState unprobed = machine.run(BASE);
  private @Nullable ProbeHandle probe;
  private @Nullable ProbeHandle post;
  private @Nullable ProbeHandle inside;

  StateBench(boolean lazy) {
    AddressRange body = AddressRange.ofLength(BASE, original.length);
    Kprobes.Builder builder =
        Kprobes.builder(faulty)
            .architecture(new ToyArchitecture())
            .codeMap(CodeMap.of(new CodeMap.Function("toy", body)))
            .gate(ToyMachine.GATE);
    kprobes = (lazy ? builder.lazyUnoptimize() : builder).build();
    machine.attach(kprobes.newCpu(machine.memory()));
    machine.reset(0);
  }

  static Kprobe.Builder kprobe() {
    return Kprobe.at(new CodeAddress(PROBED, ToyArchitecture.TOY));
  }

  ProbeHandle register(Kprobe.Builder what) {
    ProbeHandle handle = kprobes.register(what.build());
    probe = handle;
    return handle;
  }

  ProbeHandle probe() {
    ProbeHandle handle = probe;
    if (handle == null) {
      throw new IllegalStateException("nothing is registered");
    }
    return handle;
  }

  void postJoins() {
    if (post == null) {
      post = kprobes.register(kprobe().postHandler((each, registers) -> {}).build());
    }
  }

  void postLeaves() {
    postJoins();
    if (post != null) {
      post.close();
    }
  }

  void insideComes() {
    if (inside == null) {
      CodeAddress next = new CodeAddress(PROBED + 1, ToyArchitecture.TOY);
      inside = kprobes.register(Kprobe.at(next).build());
    }
  }

  void insideLeaves() {
    insideComes();
    if (inside != null) {
      inside.close();
    }
  }

  void removeText() {
    kprobes.textRemoved(AddressRange.ofLength(BASE, original.length));
    // The same code is loaded there again.
    text.write(BASE, original.clone());
  }

  /** What an operation comes to while the first store of it fails: words of the table. */
  String whileAStoreFails(Runnable operation) {
    faulty.failAfter(0, false);
    return outcome(operation);
  }

  /** What an operation comes to: words of the table. */
  String outcome(Runnable operation) {
    String thrown = "";
    try {
      operation.run();
    } catch (IllegalStateException error) {
      thrown = "error; ";
    } catch (TextException failure) {
      thrown = "fails; ";
    } finally {
      faulty.heal();
    }
    return thrown + probe().state() + " " + textThere();
  }

  String textThere() {
    return switch (text.readFully(PROBED, 1)[0]) {
      case (byte) 0xCC -> "breakpoint";
      case 7 -> "jump";
      default -> "original";
    };
  }

  /** The handlers run if the state says so, and everything can be taken away again. */
  void checkAndTakeAway() {
    long before = probe().hits();
    long expected = RUNNING.contains(probe().state()) ? 1 : 0;
    assertThat(machine.run(BASE)).as("what the program computes").isEqualTo(unprobed);
    assertThat(probe().hits() - before).as("hits").isEqualTo(expected);
    machine.reset(0);
    kprobes.probes().forEach(ProbeHandle::close);
    kprobes.runOptimizer();
    assertThat(kprobes.counters().addresses()).isZero();
    assertThat(kprobes.liveSlots()).as("live slots").isZero();
    assertThat(text.readFully(BASE, original.length)).as("text").isEqualTo(original);
    kprobes.close();
    assertThat(text.liveAllocations()).as("live allocations").isZero();
  }
}
