package io.github.optprobe.internal;

import io.github.optprobe.EntryHandler;
import io.github.optprobe.EntryOutcome;
import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.ReturnHandler;
import io.github.optprobe.ReturnProbeHandle;
import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.Registers;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A registered return probe: at the entry a member like any other, and a pool of instances. */
final class KretprobeMember<D> extends Member implements ReturnProbeHandle<D> {
  private final Kretprobe<D> kretprobe;
  private final @Nullable EntryHandler<D> entryHandler;
  private final @Nullable ReturnHandler<D> returnHandler;
  private final Trampoline trampoline;
  private final InstancePool<D> pool;
  private final LongAdder returns = new LongAdder();
  private final LongAdder instancesMissed = new LongAdder();

  @SuppressWarnings("this-escape") // The pool's instances only keep the reference.
  KretprobeMember(
      Registry registry,
      Aggregate aggregate,
      Kretprobe<D> kretprobe,
      Trampoline trampoline,
      int maxActive) {
    super(registry, aggregate, !kretprobe.startDisabled());
    this.kretprobe = kretprobe;
    this.entryHandler = kretprobe.entryHandler().orElse(null);
    this.returnHandler = kretprobe.returnHandler().orElse(null);
    this.trampoline = trampoline;
    this.pool = new InstancePool<>(this, maxActive);
  }

  Trampoline trampoline() {
    return trampoline;
  }

  @Override
  HandlerOutcome runPre(CpuState cpu, Registers registers) {
    countHit();
    try {
      entered(cpu, registers);
    } catch (Throwable failure) {
      handlerFailed(failure);
    }
    return HandlerOutcome.CONTINUE;
  }

  private void entered(CpuState cpu, Registers registers) {
    CallConvention calls = trampoline.calls();
    if (calls.keepsReturnAddressOnStack()) {
      // Before an instance is taken: those of calls that are over may be the only ones.
      long found = calls.returnAddress(registers, cpu.memory());
      cpu.returns().dropOverwritten(found, registers.stackPointer());
    }
    Instance<D> instance = pool.take();
    if (instance == null) {
      instancesMissed.increment();
      return;
    }
    boolean tracked = false;
    try {
      tracked = track(instance, cpu, registers);
    } finally {
      if (!tracked) {
        pool.give(instance);
      }
    }
  }

  private boolean track(Instance<D> instance, CpuState cpu, Registers registers) {
    Instance<?> sharing = enter(instance, cpu, registers);
    if (entryHandler != null) {
      if (entryHandler.handle(instance, registers) != EntryOutcome.TRACK) {
        return false;
      }
      // It may have moved the stack pointer, or changed where the call returns to.
      sharing = enter(instance, cpu, registers);
    }
    CallConvention calls = trampoline.calls();
    calls.setReturnAddress(registers, cpu.memory(), trampoline.asReturnAddress());
    cpu.returns().push(instance, sharing);
    return true;
  }

  /** Notes where the call really returns to; returns the tracked call that it is a part of. */
  private @Nullable Instance<?> enter(Instance<D> instance, CpuState cpu, Registers registers) {
    long found = trampoline.calls().returnAddress(registers, cpu.memory());
    long stackPointer = registers.stackPointer();
    Instance<?> sharing = cpu.returns().sharing(found, stackPointer);
    instance.enter(sharing == null ? found : sharing.returnAddress(), stackPointer);
    return sharing;
  }

  /**
   * Runs the return handler for one instance, unless the probe was closed or disabled meanwhile.
   */
  void runReturn(Instance<?> instance, Registers registers) {
    if (!isActive()) {
      return;
    }
    returns.increment();
    if (returnHandler == null) {
      return;
    }
    try {
      // An instance comes back to the member that it was made for.
      @SuppressWarnings("unchecked")
      Instance<D> mine = (Instance<D>) instance;
      returnHandler.handle(mine, registers);
    } catch (Throwable failure) {
      handlerFailed(failure);
    }
  }

  /** The call is over, or given up. */
  void recycle(Instance<?> instance) {
    instance.setOlder(null);
    pool.give(instance);
  }

  @Override
  public Kretprobe<D> probe() {
    return kretprobe;
  }

  @Override
  public long returns() {
    return returns.sum();
  }

  @Override
  public long instancesMissed() {
    return instancesMissed.sum();
  }

  @Override
  public int active() {
    return pool.active();
  }

  @Override
  public int maxActive() {
    return pool.size();
  }
}
