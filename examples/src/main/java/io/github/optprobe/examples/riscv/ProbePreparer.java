package io.github.optprobe.examples.riscv;

import io.github.optprobe.Tier;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Makes the out-of-line copy, as good as memory in reach permits. */
final class ProbePreparer {
  private final Instruction it;
  private final Preparation preparation;

  ProbePreparer(Instruction it, Preparation preparation) {
    this.it = it;
    this.preparation = preparation;
  }

  /** The probe; empty if there is no memory for any copy of it. */
  Optional<RvProbe> prepare() {
    return boosted().or(this::stepped).or(this::emulated);
  }

  /** How the copy ends that is stepped or not executed: nothing is to run on behind it. */
  private static int stop() {
    return Opcode.EBREAK.match();
  }

  private Optional<RvProbe> boosted() {
    if (!Relocation.isPossible(it)) {
      return Optional.empty();
    }
    Code copy = Relocation.append(new Code(it.xlen()), it);
    int end = copy.bytes();
    return probe(copy.jump(it.next()), end, tiersWith(Tier.BOOSTED));
  }

  private Optional<RvProbe> stepped() {
    if (!isStepped()) {
      return Optional.empty();
    }
    Code copy = Relocation.append(new Code(it.xlen()), it);
    int end = copy.bytes();
    return probe(copy.word(stop()), end, tiersWith(Tier.SINGLE_STEP));
  }

  private Optional<RvProbe> emulated() {
    return Emulation.isPossible(it)
        ? probe(new Code(it.xlen()).word(stop()), Instruction.BYTES, EnumSet.of(Tier.EMULATED))
        : Optional.empty();
  }

  /** A copy that jumps does not come to its end, which is how we know that it is complete. */
  private boolean isStepped() {
    return !it.isTransfer();
  }

  private Set<Tier> tiersWith(Tier tier) {
    Set<Tier> tiers = EnumSet.of(tier);
    if (isStepped()) {
      tiers.add(Tier.SINGLE_STEP);
    }
    if (Emulation.isPossible(it)) {
      tiers.add(Tier.EMULATED);
    }
    return tiers;
  }

  private Optional<RvProbe> probe(Code code, int end, Set<Tier> tiers) {
    Optional<AddressRange> reach = code.reach();
    Optional<Slot> slot =
        reach.flatMap(within -> preparation.slots().allocate(code.bytes(), within));
    return slot.map(there -> new RvProbe(it, relocated(there, code, end), Set.copyOf(tiers)));
  }

  private RelocatedCode relocated(Slot slot, Code code, int end) {
    int[] offsets = {0};
    long[] originals = {it.address()};
    return new RelocatedCode(slot, code.at(slot.address()), offsets, originals, end);
  }
}
