package io.github.optprobe.internal;

import io.github.optprobe.Kretprobe;
import io.github.optprobe.Kretprobe.NoData;
import io.github.optprobe.ProbePlace;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.annotations.Operation;
import org.jetbrains.kotlinx.lincheck.annotations.Param;
import org.jetbrains.kotlinx.lincheck.paramgen.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Any thread takes instances and gives back those that it took: the pool is a stack. */
@Tag("classpath-only") // Lincheck finds and changes classes on the class path
class InstancePoolLinearizabilityTest {
  private static final int SIZE = 2;
  private static final int MOST_THREADS = 8;
  private static final String TAKE = "take";
  private static final String GIVE = "give";

  @Test
  void poolIsAStackAlsoWhereItsTopGoesAndComesBack() {
    Linearizability.modelCheck(
        Pool.class, Stack.class, List.of(List.of(TAKE, TAKE), List.of(TAKE, TAKE, GIVE)));
  }

  @Test
  void stressedPoolIsAStack() {
    Linearizability.stress(Pool.class, Stack.class);
  }

  /** The pool, and what each thread has taken. */
  public static final class Pool {
    private volatile InstancePool<NoData> pool;

    @SuppressWarnings({"unchecked", "rawtypes"}) // An array of a generic type.
    private final Deque<Instance<NoData>>[] taken = new Deque[MOST_THREADS];

    /** Creates a pool of which all is free. */
    public Pool() {
      for (int i = 0; i < MOST_THREADS; i++) {
        taken[i] = new ArrayDeque<>();
      }
    }

    /** Made when first used: Lincheck walks through new objects, and far from here. */
    private InstancePool<NoData> pool() {
      if (pool == null) {
        synchronized (this) {
          if (pool == null) {
            pool = new InstancePool<>(member(), SIZE);
          }
        }
      }
      return pool;
    }

    /** Takes one; its number, or -1. */
    @Operation
    public int take(@Param(gen = ThreadIdGen.class) int thread) {
      Instance<NoData> instance = pool().take();
      if (instance == null) {
        return -1;
      }
      taken[thread].add(instance);
      return instance.index();
    }

    /** Gives back the first one that this thread took and still has. */
    @Operation
    public void give(@Param(gen = ThreadIdGen.class) int thread) {
      Instance<NoData> instance = taken[thread].poll();
      if (instance != null) {
        pool().give(instance);
      }
    }
  }

  /** What a pool must be. */
  public static final class Stack {
    private final Deque<Integer> free = new ArrayDeque<>();

    @SuppressWarnings({"unchecked", "rawtypes"}) // An array of a generic type.
    private final Deque<Integer>[] taken = new Deque[MOST_THREADS];

    /** All is free, number 0 on top. */
    public Stack() {
      for (int i = 0; i < SIZE; i++) {
        free.addLast(i);
      }
      for (int i = 0; i < MOST_THREADS; i++) {
        taken[i] = new ArrayDeque<>();
      }
    }

    /** As the pool. */
    public int take(int thread) {
      Integer number = free.poll();
      if (number == null) {
        return -1;
      }
      taken[thread].add(number);
      return number;
    }

    /** As the pool. */
    public void give(int thread) {
      Integer number = taken[thread].poll();
      if (number != null) {
        free.push(number);
      }
    }
  }

  /**
   * A member that stands nowhere: the pool asks it for data only, and Lincheck, which walks through
   * all fields, can not read those of records such as addresses.
   */
  private static KretprobeMember<NoData> member() {
    Kretprobe<NoData> nowhere = Kretprobe.at((ProbePlace) null).build();
    return new KretprobeMember<>(null, null, nowhere, null, SIZE);
  }
}
