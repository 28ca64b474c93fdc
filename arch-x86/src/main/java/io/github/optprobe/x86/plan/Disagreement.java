package io.github.optprobe.x86.plan;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.decode.Decoded;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.X86Decoder;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds where decoding from one instruction to the next and following the branches disagree: data
 * in front of code was taken for the first bytes of an instruction, and nobody knows which of the
 * instructions behind it are real. A branch over a prefix disagrees with nothing, because both end
 * at the same byte.
 */
final class Disagreement {
  private final X86Decoder decoder;
  private final TextReader original;
  private final AddressRange range;

  Disagreement(X86Decoder decoder, TextReader original, AddressRange range) {
    this.decoder = decoder;
    this.original = original;
    this.range = range;
  }

  /** Targets of direct branches from where on the instructions are others. */
  Set<Long> among(Collection<Instruction> instructions) {
    Set<Long> starts = new HashSet<>();
    instructions.forEach(each -> starts.add(each.address()));
    Set<Long> targets = new HashSet<>();
    for (Instruction instruction : instructions) {
      if (instruction.relativeBranch()
          && range.contains(instruction.branchTarget())
          && !starts.contains(instruction.branchTarget())) {
        targets.add(instruction.branchTarget());
      }
    }
    return targets.isEmpty() ? targets : disagreeing(targets, instructions);
  }

  private Set<Long> disagreeing(Set<Long> targets, Collection<Instruction> instructions) {
    TreeMap<Long, Instruction> byAddress = new TreeMap<>(Long::compareUnsigned);
    instructions.forEach(each -> byAddress.put(each.address(), each));
    targets.removeIf(target -> agrees(target, byAddress.floorEntry(target)));
    return targets;
  }

  /** Whether what is decoded from the target on ends where the instruction around it does. */
  private boolean agrees(long target, Map.Entry<Long, Instruction> around) {
    long end = around.getValue().nextAddress();
    long at = target;
    while (Long.compareUnsigned(at, end) < 0) {
      byte[] bytes = new byte[Instruction.MAX_LENGTH];
      int count = original.read(at, bytes, 0, bytes.length);
      Decoded decoded = decoder.decode(bytes, 0, count, at);
      if (!(decoded instanceof Instruction instruction)) {
        return false;
      }
      at = instruction.nextAddress();
    }
    return at == end;
  }
}
