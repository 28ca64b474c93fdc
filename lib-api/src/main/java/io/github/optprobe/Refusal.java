package io.github.optprobe;

import io.github.optprobe.text.AddressRange;
import java.util.List;

/**
 * Why a probe, or a tier of it, was refused. Every refusal has a stable {@linkplain #code() code},
 * the place it is about, the rule that was applied and what to do instead.
 *
 * <p>All implementations are immutable records.
 */
public sealed interface Refusal
    permits PlaceRefusal,
        WindowRefusal,
        Refusal.NoArchitecture,
        Refusal.Misaligned,
        Refusal.Unmapped,
        Refusal.Truncated,
        Refusal.Undecodable,
        Refusal.OutsideKnownCode,
        Refusal.NotABoundary,
        Refusal.OwnCode,
        Refusal.OverlapsProbedInstruction,
        Refusal.ForeignBreakpoint,
        Refusal.Unmovable,
        Refusal.TierNotOffered,
        Refusal.NoMemoryInReach,
        Refusal.OutOfReach,
        Refusal.WindowLeavesFunction,
        Refusal.BranchIntoWindow,
        Refusal.IndirectJump,
        Refusal.FunctionUndecodable,
        Refusal.ProbeInWindow,
        Refusal.NotPermitted,
        Refusal.NoGate,
        Refusal.StoreFailed {

  /** A stable name for programs and for searching: upper case with underscores. */
  String code();

  /** The place that the refusal is about. */
  Culprit culprit();

  /** The rule that was applied, one sentence. */
  String rule();

  /** What to do instead, one sentence. */
  String advice();

  /** All of it for people, one line. */
  default String message() {
    return "%s: %s [%s] %s".formatted(code(), rule(), culprit(), advice());
  }

  /** No architecture on the class path or module path knows the instruction set. */
  record NoArchitecture(Culprit culprit, List<String> available) implements Refusal {
    /** Creates a refusal. */
    public NoArchitecture {
      available = List.copyOf(available);
    }

    @Override
    public String code() {
      return "NO_ARCHITECTURE";
    }

    @Override
    public String rule() {
      return "no architecture is registered for %s; there are %s"
          .formatted(culprit.address().instructionSet().name(), available);
    }

    @Override
    public String advice() {
      return "Add the architecture's module as a dependency.";
    }
  }

  /** The address is not a multiple of the instruction set's alignment. */
  record Misaligned(Culprit culprit, int alignment) implements Refusal {
    @Override
    public String code() {
      return "MISALIGNED";
    }

    @Override
    public String rule() {
      return "instructions start at multiples of %d bytes".formatted(alignment);
    }

    @Override
    public String advice() {
      return "Use the address itself, without any mark in its low bits.";
    }
  }

  /** Nothing is mapped at the address. */
  record Unmapped(Culprit culprit) implements Refusal {
    @Override
    public String code() {
      return "UNMAPPED";
    }

    @Override
    public String rule() {
      return "no text is mapped at the address";
    }

    @Override
    public String advice() {
      return "Check the address, and whether the code has been loaded.";
    }
  }

  /** The text ends in the middle of the instruction. */
  record Truncated(Culprit culprit) implements Refusal {
    @Override
    public String code() {
      return "TRUNCATED";
    }

    @Override
    public String rule() {
      return "the mapped text ends in the middle of the instruction";
    }

    @Override
    public String advice() {
      return "Map the rest of the text first.";
    }
  }

  /** The bytes are no instruction that the decoder knows. */
  record Undecodable(Culprit culprit, String decoderSays) implements Refusal {
    @Override
    public String code() {
      return "UNDECODABLE";
    }

    @Override
    public String rule() {
      return "the bytes do not decode (%s)".formatted(decoderSays);
    }

    @Override
    public String advice() {
      return "Check that the address is code, not data, and which instruction set it is in.";
    }
  }

  /** The address is in no function that the code map knows. */
  record OutsideKnownCode(Culprit culprit) implements Refusal {
    @Override
    public String code() {
      return "OUTSIDE_KNOWN_CODE";
    }

    @Override
    public String rule() {
      return "the address is in no known function, so nothing shows that an instruction starts"
          + " there";
    }

    @Override
    public String advice() {
      return "Describe the function in the CodeMap, or build the registry with trustBoundaries().";
    }
  }

  /** The address is in the middle of an instruction. */
  record NotABoundary(Culprit culprit, long nearestBelow) implements Refusal {
    @Override
    public String code() {
      return "NOT_A_BOUNDARY";
    }

    @Override
    public String rule() {
      return "no instruction of the function starts at the address";
    }

    @Override
    public String advice() {
      return "The instruction that covers it starts at 0x%x.".formatted(nearestBelow);
    }
  }

  /** The address belongs to the library itself: an insn slot, a detour buffer, the gate. */
  record OwnCode(Culprit culprit) implements Refusal {
    @Override
    public String code() {
      return "OWN_CODE";
    }

    @Override
    public String rule() {
      return "insn slots, detour buffers and the gate are not probed";
    }

    @Override
    public String advice() {
      return "Probe the original address; Kprobes.originalAddress gives it.";
    }
  }

  /** Another probe's instruction and this one share bytes but do not start at the same address. */
  record OverlapsProbedInstruction(Culprit culprit, long otherProbe) implements Refusal {
    @Override
    public String code() {
      return "OVERLAPS_PROBED_INSTRUCTION";
    }

    @Override
    public String rule() {
      return "the instruction overlaps the one probed at 0x%x".formatted(otherProbe);
    }

    @Override
    public String advice() {
      return "One of the two is no instruction boundary: find out which.";
    }
  }

  /** A breakpoint that is not ours already stands there. */
  record ForeignBreakpoint(Culprit culprit) implements Refusal {
    @Override
    public String code() {
      return "FOREIGN_BREAKPOINT";
    }

    @Override
    public String rule() {
      return "a breakpoint that no probe put there stands in the text";
    }

    @Override
    public String advice() {
      return "Remove the other debugger's breakpoint first.";
    }
  }

  /** The architecture knows the instruction and will not run it elsewhere. */
  record Unmovable(Culprit culprit, String code, String rule, String advice) implements Refusal {}

  /** A tier that the architecture does not offer for this instruction. */
  record TierNotOffered(Culprit culprit, Tier tier) implements Refusal {
    @Override
    public String code() {
      return "TIER_NOT_OFFERED";
    }

    @Override
    public String rule() {
      return "the architecture has no %s tier for this instruction".formatted(tier);
    }

    @Override
    public String advice() {
      return "Use one of the other tiers.";
    }
  }

  /** No memory is free where the copy would have to lie. */
  record NoMemoryInReach(Culprit culprit, AddressRange wanted, int bytes) implements Refusal {
    @Override
    public String code() {
      return "NO_MEMORY_IN_REACH";
    }

    @Override
    public String rule() {
      return "no %d bytes are free in %s, where every operand can be reached"
          .formatted(bytes, wanted);
    }

    @Override
    public String advice() {
      return "Free or reserve memory near the text.";
    }
  }

  /** What the instructions refer to is too far apart for any place of the copy. */
  record OutOfReach(Culprit culprit, long target) implements Refusal {
    @Override
    public String code() {
      return "OUT_OF_REACH";
    }

    @Override
    public String rule() {
      return "no place reaches the text, 0x%x and everything else that is referred to"
          .formatted(target);
    }

    @Override
    public String advice() {
      return "Probe an instruction that does not refer to it.";
    }
  }

  /** Whole instructions for a jump would run beyond the end of the function. */
  record WindowLeavesFunction(Culprit culprit, String function, long bytesLeft) implements Refusal {
    @Override
    public String code() {
      return "WINDOW_LEAVES_FUNCTION";
    }

    @Override
    public String rule() {
      return "the window of a jump does not fit the %d bytes left of %s"
          .formatted(bytesLeft, function);
    }

    @Override
    public String advice() {
      return "Probe an earlier instruction; the breakpoint works as it is.";
    }
  }

  /** A branch lands inside the window, behind its start. The culprit is the branch. */
  record BranchIntoWindow(Culprit culprit, AddressRange window, long target) implements Refusal {
    @Override
    public String code() {
      return "BRANCH_INTO_WINDOW";
    }

    @Override
    public String rule() {
      return "a branch lands at 0x%x, inside the window %s".formatted(target, window);
    }

    @Override
    public String advice() {
      return "Probe 0x%x instead; the breakpoint works as it is.".formatted(target);
    }
  }

  /** An indirect jump, whose targets are not proven, might land inside the window. */
  record IndirectJump(Culprit culprit, String function) implements Refusal {
    @Override
    public String code() {
      return "INDIRECT_JUMP";
    }

    @Override
    public String rule() {
      return "%s has an indirect jump, which is not proven to land outside the window"
          .formatted(function);
    }

    @Override
    public String advice() {
      return "Probe an instruction that the jump covers alone; the breakpoint works as it is.";
    }
  }

  /** Part of the function does not decode, so that its branches are not all known. */
  record FunctionUndecodable(Culprit culprit, String function) implements Refusal {
    @Override
    public String code() {
      return "FUNCTION_UNDECODABLE";
    }

    @Override
    public String rule() {
      return "not all of %s decodes, so its instructions and branches are not all known"
          .formatted(function);
    }

    @Override
    public String advice() {
      return "Check the extent of the function in the CodeMap.";
    }
  }

  /** Another armed probe stands inside the window. The culprit is that probe. */
  record ProbeInWindow(Culprit culprit, AddressRange window) implements Refusal {
    @Override
    public String code() {
      return "PROBE_IN_WINDOW";
    }

    @Override
    public String rule() {
      return "another armed probe stands inside the window %s".formatted(window);
    }

    @Override
    public String advice() {
      return "Nothing to do: it is optimized once the other probe is gone.";
    }
  }

  /** The kprobes at the address do not permit optimizing it. */
  record NotPermitted(Culprit culprit, String because) implements Refusal {
    @Override
    public String code() {
      return "NOT_PERMITTED";
    }

    @Override
    public String rule() {
      return because;
    }

    @Override
    public String advice() {
      return "Register without it to have the probe optimized.";
    }
  }

  /** The target supplies no gate, so a detour buffer could not reach the handlers. */
  record NoGate(Culprit culprit) implements Refusal {
    @Override
    public String code() {
      return "NO_GATE";
    }

    @Override
    public String rule() {
      return "the target supplies no gate for detour buffers to call";
    }

    @Override
    public String advice() {
      return "Give the registry the target's gate when building it.";
    }
  }

  /** The optimizer could not write the jump. */
  record StoreFailed(Culprit culprit, String failure) implements Refusal {
    @Override
    public String code() {
      return "STORE_FAILED";
    }

    @Override
    public String rule() {
      return "writing the jump failed: " + failure;
    }

    @Override
    public String advice() {
      return "Disable and enable the probe to have it tried again.";
    }
  }
}
