package io.github.optprobe.model;

import io.github.optprobe.ProbeCounters;
import io.github.optprobe.ProbeState;
import io.github.optprobe.RefusedException;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.toy.Program;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a registry should be like after a sequence of operations: plain, sequential, without a
 * thought for CPUs. Methods that tests replace by wrong ones are not private.
 */
public class Model {

  /** What stands at an address. */
  public enum Text {
    ORIGINAL,
    BREAKPOINT,
    JUMP
  }

  private final Program program;
  private final boolean lazy;
  private final Map<Integer, Known> known = new LinkedHashMap<>();
  private final Map<Integer, AddressRange> reservations = new HashMap<>();

  /** The addresses that the registry knows: with a probe, or with text to be restored. */
  private final TreeMap<Long, Text> there = new TreeMap<>();

  /** Addresses with a detour buffer, and those whose window can not be had any more. */
  private final Set<Long> prepared = new HashSet<>();

  private final Set<Long> lost = new HashSet<>();
  private boolean armed = true;
  private boolean optimizing = true;
  private long optimizedTotal;
  private long unoptimizedTotal;

  /** A registry without probes. */
  public Model(Program program, boolean lazy) {
    this.program = program;
    this.lazy = lazy;
  }

  Map<Integer, Known> known() {
    return known;
  }

  Known probe(int id) {
    return Objects.requireNonNull(known.get(id));
  }

  boolean isRegistered(int id) {
    Known probe = known.get(id);
    return probe != null && probe.life != ProbeState.UNREGISTERED;
  }

  Map<Long, Text> there() {
    return there;
  }

  boolean hasReservation(int id) {
    return reservations.containsKey(id);
  }

  // Which text is wanted.

  private List<Known> at(long address) {
    return known.values().stream()
        .filter(each -> each.isThere() && each.plan().address() == address)
        .toList();
  }

  /** The enabled probes at an address, in the order in which they are to run. */
  List<Known> running(long address) {
    return armed ? at(address).stream().filter(Known::isEnabled).toList() : List.of();
  }

  boolean isArmedWanted(long address) {
    return !running(address).isEmpty();
  }

  boolean permitsJump(Plan plan) {
    return plan.kind().permitsJump();
  }

  private boolean isPermitted(long address) {
    List<Known> all = at(address);
    return !all.isEmpty() && all.stream().allMatch(each -> permitsJump(each.plan()));
  }

  private boolean mayJump(long address) {
    return optimizing && isPermitted(address) && prepared.contains(address);
  }

  private Collection<Long> inside(long address) {
    return there.subMap(address, false, address + program.windowBytes(address), false).keySet();
  }

  /** Probes inside the window that are in its way. */
  boolean isObstructed(long address) {
    return inside(address).stream()
        .anyMatch(other -> textAt(other) != Text.ORIGINAL || isArmedWanted(other));
  }

  private Text textAt(long address) {
    return there.getOrDefault(address, Text.ORIGINAL);
  }

  private Text wanted(long address) {
    if (!isArmedWanted(address)) {
      return Text.ORIGINAL;
    }
    return mayJump(address) && !isObstructed(address) ? Text.JUMP : Text.BREAKPOINT;
  }

  /** What is wanted by the probes' wishes alone, whatever stood there before. */
  Text wantedInTheEnd(long address) {
    boolean obstructed = inside(address).stream().anyMatch(this::isArmedWanted);
    if (!isArmedWanted(address)) {
      return Text.ORIGINAL;
    }
    return mayJump(address) && !obstructed ? Text.JUMP : Text.BREAKPOINT;
  }

  // Operations; each answers with what it throws, if anything.

  @Nullable Class<?> apply(Operation operation) {
    if (operation instanceof Operation.Register each) {
      return register(each.plans());
    } else if (operation instanceof Operation.Unregister each) {
      unregister(each.ids());
    } else if (operation instanceof Operation.Enable each) {
      return enable(probe(each.id()), each.on());
    } else if (operation instanceof Operation.ArmAll each) {
      boolean changes = armed != each.on();
      armed = each.on();
      switched(changes);
    } else if (operation instanceof Operation.Optimizing each) {
      boolean changes = optimizing != each.on();
      optimizing = each.on();
      switched(changes);
    } else if (operation instanceof Operation.RunOptimizer) {
      drain();
    } else if (operation instanceof Operation.RemoveText each) {
      return removeText(each.range());
    } else if (operation instanceof Operation.Reserve each) {
      drain();
      return reserve(each.id(), each.range());
    } else if (operation instanceof Operation.EndReservation each) {
      reservations.remove(each.id());
      prepare();
    }
    return null;
  }

  private @Nullable Class<?> register(List<Plan> plans) {
    if (plans.stream().anyMatch(this::isRefused)) {
      return RefusedException.class;
    }
    Set<Long> touched = new TreeSet<>();
    for (Plan plan : plans) {
      // Behind all others, also where the number had been used before.
      known.remove(plan.id());
      known.put(plan.id(), new Known(plan));
      there.putIfAbsent(plan.address(), Text.ORIGINAL);
      touched.add(plan.address());
    }
    prepare();
    settle(touched, lazy);
    return null;
  }

  private boolean isRefused(Plan plan) {
    AddressRange instruction = AddressRange.ofLength(plan.address(), instructionBytes(plan));
    return plan.kind() == Plan.Kind.REFUSED || isReserved(instruction);
  }

  private int instructionBytes(Plan plan) {
    return plan.kind() == Plan.Kind.REFUSED ? 1 : instructionBytes(plan.address());
  }

  private int instructionBytes(long address) {
    return program.asm().lengthAt(address);
  }

  private boolean isReserved(AddressRange range) {
    return reservations.values().stream().anyMatch(range::overlaps);
  }

  private void unregister(List<Integer> ids) {
    Set<Long> touched = new TreeSet<>();
    for (int id : ids) {
      Known probe = probe(id);
      if (probe.isThere()) {
        touched.add(probe.plan().address());
      }
      probe.life = ProbeState.UNREGISTERED;
    }
    prepare();
    settle(touched, lazy);
  }

  private @Nullable Class<?> enable(Known probe, boolean on) {
    if (!probe.isThere()) {
      return IllegalStateException.class;
    }
    if (probe.enabled != on) {
      probe.enabled = on;
      if (on) {
        // There may be new code.
        lost.remove(probe.plan().address());
        prepare();
      }
      settle(Set.of(probe.plan().address()), lazy);
    }
    return null;
  }

  private void switched(boolean changes) {
    if (changes) {
      settle(Set.copyOf(there.keySet()), false);
    }
  }

  private @Nullable Class<?> removeText(AddressRange range) {
    for (long address : there.keySet()) {
      AddressRange occupied = occupied(address);
      if (occupied.overlaps(range) && !range.contains(occupied)) {
        return IllegalArgumentException.class;
      }
    }
    prepared.stream().filter(address -> window(address).overlaps(range)).forEach(lost::add);
    prepared.removeAll(lost);
    Set<Long> went = Set.copyOf(there.subMap(range.first(), true, range.last(), true).keySet());
    went.stream()
        .flatMap(address -> at(address).stream())
        .forEach(probe -> probe.life = ProbeState.GONE);
    went.forEach(this::forget);
    return null;
  }

  private AddressRange occupied(long address) {
    return textAt(address) == Text.JUMP
        ? window(address)
        : AddressRange.ofLength(address, instructionBytes(address));
  }

  private AddressRange window(long address) {
    return AddressRange.ofLength(address, program.windowBytes(address));
  }

  private @Nullable Class<?> reserve(int id, AddressRange range) {
    for (long address : there.keySet()) {
      boolean window = prepared.contains(address) && window(address).overlaps(range);
      if (window || AddressRange.ofLength(address, instructionBytes(address)).overlaps(range)) {
        return IllegalStateException.class;
      }
    }
    reservations.put(id, range);
    return null;
  }

  // The text follows.

  private void prepare() {
    for (long address : there.keySet()) {
      if (isPermitted(address)
          && program.windowBytes(address) > 0
          && !lost.contains(address)
          && !isReserved(window(address))) {
        prepared.add(address);
      }
    }
  }

  private void settle(Collection<Long> touched, boolean lazily) {
    for (long address : touched) {
      Text goal = wanted(address);
      switch (textAt(address)) {
        case ORIGINAL -> {
          if (goal != Text.ORIGINAL) {
            arm(address);
          }
        }
        case BREAKPOINT -> {
          if (goal == Text.ORIGINAL) {
            there.put(address, goal);
          }
        }
        case JUMP -> {
          if (goal == Text.BREAKPOINT || (goal == Text.ORIGINAL && !lazily)) {
            unoptimize(address, goal);
          }
        }
      }
    }
    discardUnused();
  }

  private void arm(long address) {
    there.put(address, Text.BREAKPOINT);
    for (long other : List.copyOf(there.headMap(address).keySet())) {
      if (textAt(other) == Text.JUMP && window(other).contains(address)) {
        unoptimize(other, Text.BREAKPOINT);
      }
    }
  }

  private void unoptimize(long address, Text to) {
    there.put(address, to);
    unoptimizedTotal++;
  }

  private void discardUnused() {
    for (long address : List.copyOf(there.keySet())) {
      if (at(address).isEmpty() && textAt(address) == Text.ORIGINAL) {
        forget(address);
      }
    }
  }

  private void forget(long address) {
    there.remove(address);
    prepared.remove(address);
    lost.remove(address);
  }

  /** A pass of the optimizer: first what leaves, then what becomes a jump. */
  void drain() {
    settle(Set.copyOf(there.keySet()), false);
    for (long address : List.copyOf(there.keySet())) {
      if (textAt(address) == Text.BREAKPOINT && wanted(address) == Text.JUMP) {
        there.put(address, Text.JUMP);
        optimizedTotal++;
      }
    }
  }

  // What can be asked.

  ProbeState state(Known probe) {
    long address = probe.plan().address();
    if (!probe.isThere()) {
      return probe.life;
    }
    if (waitsForRestoring(address)) {
      return ProbeState.UNOPTIMIZING;
    }
    if (!probe.enabled) {
      return ProbeState.DISABLED;
    }
    return switch (textAt(address)) {
      case ORIGINAL -> ProbeState.DISARMED;
      case BREAKPOINT -> waitsForJump(address) ? ProbeState.OPTIMIZING : ProbeState.ARMED;
      case JUMP -> ProbeState.OPTIMIZED;
    };
  }

  private boolean waitsForRestoring(long address) {
    return textAt(address) != Text.ORIGINAL && wanted(address) == Text.ORIGINAL;
  }

  private boolean waitsForJump(long address) {
    return textAt(address) == Text.BREAKPOINT && wanted(address) == Text.JUMP;
  }

  ProbeCounters counters() {
    int gone = count(known.values().stream().filter(each -> each.life == ProbeState.GONE));
    return new ProbeCounters(
        gone + count(known.values().stream().filter(Known::isThere)),
        there.size(),
        count(there.values().stream().filter(text -> text != Text.ORIGINAL)),
        count(there.values().stream().filter(text -> text == Text.JUMP)),
        count(there.keySet().stream().filter(this::waitsForJump)),
        count(there.keySet().stream().filter(this::waitsForRestoring)),
        0,
        gone,
        optimizedTotal,
        unoptimizedTotal,
        0);
  }

  private static int count(Stream<?> all) {
    return (int) all.count();
  }

  /** Takes over what depends on when something came in the middle of a run. */
  void resume(ProbeCounters counters) {
    optimizedTotal = counters.optimizedTotal();
    unoptimizedTotal = counters.unoptimizedTotal();
  }

  /** What the handlers write down in one run of the program. */
  List<Integer> run(Trace trace) {
    List<Integer> log = new ArrayList<>();
    List<Known> calls = new ArrayList<>();
    for (long pc : trace.instructions()) {
      List<Known> here = running(pc);
      for (Known each : here) {
        each.hits++;
        log.add(Trace.before(each.plan().id()));
        if (each.plan().kind() == Plan.Kind.NESTING) {
          miss(trace.instructions());
        } else if (each.plan().kind() == Plan.Kind.RETURN) {
          calls.add(0, each);
        }
      }
      here.stream()
          .filter(each -> each.plan().kind().hasPostHandler())
          .forEach(each -> log.add(Trace.after(each.plan().id())));
      if (trace.isReturn(pc)) {
        calls.forEach(each -> log.add(Trace.after(each.plan().id())));
        calls.clear();
      }
    }
    return log;
  }

  /** Probes met by a handler count one miss each; no handler runs. */
  void miss(List<Long> met) {
    met.forEach(pc -> running(pc).forEach(each -> each.nmissed++));
  }
}
