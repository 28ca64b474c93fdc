package io.github.optprobe.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The instances of one return probe, free ones as a stack. Taking and giving back is lock-free and
 * allocates nothing; any thread may do it.
 */
final class InstancePool<D> {
  private static final int NONE = 0;

  private final List<Instance<D>> all = new ArrayList<>();

  /** For each free instance the number of the next free one, counted from 1. */
  private final AtomicIntegerArray next;

  /** Above: a version, so that a stack that changed and changed back is noticed; below: the top. */
  private final AtomicLong top = new AtomicLong(NONE);

  private final AtomicInteger active = new AtomicInteger();

  /** Creates a pool; the data of all instances is made here. */
  InstancePool(KretprobeMember<D> member, int size) {
    next = new AtomicIntegerArray(size);
    for (int i = 0; i < size; i++) {
      all.add(new Instance<>(member, i, member.probe().data().get()));
    }
    for (int i = size - 1; i >= 0; i--) {
      push(i);
    }
  }

  /** A free instance, or null if there is none. */
  @Nullable Instance<D> take() {
    while (true) {
      long seen = top.get();
      int number = (int) seen;
      if (number == NONE) {
        return null;
      }
      if (top.compareAndSet(seen, newTop(seen, next.get(number - 1)))) {
        active.incrementAndGet();
        return all.get(number - 1);
      }
    }
  }

  void give(Instance<?> instance) {
    active.decrementAndGet();
    push(instance.index());
  }

  private void push(int index) {
    long seen;
    do {
      seen = top.get();
      next.set(index, (int) seen);
    } while (!top.compareAndSet(seen, newTop(seen, index + 1)));
  }

  private static long newTop(long seen, int number) {
    return (((seen >>> 32) + 1) << 32) | number;
  }

  /** How many are taken. */
  int active() {
    return active.get();
  }

  int size() {
    return all.size();
  }
}
