package io.github.optprobe.arm32.scan;

import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A walk through a function that takes no data for code.
 *
 * <p>Behind a call of a function that does not return a literal pool may stand, and a walk runs
 * into it. So walks are made until none reaches, directly behind a call, bytes that surely reached
 * code loads: each time those calls are known not to return. "Surely reached" is what no path leads
 * to through such bytes. What is reached otherwise and loaded as data too stays in doubt.
 */
final class Settled {
  private static final int MOST_WALKS = 64;

  private final FunctionText text;
  private final Map<Long, AddressRange> notReturning = new TreeMap<>();
  private final SortedSet<Long> doubtful = new TreeSet<>();
  private final SortedSet<Long> barred = new TreeSet<>();
  private Walk walk;
  private SortedSet<Long> conflicts;
  private Set<Long> sure;
  private boolean complete;

  Settled(FunctionText text, ScanScope scope) {
    this.text = text;
    int walks = 0;
    do {
      walk = new Walk(text, scope, notReturning.keySet());
      complete = walk.run();
      conflicts = conflicts(walk);
      sure = reach(walk, conflicts);
    } while (complete && ++walks < MOST_WALKS && learn());
    checkWhatWasLearnt();
    barred.addAll(conflicts);
    while (doubt()) {
      sure = reach(walk, barred);
    }
  }

  /** The last walk. */
  Walk walk() {
    return walk;
  }

  /** The addresses of instructions that are surely reached, not ascending. */
  Set<Long> sure() {
    return sure;
  }

  /** Where it is not known what stands: nothing may be said of what is behind. */
  SortedSet<Long> doubtful() {
    SortedSet<Long> all = new TreeSet<>(doubtful);
    all.addAll(barred);
    all.addAll(walk.undecodable());
    if (!complete) {
      all.add(text.body().first());
    }
    return all;
  }

  /** What is both reached and accessed as data. */
  private static SortedSet<Long> conflicts(Walk walk) {
    SortedSet<Long> conflicts = new TreeSet<>();
    walk.nodes()
        .forEach(
            (address, node) -> {
              if (walk.data().touches(node.bytes())) {
                conflicts.add(address);
              }
            });
    return conflicts;
  }

  /** What is reached from the entries without passing certain instructions. */
  private static Set<Long> reach(Walk walk, Set<Long> barred) {
    Set<Long> reached = new HashSet<>();
    Deque<Long> work = new ArrayDeque<>();
    walk.nodes()
        .forEach(
            (address, node) -> {
              if (node.before().contains(Node.ENTRY)) {
                work.add(address);
              }
            });
    while (!work.isEmpty()) {
      long address = work.remove();
      Node node = walk.nodes().get(address);
      if (node != null && !barred.contains(address) && reached.add(address)) {
        work.addAll(node.behind());
      }
    }
    return reached;
  }

  /** Whether there are more calls that turn out not to return. */
  private boolean learn() {
    boolean learnt = false;
    for (long address : conflicts) {
      OptionalLong call = callInFrontOf(address);
      if (call.isPresent() && isSurelyData(address)) {
        notReturning.put(
            call.getAsLong(), Objects.requireNonNull(walk.nodes().get(address)).bytes());
        learnt = true;
      }
    }
    return learnt;
  }

  private boolean isSurelyData(long address) {
    Node node = walk.nodes().get(address);
    return node != null && walk.data().usersOf(node.bytes()).stream().anyMatch(sure::contains);
  }

  /** The call that alone leads to an address by returning, but for a NOP in between. */
  private OptionalLong callInFrontOf(long address) {
    Node node = walk.nodes().get(address);
    if (node == null || node.before().size() != 1) {
      return OptionalLong.empty();
    }
    long before = node.before().iterator().next();
    Node source = walk.nodes().get(before);
    if (source == null || source.instruction().nextAddress() != address) {
      return OptionalLong.empty();
    }
    if (source.flow() == Flow.CALL && !Flow.mayBeSkipped(source.instruction())) {
      return OptionalLong.of(before);
    }
    return Fill.isNop(source.instruction()) ? callInFrontOf(before) : OptionalLong.empty();
  }

  /** Behind a call that does not return must be data by what the last walk knows, too. */
  private void checkWhatWasLearnt() {
    notReturning.forEach(
        (call, data) -> {
          if (sure.contains(call) && !walk.data().touches(data)) {
            doubtful.add(data.first());
          }
        });
  }

  /**
   * Whether there are more instructions that may be data. What is not reached may be code too, and
   * may load what is behind a call: then the call did not return.
   */
  private boolean doubt() {
    boolean doubts = false;
    for (Instruction instruction : new Gaps(text, this).possible().values()) {
      for (long address : loadedBy(instruction)) {
        if (callInFrontOf(address).isPresent() && barred.add(address)) {
          doubts = true;
        }
      }
    }
    return doubts;
  }

  /** The surely reached instructions in a literal that an instruction loads. */
  private List<Long> loadedBy(Instruction instruction) {
    Access access = Access.of(instruction);
    if (access == null || access.base() != State.PC || access.index() != Access.NONE) {
      return List.of();
    }
    long first = (instruction.alignedPc() + access.offset()) & Values.MASK;
    // An instruction that starts in front of the literal may reach into it.
    return walk.nodes().subMap(first - 2, first + access.bytes()).values().stream()
        .filter(node -> node.bytes().overlaps(AddressRange.ofLength(first, access.bytes())))
        .map(node -> node.instruction().address())
        .filter(sure::contains)
        .toList();
  }

  /** The nodes that are surely reached, by address, with what they are. */
  Map<Long, Node> nodes() {
    Map<Long, Node> nodes = new TreeMap<>(walk.nodes());
    nodes.keySet().retainAll(sure);
    return nodes;
  }
}
