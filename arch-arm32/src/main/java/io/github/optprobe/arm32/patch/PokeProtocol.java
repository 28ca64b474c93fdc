package io.github.optprobe.arm32.patch;

import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.text.PokeSequence;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.Arrays;
import java.util.List;

/**
 * The patch protocol. A breakpoint is one store. A jump that one aligned word holds is one store
 * too; any other is written behind the breakpoint first, and then over it, all CPUs synchronised
 * after each step. A CPU that fetches meanwhile sees the old code, the breakpoint or the new code,
 * never half of each.
 *
 * <p>Synchronising, which is a step of the text memory, includes the maintenance of instruction
 * caches. One CPU does the work; no other runs anything for it, and no list is touched while they
 * are kept waiting.
 *
 * <p>Source: Arm Architecture Reference Manual, A3.5.4 (concurrent modification and execution of
 * instructions); the kernel's {@code __patch_text()}.
 */
public final class PokeProtocol {
  private PokeProtocol() {}

  /** Writes breakpoints: one store each, one synchronisation for all. */
  public static void arm(List<PreparedProbe> probes, TextMemory text) {
    PokeSequence sequence = new PokeSequence();
    PokeSequence.Round heads = sequence.round();
    for (PreparedProbe probe : probes) {
      byte[] breakpoint = probe.breakpoint();
      requireOneStore(probe.address().value(), breakpoint.length, text);
      heads.store(probe.address().value(), breakpoint);
    }
    sequence.run(text);
  }

  /** Writes the original bytes over breakpoints. */
  public static void disarm(List<PreparedProbe> probes, TextMemory text) {
    PokeSequence sequence = new PokeSequence();
    PokeSequence.Round heads = sequence.round();
    for (PreparedProbe probe : probes) {
      int bytes = probe.breakpoint().length;
      heads.store(probe.address().value(), Arrays.copyOf(probe.original(), bytes));
    }
    sequence.run(text);
  }

  /** Writes jumps over armed breakpoints: tails, then heads. */
  public static void optimize(List<PreparedDetour> detours, TextMemory text) {
    PokeSequence sequence = new PokeSequence();
    PokeSequence.Round breakpoints = sequence.round();
    PokeSequence.Round tails = sequence.round();
    PokeSequence.Round heads = sequence.round();
    for (PreparedDetour each : detours) {
      Patched detour = (Patched) each;
      long address = detour.address().value();
      byte[] jump = detour.jump();
      if (isOneStore(detour, text)) {
        heads.store(address, jump);
      } else {
        int head = detour.breakpoint().length;
        // Written again although it stands there: the protocol must not depend on who armed it.
        breakpoints.store(address, detour.breakpoint());
        tails.store(address + head, Arrays.copyOfRange(jump, head, jump.length));
        heads.store(address, Arrays.copyOf(jump, head));
      }
    }
    sequence.run(text);
  }

  /** Writes breakpoints over jumps, and the original tails behind them. */
  public static void unoptimize(List<PreparedDetour> detours, TextMemory text) {
    PokeSequence sequence = new PokeSequence();
    PokeSequence.Round breakpoints = sequence.round();
    PokeSequence.Round tails = sequence.round();
    for (PreparedDetour each : detours) {
      Patched detour = (Patched) each;
      long address = detour.address().value();
      byte[] breakpoint = detour.breakpoint();
      byte[] replaced = detour.replaced();
      if (isOneStore(detour, text)) {
        System.arraycopy(breakpoint, 0, replaced, 0, breakpoint.length);
        breakpoints.store(address, replaced);
      } else {
        int head = breakpoint.length;
        breakpoints.store(address, breakpoint);
        tails.store(address + head, Arrays.copyOfRange(replaced, head, replaced.length));
      }
    }
    sequence.run(text);
  }

  private static boolean isOneStore(Patched detour, TextMemory text) {
    long address = detour.address().value();
    int bytes = detour.jump().length;
    if (detour.inItBlock()) {
      requireOneStore(address, bytes, text);
      return true;
    }
    return bytes == Integer.BYTES && address % Integer.BYTES == 0;
  }

  private static void requireOneStore(long address, int bytes, TextMemory text) {
    int unit = text.atomicStoreBytes();
    if (address % unit + bytes > unit) {
      throw new TextException(
          TextException.Operation.WRITE, address, bytes, "no single store writes all of it");
    }
  }
}
