package io.github.optprobe.x86.sweep;

import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.testkit.traced.Stop;
import io.github.optprobe.x86.X86_64;
import java.util.List;
import java.util.Optional;

/**
 * Runs the whole way of an optimized probe, at full speed: text, jump, detour buffer, gate and
 * back, to a breakpoint where the original run left the window.
 */
final class ThroughJump {
  private static final byte[] BREAKPOINT = {(byte) 0xcc};

  private final Sandbox sandbox;
  private final Kprobes kprobes;
  private final SweepTally tally;
  private final Runs runs;
  private final Cpu cpu;

  ThroughJump(Sandbox sandbox, Kprobes kprobes, SweepTally tally) {
    this.sandbox = sandbox;
    this.kprobes = kprobes;
    this.tally = tally;
    runs = new Runs(sandbox);
    cpu = kprobes.newCpu(sandbox.target().data());
  }

  void run(Executions.Case each) {
    if (each.isUnrepeatable()) {
      return;
    }
    Kprobe kprobe = Kprobe.at(X86_64.at(each.address())).onHit(registers -> {}).build();
    try (ProbeHandle probe = kprobes.register(kprobe)) {
      kprobes.runOptimizer();
      if (!probe.tier().equals(Optional.of(Tier.OPTIMIZED))) {
        tally.differs(
            "+%x".formatted(each.address() - Sandbox.BASE), "is no jump: " + probe.tier());
      }
      tally.count(SweepTally.Count.THROUGH_JUMP);
      for (int i = 0; i < each.states().size(); i++) {
        one(each, i, probe);
      }
    }
    kprobes.runOptimizer();
  }

  private void one(Executions.Case each, int state, ProbeHandle probe) {
    List<Point> original = each.runs().get(state);
    Point end = original.get(original.size() - 1);
    boolean left = !each.window().contains(end.address());
    boolean returned =
        original.stream().anyMatch(p -> p.address() == each.address() && !p.isFault());
    if (returned || !(left || end.isFault())) {
      return; // A loop: it would be hit again.
    }
    if (end.isNoAddress() || isNoPlaceToStop(end)) {
      return;
    }
    boolean patch = left && isText(end.address());
    byte[] there = patch ? sandbox.target().readBytes(end.address(), 1) : BREAKPOINT;
    long hits = probe.hits();
    runs.begin(each.states().get(state), each.address(), each.vectors());
    try {
      if (patch) {
        sandbox.target().writeBytes(end.address(), BREAKPOINT);
      }
      Point now = runs.resume(cpu);
      report(each, state, now, end);
    } finally {
      if (patch) {
        sandbox.target().writeBytes(end.address(), there);
      }
    }
    if (probe.hits() != hits + 1) {
      tally.differs(
          "+%x".formatted(each.address() - Sandbox.BASE), "hits: " + (probe.hits() - hits));
    }
  }

  private void report(Executions.Case each, int state, Point now, Point end) {
    Point wanted = end;
    if (!end.isFault()) {
      wanted = new Point(end.address(), now.stop(), end.general(), end.vectors(), end.memory());
    }
    Exemption exemption = Exemption.throughBuffer(each.instructions(), end);
    List<String> differences = now.differencesTo(wanted, exemption);
    boolean stopped = end.isFault() || now.stop().kind() == Stop.Kind.BREAKPOINT;
    tally.count(SweepTally.Count.RUNS);
    if (!stopped || !differences.isEmpty()) {
      tally.differs(
          "+%x through jump, state %d %s"
              .formatted(each.address() - Sandbox.BASE, state, each.instructions()),
          now.stop() + " " + differences);
    }
  }

  private boolean isText(long address) {
    return sandbox.target().text().read(address, new byte[1], 0, 1) == 1;
  }

  /** Outside of all text: what happens there depends on more than the address. */
  private boolean isNoPlaceToStop(Point end) {
    return !end.isFault() && !isText(end.address());
  }
}
