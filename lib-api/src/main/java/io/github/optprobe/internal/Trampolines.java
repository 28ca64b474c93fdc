package io.github.optprobe.internal;

import io.github.optprobe.HitRouter;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.PreparedTrampoline;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The trampolines of a registry, one for each architecture with a return probe, made when first
 * needed and kept while calls may return to them. Found without a lock; made and freed under the
 * registry's.
 */
final class Trampolines {
  private final SlotKeeper slots;
  private final Optional<Gate> gate;
  private final HitRouter router;
  private volatile Trampoline[] all = {};

  Trampolines(SlotKeeper slots, Optional<Gate> gate, HitRouter router) {
    this.slots = slots;
    this.gate = gate;
    this.router = router;
  }

  /** The trampoline at an address, or null if there is none. */
  @Nullable Trampoline at(long address) {
    for (Trampoline each : all) {
      if (each.address() == address) {
        return each;
      }
    }
    return null;
  }

  /** Whether a return address found on a stack is one of a trampoline. */
  boolean isReturnAddress(long found) {
    for (Trampoline each : all) {
      if (each.asReturnAddress() == found) {
        return true;
      }
    }
    return false;
  }

  /**
   * The trampoline of an architecture.
   *
   * @param near the address that it should be close to
   */
  Trampoline of(Architecture architecture, CallConvention calls, long near) {
    for (Trampoline each : all) {
      if (each.architecture() == architecture) {
        return each;
      }
    }
    return make(architecture, calls, near);
  }

  private Trampoline make(Architecture architecture, CallConvention calls, long near) {
    PreparedTrampoline prepared =
        slots.preparing(
            near,
            allocator -> {
              PreparedTrampoline made = architecture.prepareTrampoline(allocator, gate);
              slots.publish(made.slot(), made.bytes());
              // Where a breakpoint stands already, nothing else synchronises before the first call.
              slots.synchronizePublished();
              router.prepared(made);
              return made;
            });
    Trampoline trampoline = new Trampoline(architecture, calls, prepared);
    Trampoline[] grown = Arrays.copyOf(all, all.length + 1);
    grown[all.length] = trampoline;
    all = grown;
    return trampoline;
  }

  /** No call is tracked any more, and none will be. */
  void retire() {
    for (Trampoline each : all) {
      slots.retire(each.prepared().slot());
    }
    all = new Trampoline[0];
  }

  boolean isEmpty() {
    return all.length == 0;
  }
}
