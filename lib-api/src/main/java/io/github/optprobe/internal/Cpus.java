package io.github.optprobe.internal;

import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** The CPUs of a registry, and what is in flight on any of them. Thread-safe. */
final class Cpus {
  private final List<CpuState> all = new CopyOnWriteArrayList<>();

  void add(CpuState cpu) {
    all.add(cpu);
  }

  int count() {
    return all.size();
  }

  void remove(CpuState cpu) {
    all.remove(cpu);
  }

  /** Says, at any later time, whether all hits that are in progress now are over. */
  BooleanSupplier hitsInProgress() {
    List<BooleanSupplier> hits = new ArrayList<>();
    for (CpuState cpu : all) {
      if (cpu.isInHit()) {
        long hit = cpu.finishedHits();
        // In this order: it may have finished, and begun another one, between the two looks.
        if (cpu.isInHit()) {
          hits.add(() -> cpu.isInHit() && cpu.finishedHits() == hit);
        }
      }
    }
    return () -> hits.stream().noneMatch(BooleanSupplier::getAsBoolean);
  }

  /** Whether one of them may have read a probe's state and not yet acted on it. */
  boolean isHitInProgress() {
    return any(CpuState::isInHit);
  }

  /** Whether one of them is in the middle of a trap at an address in the range. */
  boolean isTrapInProgress(AddressRange range) {
    return any(cpu -> cpu.isInTrap(range));
  }

  /** Whether a call is in flight that will come back to a trampoline. */
  boolean isCallTracked() {
    return any(cpu -> !cpu.returns().isEmpty());
  }

  private boolean any(Predicate<CpuState> condition) {
    for (CpuState cpu : all) {
      if (condition.test(cpu)) {
        return true;
      }
    }
    return false;
  }
}
