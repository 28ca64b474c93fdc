package io.github.optprobe;

import io.github.optprobe.toy.ToyArchitecture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Does everything that can be done to probes, at random. One thread uses one of these. */
final class ProbeChurn {
  private static final int MOST_HANDLES = 6;

  private final Kprobes kprobes;
  private final List<Long> addresses;
  private final long entry;
  private final List<ProbeHandle> shared;
  private final Random random;
  private final boolean switches;
  private final List<ProbeHandle> mine = new ArrayList<>();

  /**
   * Creates it.
   *
   * @param entry where a function starts
   * @param shared handles that several threads work on; locked while it is used
   * @param switches whether those that concern all probes are thrown, too
   */
  ProbeChurn(
      Kprobes kprobes,
      List<Long> addresses,
      long entry,
      List<ProbeHandle> shared,
      Random random,
      boolean switches) {
    this.kprobes = kprobes;
    this.addresses = addresses;
    this.entry = entry;
    this.shared = shared;
    this.random = random;
    this.switches = switches;
  }

  void change() {
    switch (random.nextInt(switches ? 12 : 10)) {
      case 0, 1 -> register();
      case 2 -> registerAll();
      case 3 -> unregisterAll();
      case 4, 5 -> changeOne(mine, random.nextInt(4));
      case 6 -> changeShared();
      case 7 -> kprobes.runOptimizer();
      case 8 -> awaitOptimizer();
      case 9 -> ask();
      case 10 -> arm(random.nextInt(3) > 0);
      default -> kprobes.setOptimizing(random.nextInt(3) > 0);
    }
  }

  void end() {
    if (switches) {
      kprobes.armAll();
      kprobes.setOptimizing(true);
    }
    kprobes.unregisterAll(mine);
    synchronized (shared) {
      shared.forEach(ProbeHandle::close);
    }
  }

  private void register() {
    if (mine.size() < MOST_HANDLES) {
      mine.add(kprobes.registerAll(List.of(probe())).get(0));
    } else {
      mine.remove(random.nextInt(mine.size())).close();
    }
  }

  private void registerAll() {
    if (mine.size() < MOST_HANDLES) {
      mine.addAll(kprobes.registerAll(List.of(probe(), probe(), probe())));
    }
  }

  private Probe probe() {
    if (random.nextInt(5) == 0) {
      return Kretprobe.at(at(entry)).maxActive(2).build();
    }
    Kprobe.Builder kprobe = Kprobe.at(at(addresses.get(random.nextInt(addresses.size()))));
    if (random.nextInt(4) == 0) {
      kprobe.postHandler((probe, registers) -> {});
    }
    if (random.nextInt(4) == 0) {
      kprobe.startDisabled();
    }
    return kprobe.build();
  }

  private static CodeAddress at(long address) {
    return new CodeAddress(address, ToyArchitecture.TOY);
  }

  private void unregisterAll() {
    int count = random.nextInt(mine.size() + 1);
    List<ProbeHandle> some = mine.subList(0, count);
    kprobes.unregisterAll(some);
    some.clear();
  }

  private void changeOne(List<ProbeHandle> handles, int how) {
    if (handles.isEmpty()) {
      return;
    }
    int index = random.nextInt(handles.size());
    switch (how) {
      case 0 -> handles.get(index).enable();
      case 1 -> handles.get(index).disable();
      case 2 -> handles.get(index).state();
      default -> handles.remove(index).close();
    }
  }

  /** The handle is used outside of the lock, so that another thread may be closing it. */
  private void changeShared() {
    List<ProbeHandle> one = new ArrayList<>();
    int how = random.nextInt(5);
    synchronized (shared) {
      if (shared.size() < 3) {
        shared.add(kprobes.registerAll(List.of(probe())).get(0));
      }
      one.add(shared.get(random.nextInt(shared.size())));
      if (how == 4) {
        shared.remove(one.get(0));
      }
    }
    try {
      changeOne(one, how);
    } catch (IllegalStateException closedMeanwhile) {
      if (how > 1) {
        throw closedMeanwhile;
      }
    }
  }

  private void awaitOptimizer() {
    try {
      kprobes.awaitOptimizer(Duration.ofNanos(100_000));
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  private void ask() {
    kprobes.list();
    kprobes.counters();
    kprobes.probes().forEach(ProbeHandle::tier);
    kprobes.explain(at(addresses.get(random.nextInt(addresses.size()))));
  }

  private void arm(boolean on) {
    if (on) {
      kprobes.armAll();
    } else {
      kprobes.disarmAll();
    }
  }
}
