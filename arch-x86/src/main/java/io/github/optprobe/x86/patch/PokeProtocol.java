package io.github.optprobe.x86.patch;

import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.text.PokeSequence;
import io.github.optprobe.text.TextMemory;
import java.util.Arrays;
import java.util.List;

/**
 * The int3 poke protocol. A jump is written in three steps with all CPUs synchronised after each: a
 * breakpoint on the first byte (there already, for an armed probe), the tail, the head. A CPU that
 * fetches meanwhile sees the old code, the breakpoint or the new code, never half of each.
 *
 * <p>Source: Intel SDM volume 3, 9.1.3 (cross-modifying code); the kernel's {@code
 * text_poke_bp_batch()} and {@code arch_unoptimize_kprobe()}.
 */
public final class PokeProtocol {
  /** The breakpoint, {@code int3}. */
  public static final byte INT3 = (byte) 0xCC;

  private PokeProtocol() {}

  /** Writes breakpoints: one byte each, one synchronisation for all. */
  public static void arm(List<PreparedProbe> probes, TextMemory text) {
    PokeSequence sequence = new PokeSequence();
    PokeSequence.Round head = sequence.round();
    probes.forEach(probe -> head.store(probe.address().value(), new byte[] {INT3}));
    sequence.run(text);
  }

  /** Writes the original first bytes over breakpoints. */
  public static void disarm(List<PreparedProbe> probes, TextMemory text) {
    PokeSequence sequence = new PokeSequence();
    PokeSequence.Round head = sequence.round();
    probes.forEach(probe -> head.store(probe.address().value(), head(probe.original())));
    sequence.run(text);
  }

  /** Writes jumps over armed breakpoints: tails, then heads. */
  public static void optimize(List<PreparedDetour> detours, TextMemory text) {
    PokeSequence sequence = new PokeSequence();
    PokeSequence.Round breakpoints = sequence.round();
    PokeSequence.Round tails = sequence.round();
    PokeSequence.Round heads = sequence.round();
    for (PreparedDetour detour : detours) {
      long address = detour.address().value();
      // Written again although it stands there: the protocol must not depend on who armed it.
      breakpoints.store(address, new byte[] {INT3});
      tails.store(address + 1, tail(detour.jump()));
      heads.store(address, head(detour.jump()));
    }
    sequence.run(text);
  }

  /** Writes breakpoints over jumps, and the original tails behind them. */
  public static void unoptimize(List<PreparedDetour> detours, TextMemory text) {
    PokeSequence sequence = new PokeSequence();
    PokeSequence.Round breakpoints = sequence.round();
    PokeSequence.Round tails = sequence.round();
    for (PreparedDetour detour : detours) {
      long address = detour.address().value();
      breakpoints.store(address, new byte[] {INT3});
      tails.store(address + 1, tail(detour.replaced()));
    }
    sequence.run(text);
  }

  private static byte[] head(byte[] code) {
    return Arrays.copyOf(code, 1);
  }

  private static byte[] tail(byte[] code) {
    return Arrays.copyOfRange(code, 1, code.length);
  }
}
