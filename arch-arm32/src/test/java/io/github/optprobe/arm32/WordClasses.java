package io.github.optprobe.arm32;

import io.github.optprobe.Tier;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.emulate.Emulation;
import io.github.optprobe.arm32.emulate.Emulator;
import io.github.optprobe.arm32.plan.InstructionReader;
import io.github.optprobe.arm32.plan.Planner;
import io.github.optprobe.arm32.relocate.Relocation;
import io.github.optprobe.arm32.scan.ItPosition;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Objection;
import io.github.optprobe.arm32.table.Treatment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the architectures do with an encoding: whether they copy it, rewrite it, only emulate it, or
 * refuse it, and in which tiers. Every literal can be read.
 *
 * <p>Decides as {@link ArmArchitecture#prepare} does, without slots and bytes, so that it is quick
 * enough for all words. {@link ArmSpaceTest} compares the two.
 */
final class WordClasses {
  private static final ItPosition OUTSIDE = new ItPosition(true, ItState.OUTSIDE);

  private record Key(Treatment treatment, Object how, Set<Tier> tiers) {}

  private final ArmDecoder decoder;
  private final Planner planner;
  private final Map<Key, String> names = new HashMap<>();

  WordClasses(ArmSet set) {
    decoder = ArmDecoder.of(set);
    InstructionReader reader =
        new InstructionReader(decoder, (address, into, offset, length) -> length);
    planner = new Planner(reader, false);
  }

  /** The class of an encoding outside IT blocks. */
  String of(int encoding, int length, long address) {
    return of(decoder.decode(encoding, length, address, ItState.OUTSIDE));
  }

  private String of(Instruction instruction) {
    Objection objection = instruction.objection();
    return objection == null ? ofAccepted(instruction) : refused(instruction, objection);
  }

  /** Where the two decoders differ, the row tells about what. */
  private String refused(Instruction instruction, Objection objection) {
    boolean differ = objection == Objection.UNDECODED || objection == Objection.DISPUTED;
    return differ
        ? "refused " + objection + ": " + instruction.verdict().row()
        : name(Treatment.REFUSE, objection, Set.of());
  }

  private String ofAccepted(Instruction instruction) {
    Optional<Emulation> emulation = Emulator.emulationOf(instruction);
    Optional<Relocation> relocation = planner.inSlot(instruction);
    if (relocation.isEmpty() && emulation.isEmpty()) {
      return "refused " + planner.unmovable(instruction).refusal().code();
    }
    Object how = relocation.<Object>map(Relocation::isVerbatim).orElse("");
    return name(instruction.treatment(), how, Tiers.of(relocation, emulation, OUTSIDE));
  }

  private String name(Treatment treatment, Object how, Set<Tier> tiers) {
    return names.computeIfAbsent(new Key(treatment, how, tiers), WordClasses::describe);
  }

  private static String describe(Key key) {
    if (key.treatment() == Treatment.REFUSE) {
      return "refused " + key.how();
    }
    String how = key.how() instanceof Boolean copied ? copied ? "copied" : "rewritten" : "left";
    return describe(key.treatment(), how, key.tiers());
  }

  /** The name of a class of encodings that can be probed. */
  static String describe(Treatment treatment, String how, Set<Tier> tiers) {
    return "%s %s %s".formatted(treatment, how, new TreeSet<>(tiers));
  }
}
