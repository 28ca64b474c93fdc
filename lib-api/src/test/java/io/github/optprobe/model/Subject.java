package io.github.optprobe.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.OptimizerPass;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Reservation;
import io.github.optprobe.Tier;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.toy.Program;
import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyMachine;
import io.github.optprobe.toy.ToyState;
import io.github.optprobe.toy.ToyText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A registry, and the model that it is compared with after every operation. */
public final class Subject {
  private static final int JUMP = 7;
  private static final int JUMP_BYTES = 3;
  private static final long DATA = 0x20;
  private static final int DATA_WORDS = 3;
  private static final List<String> STATE = List.of("a", "x", "z");

  private final Program program;
  private final Model model;
  private final byte[] original;
  private final long base;
  private final ToyText text;
  private final ToyMachine machine;
  private final Kprobes kprobes;
  private final ToyState unprobed;
  private final Trace trace;
  private final List<Integer> log = new ArrayList<>();
  private final Map<Integer, ProbeHandle> handles = new HashMap<>();
  private final Map<Integer, Reservation> reservations = new HashMap<>();

  /** A registry without probes over a program; {@code model} is to be that of the same. */
  public Subject(Program program, boolean lazy, Model model) {
    this.program = program;
    this.model = model;
    original = program.asm().bytes();
    base = program.asm().base();
    text = new ToyText(ByteArrayText.at(base, program.asm().bytes()));
    machine = text.newMachine();
    trace = new Trace(executed(base), program.asm().at("sub") + 1);
    unprobed = machine.run(base);
    Kprobes.Builder settings =
        Kprobes.builder(text)
            .architecture(new ToyArchitecture())
            .codeMap(codeMap())
            .gate(ToyMachine.GATE);
    kprobes = (lazy ? settings.lazyUnoptimize() : settings).build();
    machine.attach(kprobes.newCpu(machine.memory()));
    machine.reset(0);
  }

  private CodeMap codeMap() {
    long sub = program.asm().at("sub");
    AddressRange main = new AddressRange(base, sub - 1);
    AddressRange subroutine = new AddressRange(sub, base + original.length - 1);
    return CodeMap.of(new CodeMap.Function("main", main), new CodeMap.Function("sub", subroutine));
  }

  private List<Long> executed(long entry) {
    List<Long> addresses = new ArrayList<>();
    machine.reset(entry).runUntil(pc -> !addresses.add(pc));
    return addresses;
  }

  /** Does it to both and compares all that can be asked; leaves out what names nothing. */
  public void apply(Operation operation) {
    if (operation instanceof Operation.Run) {
      run();
    } else if (operation instanceof Operation.RunWithChanges each) {
      runWithChanges(each.stops());
    } else {
      change(operation);
    }
    compare();
  }

  /** Does it to both and compares no more than the outcome. */
  void change(Operation operation) {
    Operation possible = possible(operation);
    if (possible != null) {
      Class<?> expected = model.apply(possible);
      assertThat(outcome(possible)).as("outcome").isEqualTo(expected);
    }
  }

  private @Nullable Operation possible(Operation operation) {
    if (operation instanceof Operation.Unregister each) {
      List<Integer> ids = each.ids().stream().filter(model::isRegistered).toList();
      return ids.isEmpty() ? null : new Operation.Unregister(ids);
    } else if (operation instanceof Operation.Enable each) {
      return model.known().containsKey(each.id()) ? operation : null;
    } else if (operation instanceof Operation.EndReservation each) {
      return model.hasReservation(each.id()) ? operation : null;
    } else if (operation instanceof Operation.Reserve each) {
      return model.hasReservation(each.id()) ? null : operation;
    }
    return operation;
  }

  private @Nullable Class<?> outcome(Operation operation) {
    try {
      perform(operation);
      return null;
    } catch (RefusedException | IllegalStateException | IllegalArgumentException expected) {
      return expected.getClass();
    }
  }

  private void perform(Operation operation) {
    if (operation instanceof Operation.Register each) {
      register(each.plans());
    } else if (operation instanceof Operation.Unregister each) {
      unregister(each.ids().stream().map(handles::get).map(Objects::requireNonNull).toList());
    } else if (operation instanceof Operation.Enable each) {
      enable(Objects.requireNonNull(handles.get(each.id())), each.on());
    } else if (operation instanceof Operation.ArmAll each) {
      armAll(each.on());
    } else if (operation instanceof Operation.Optimizing each) {
      kprobes.setOptimizing(each.on());
    } else if (operation instanceof Operation.RunOptimizer each) {
      runOptimizer(each.await());
    } else if (operation instanceof Operation.RemoveText each) {
      kprobes.textRemoved(each.range());
      load(each.range());
    } else if (operation instanceof Operation.Reserve each) {
      kprobes.runOptimizer();
      reservations.put(each.id(), kprobes.reserve(each.range(), "somebody"));
    } else if (operation instanceof Operation.EndReservation each) {
      Objects.requireNonNull(reservations.remove(each.id())).close();
    }
  }

  private void register(List<Plan> plans) {
    List<Probe> probes = plans.stream().map(this::probe).toList();
    List<ProbeHandle> registered =
        probes.size() == 1 && probes.get(0) instanceof Kprobe one
            ? List.of(kprobes.register(one))
            : kprobes.registerAll(probes);
    for (int i = 0; i < plans.size(); i++) {
      handles.put(plans.get(i).id(), registered.get(i));
    }
  }

  private Probe probe(Plan plan) {
    CodeAddress address = new CodeAddress(plan.address(), ToyArchitecture.TOY);
    if (plan.kind() == Plan.Kind.RETURN) {
      return Kretprobe.at(address)
          .entryHandler(
              (call, registers) -> {
                log.add(Trace.before(plan.id()));
                return io.github.optprobe.EntryOutcome.TRACK;
              })
          .returnHandler((call, registers) -> log.add(Trace.after(plan.id())))
          .build();
    }
    return kprobe(plan, Kprobe.at(address));
  }

  private Kprobe kprobe(Plan plan, Kprobe.Builder kprobe) {
    kprobe.preHandler(
        (probe, registers) -> {
          log.add(Trace.before(plan.id()));
          if (plan.kind() == Plan.Kind.NESTING) {
            nest();
          }
          return HandlerOutcome.CONTINUE;
        });
    if (plan.kind().hasPostHandler()) {
      kprobe.postHandler((probe, registers) -> log.add(Trace.after(plan.id())));
    }
    if (plan.kind().startsDisabled()) {
      kprobe.startDisabled();
    }
    if (plan.kind() == Plan.Kind.UP_TO_BOOSTED) {
      kprobe.upTo(Tier.BOOSTED);
    } else if (plan.kind() == Plan.Kind.UP_TO_SINGLE_STEP) {
      kprobe.upTo(Tier.SINGLE_STEP);
    }
    return kprobe.label("#" + plan.id()).build();
  }

  /** Runs the program as if it began, as an interrupt would: nothing of it is to be seen after. */
  private void nest() {
    long[] registers = new long[STATE.size()];
    long[] data = new long[DATA_WORDS];
    for (int i = 0; i < registers.length; i++) {
      registers[i] = machine.get(STATE.get(i));
      machine.set(STATE.get(i), 0);
    }
    for (int i = 0; i < data.length; i++) {
      data[i] = machine.memory().load(DATA + 2L * i, 2);
      machine.memory().store(DATA + 2L * i, 2, 0);
    }
    machine.runNested(base);
    for (int i = 0; i < registers.length; i++) {
      machine.set(STATE.get(i), registers[i]);
    }
    for (int i = 0; i < data.length; i++) {
      machine.memory().store(DATA + 2L * i, 2, data[i]);
    }
  }

  private void unregister(List<ProbeHandle> all) {
    if (all.size() == 1) {
      all.get(0).close();
    } else {
      kprobes.unregisterAll(all);
    }
  }

  private static void enable(ProbeHandle handle, boolean on) {
    if (on) {
      handle.enable();
    } else {
      handle.disable();
    }
  }

  private void armAll(boolean on) {
    if (on) {
      kprobes.armAll();
    } else {
      kprobes.disarmAll();
    }
  }

  private void runOptimizer(boolean await) {
    if (await) {
      try {
        assertThat(kprobes.awaitOptimizer(Duration.ZERO)).isTrue();
      } catch (InterruptedException impossible) {
        throw new AssertionError(impossible);
      }
    } else {
      OptimizerPass pass = kprobes.runOptimizer();
      assertThat(pass.waiting()).as("waiting").isZero();
      assertThat(pass.failed()).as("failed").isZero();
    }
  }

  /** A loader puts the code there again. */
  private void load(AddressRange range) {
    int from = (int) (range.first() - base);
    text.write(range.first(), Arrays.copyOfRange(original, from, from + (int) range.length()));
  }

  private void run() {
    log.clear();
    List<Integer> expected = model.run(trace);
    assertThat(machine.run(base)).as("what the program computes").isEqualTo(unprobed);
    machine.reset(0);
    assertThat(log).as("handlers that ran, in order").isEqualTo(expected);
  }

  /** A CPU stands anywhere while the text changes, and more than once. */
  private void runWithChanges(List<Operation.Stop> stops) {
    machine.reset(base);
    boolean stopped = true;
    for (Operation.Stop stop : stops) {
      int[] left = {stop.steps()};
      stopped = stopped && machine.runUntil(pc -> left[0]-- == 0);
      change(stop.change());
      kprobes.runOptimizer();
      model.drain();
    }
    if (stopped) {
      machine.run();
    }
    assertThat(machine.state()).as("what the program computes").isEqualTo(unprobed);
    machine.reset(0);
    runOptimizer(false);
    model.drain();
    resume();
  }

  /** How often each was hit depends on when it came; from here on it counts again. */
  private void resume() {
    model.resume(kprobes.counters());
    handles.forEach(
        (id, handle) -> {
          model.probe(id).hits = handle.hits();
          model.probe(id).nmissed = handle.nmissed();
        });
  }

  private void compare() {
    handles.forEach(this::compare);
    assertThat(kprobes.counters()).isEqualTo(model.counters());
    compareText();
  }

  private void compare(int id, ProbeHandle handle) {
    Known expected = model.probe(id);
    check(handle.state() == model.state(expected), expected, handle.state(), "state");
    check(handle.isEnabled() == expected.isEnabled(), expected, handle.isEnabled(), "enabled");
    check(handle.hits() == expected.hits, expected, handle.hits(), "hits");
    check(handle.nmissed() == expected.nmissed, expected, handle.nmissed(), "nmissed");
  }

  /** Not an assertion of AssertJ: millions are made, and descriptions cost. */
  private void check(boolean agrees, Known expected, Object actual, String what) {
    if (!agrees) {
      String wanted = "state %s, hits %d, nmissed %d";
      throw new AssertionError(
          "%s of %s is %s, but the model says %s"
              .formatted(
                  what,
                  expected.plan(),
                  actual,
                  wanted.formatted(model.state(expected), expected.hits, expected.nmissed)));
    }
  }

  private void compareText() {
    byte[] expected = original.clone();
    byte[] now = text.readFully(base, original.length);
    model.there().forEach((address, what) -> draw(what, address, expected, now));
    if (!Arrays.equals(now, expected)) {
      assertThat(now).as("text").isEqualTo(expected);
    }
    byte[] without = kprobes.originalText().readFully(base, original.length);
    if (!Arrays.equals(without, original)) {
      assertThat(without).as("original text").isEqualTo(original);
    }
  }

  private void draw(Model.Text what, long address, byte[] expected, byte[] now) {
    int offset = (int) (address - base);
    switch (what) {
      case ORIGINAL -> {}
      case BREAKPOINT -> expected[offset] = (byte) 0xCC;
      case JUMP -> {
        // Where the buffer lies is the library's affair, but it must be this probe's.
        assertThat(now[offset]).as("a jump at 0x%x", address).isEqualTo((byte) JUMP);
        long target = (now[offset + 1] & 0xFF) | (now[offset + 2] & 0xFF) << 8;
        assertThat(kprobes.originalAddress(target)).hasValue(address);
        System.arraycopy(now, offset, expected, offset, JUMP_BYTES);
      }
    }
  }

  /** Lets the optimizer finish; the text is then what the probes' wishes alone say. */
  public void drain() {
    apply(new Operation.RunOptimizer(true));
    model
        .there()
        .forEach((address, what) -> assertThat(what).isEqualTo(model.wantedInTheEnd(address)));
    assertThat(kprobes.counters().optimizing()).as("still optimizing").isZero();
    assertThat(kprobes.counters().unoptimizing()).as("still unoptimizing").isZero();
  }

  /** Closes all; nothing may be left. */
  public void close() {
    kprobes.close();
    assertThat(kprobes.probes()).as("probes").isEmpty();
    assertThat(kprobes.counters().addresses()).as("addresses").isZero();
    assertThat(text.readFully(base, original.length)).as("text").isEqualTo(original);
    assertThat(kprobes.liveSlots()).as("live slots").isZero();
    assertThat(text.liveAllocations()).as("live allocations").isZero();
  }
}
