package io.github.optprobe.examples.riscv;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.text.PokeSequence;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.List;
import java.util.function.Function;

/**
 * The patch protocol: whatever replaces an instruction is one instruction, so each step is one
 * aligned store, and one synchronisation serves all places. That CPUs fetch an aligned word as a
 * whole is what profiles call Ziccif; that they see a new one needs a fence.i on each (manual,
 * chapter 3), which is the text memory's part.
 */
final class Patch {
  private Patch() {}

  static <P> void write(
      List<P> places, Function<P, CodeAddress> address, Function<P, byte[]> bytes, TextMemory to) {
    PokeSequence sequence = new PokeSequence();
    PokeSequence.Round round = sequence.round();
    for (P place : places) {
      long at = address.apply(place).value();
      requireOneStore(at, to);
      round.store(at, bytes.apply(place));
    }
    sequence.run(to);
  }

  private static void requireOneStore(long address, TextMemory text) {
    if (text.atomicStoreBytes() < Instruction.BYTES) {
      throw new TextException(
          TextException.Operation.WRITE,
          address,
          Instruction.BYTES,
          "no single store writes an instruction");
    }
  }
}
