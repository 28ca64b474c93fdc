package io.github.optprobe.internal;

import io.github.optprobe.FaultHandler;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.PostHandler;
import io.github.optprobe.PreHandler;
import io.github.optprobe.arch.Registers;
import org.jspecify.annotations.Nullable;

/** A registered kprobe. */
final class KprobeMember extends Member {
  private final Kprobe kprobe;
  // Fields of their own, so that a hit unwraps no Optional.
  private final @Nullable PreHandler preHandler;
  private final @Nullable PostHandler postHandler;
  private final @Nullable FaultHandler faultHandler;

  KprobeMember(Registry registry, Aggregate aggregate, Kprobe kprobe) {
    super(registry, aggregate, !kprobe.startDisabled());
    this.kprobe = kprobe;
    this.preHandler = kprobe.preHandler().orElse(null);
    this.postHandler = kprobe.postHandler().orElse(null);
    this.faultHandler = kprobe.faultHandler().orElse(null);
  }

  @Override
  public Kprobe probe() {
    return kprobe;
  }

  @Override
  boolean hasPostHandler() {
    return postHandler != null;
  }

  @Override
  HandlerOutcome runPre(CpuState cpu, Registers registers) {
    countHit();
    if (preHandler == null) {
      return HandlerOutcome.CONTINUE;
    }
    try {
      return preHandler.handle(kprobe, registers);
    } catch (Throwable failure) {
      handlerFailed(failure);
      return HandlerOutcome.CONTINUE;
    }
  }

  @Override
  void runPost(Registers registers) {
    if (postHandler == null) {
      return;
    }
    try {
      postHandler.handle(kprobe, registers);
    } catch (Throwable failure) {
      handlerFailed(failure);
    }
  }

  @Override
  FaultOutcome runFault(Registers registers) {
    if (faultHandler == null) {
      return FaultOutcome.DELIVER;
    }
    try {
      return faultHandler.handle(kprobe, registers);
    } catch (Throwable failure) {
      handlerFailed(failure);
      return FaultOutcome.DELIVER;
    }
  }
}
