package io.github.optprobe.testkit.trial;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.testkit.execute.IndeterminateResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How trials are made. Immutable.
 *
 * @param seed of start states and of what memory holds
 * @param only the distances of slots; empty for all that addresses reach
 * @param clobbered registers that the gate changes, as functions may; empty for what is known of
 *     the instruction set's calling convention
 * @param masks what is not compared
 * @param redZone bytes below the stack pointer that code may use, and a buffer must leave alone;
 *     empty for what is known of the instruction set
 */
public record TrialSettings(
    long seed,
    List<Distance> only,
    Optional<Set<String>> clobbered,
    IndeterminateResults masks,
    OptionalInt redZone) {

  /** System V ABI for AMD64, 3.2.2: the 128 bytes below the stack pointer. */
  private static final int RED_ZONE = 128;

  /** What functions may change, by the calling conventions of Linux. */
  private static final Map<String, Set<String>> VOLATILE =
      Map.of(
          "x86-64", Set.of("rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "rflags"),
          "x86-32", Set.of("eax", "ecx", "edx", "eflags"),
          "a32", Set.of("r0", "r1", "r2", "r3", "r12", "cpsr"),
          "t32", Set.of("r0", "r1", "r2", "r3", "r12", "cpsr"));

  /** Creates settings. */
  public TrialSettings {
    only = List.copyOf(only);
    clobbered = clobbered.map(Set::copyOf);
  }

  /** All distances, what is known of calling conventions and masks. */
  public static TrialSettings of(long seed) {
    return new TrialSettings(
        seed, List.of(), Optional.empty(), IndeterminateResults.known(), OptionalInt.empty());
  }

  /** The same with slots at these distances only. */
  public TrialSettings at(Distance... distances) {
    return new TrialSettings(seed, List.of(distances), clobbered, masks, redZone);
  }

  /** The same with a gate that changes these registers. */
  public TrialSettings clobbering(Set<String> registers) {
    return new TrialSettings(seed, only, Optional.of(registers), masks, redZone);
  }

  /** The same with other masks. */
  public TrialSettings masking(IndeterminateResults others) {
    return new TrialSettings(seed, only, clobbered, others, redZone);
  }

  /** The same with so many bytes left alone below the stack pointer. */
  public TrialSettings leaving(int bytes) {
    return new TrialSettings(seed, only, clobbered, masks, OptionalInt.of(bytes));
  }

  /** Of ours all leave what x86-64 has to, so that all are held to it. */
  int redZoneOf(Architecture architecture) {
    boolean ours = VOLATILE.containsKey(architecture.instructionSet().name());
    return redZone.orElse(ours ? RED_ZONE : 0);
  }

  List<Distance> distances(InstructionSet set) {
    List<Distance> all = new ArrayList<>(Distance.of(set));
    if (!only.isEmpty()) {
      all.retainAll(only);
    }
    return all;
  }

  Set<String> clobberedBy(Architecture architecture) {
    return clobbered.orElseGet(
        () -> VOLATILE.getOrDefault(architecture.instructionSet().name(), Set.of()));
  }
}
