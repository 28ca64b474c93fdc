package io.github.optprobe.testkit.conformance;

import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.emulator.EmulatedExecutor;
import io.github.optprobe.testkit.emulator.EmulatorUnavailableException;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.IndeterminateResults;
import io.github.optprobe.testkit.trial.TrialSettings;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The rules for an architecture, as JUnit tests. Authors of one extend this class and give it; the
 * rest has defaults that may be overridden. Every rule has a number, a grade and, in {@code
 * testkit/RULES.md}, a reason.
 *
 * <pre>{@code
 * class MyArchitectureConformanceTest extends ArchitectureConformance {
 *   @Override
 *   protected Architecture architecture() {
 *     return new MyArchitecture();
 *   }
 * }
 * }</pre>
 *
 * <p>The code that it is tried on is found by asking the architecture what decodes, from {@link
 * KitReport#configuredSeed()} on; it is executed on the emulator, if that has a profile of the
 * instruction set. What can not be executed is skipped, visibly.
 */
@SuppressWarnings("exports") // Who extends the kit has JUnit.
@ConformanceKit("architecture")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ArchitectureConformance {
  private static final int SAMPLES = 400;
  private static final int STATES = 4;
  private @Nullable Kit kit;

  /** For architectures. */
  protected ArchitectureConformance() {}

  /** The architecture: a new one, or always the same. */
  protected abstract Architecture architecture();

  /**
   * What it offers, implications included; as it is, what it is seen to offer, which then can not
   * be wrong. Who declares it finds out when something is not offered any more.
   */
  protected Optional<Set<Capability>> capabilities() {
    return Optional.empty();
  }

  /**
   * Code that is to be tried too: whole instructions, the first of which is probed. As it is, none.
   */
  protected List<byte[]> samples() {
    return List.of();
  }

  /** How many samples are found besides; {@value #SAMPLES} as it is. */
  protected int sampleCount() {
    return SAMPLES;
  }

  /** From how many start states each sample is executed, in each way; {@value #STATES} as it is. */
  protected int startStates() {
    return STATES;
  }

  /**
   * What executes its code; a new one, closed by the kit. As it is, the emulator.
   *
   * @return empty if there is none
   */
  protected Optional<Executor> executor() {
    try {
      return Optional.of(EmulatedExecutor.of(architecture()));
    } catch (EmulatorUnavailableException | IllegalArgumentException noEmulator) {
      return Optional.empty();
    }
  }

  /**
   * Registers that a function may change, by its calling convention: the gate changes them. As it
   * is, what the testkit knows of the instruction set; for others, none.
   */
  protected Optional<Set<String>> volatileRegisters() {
    return Optional.empty();
  }

  /**
   * Bytes below the stack pointer that code may use without moving it, and that a detour buffer
   * must leave alone. As it is, what the testkit knows of the instruction set; for others, none.
   */
  protected OptionalInt redZoneBytes() {
    return OptionalInt.empty();
  }

  /** What is not compared, each with its manual's section; as it is, what the testkit knows. */
  protected IndeterminateResults masks() {
    return IndeterminateResults.known();
  }

  @BeforeAll
  void prepareKit(KitReport report) {
    Architecture architecture = architecture();
    Samples samples = new Samples(architecture, samples(), report.seed(), sampleCount());
    TrialSettings settings =
        new TrialSettings(report.seed(), List.of(), volatileRegisters(), masks(), redZoneBytes());
    Set<Capability> capabilities = capabilities().orElseGet(samples::seen);
    report.count("samples", samples.all().size());
    report.count("operations", samples.operations());
    kit =
        new Kit(
            architecture,
            samples,
            capabilities,
            executor().orElse(null),
            settings,
            startStates(),
            report);
  }

  @AfterAll
  void closeKit() {
    if (kit != null) {
      kit.close();
    }
  }

  private Kit kit() {
    Kit made = kit;
    if (made == null) {
      throw new IllegalStateException("the kit is not prepared: see the failure before");
    }
    return made;
  }

  private <R> void rule(Function<Kit, R> rules, Consumer<R> rule) {
    rule.accept(rules.apply(kit()));
  }

  private <R> void with(Capability needed, Function<Kit, R> rules, Consumer<R> rule) {
    requireOffered(needed);
    rule(rules, rule);
  }

  private <R> void without(Capability unwanted, Function<Kit, R> rules, Consumer<R> rule) {
    if (kit().has(unwanted)) {
      Assumptions.abort(unwanted + " present");
    }
    rule(rules, rule);
  }

  private <R> void executed(Function<Kit, R> rules, Consumer<R> rule) {
    if (kit().executor().isEmpty()) {
      Assumptions.abort("no executor");
    }
    rule(rules, rule);
  }

  private <R> void executedWith(Capability needed, Function<Kit, R> rules, Consumer<R> rule) {
    requireOffered(needed);
    executed(rules, rule);
  }

  private void requireOffered(Capability needed) {
    if (!kit().has(needed)) {
      Assumptions.abort(needed + " absent");
    }
    if (!kit().samples().seen().contains(needed)) {
      Assumptions.abort(needed + " declared, not seen: A900");
    }
  }

  // What it is, and how it reads code.
  /** See RULES.md, A001. */
  @Test
  public void required_a001_its_identity_is_stable() {
    rule(ReadingRules::new, ReadingRules::identityIsStable);
  }

  /** See RULES.md, A002. */
  @Test
  public void required_a002_it_is_found_as_a_service() {
    rule(ReadingRules::new, ReadingRules::isFoundAsService);
  }

  /** See RULES.md, A003. */
  @Test
  public void required_a003_its_lengths_are_consistent() {
    rule(ReadingRules::new, ReadingRules::lengthsAreConsistent);
  }

  /** See RULES.md, A004. */
  @Test
  public void required_a004_its_breakpoint_is_a_copy_and_is_recognised() {
    rule(ReadingRules::new, ReadingRules::breakpointIsCopyAndRecognised);
  }

  /** See RULES.md, A010. */
  @Test
  public void required_a010_lines_of_a_disassembly_cover_the_range() {
    rule(ReadingRules::new, ReadingRules::linesCoverTheRange);
  }

  /** See RULES.md, A011. */
  @Test
  public void required_a011_what_is_not_mapped_becomes_lines_too() {
    rule(ReadingRules::new, ReadingRules::unmappedBytesAreLines);
  }

  /** See RULES.md, A012. */
  @Test
  public void required_a012_a_scan_agrees_with_the_disassembly() {
    rule(ReadingRules::new, ReadingRules::scanAgreesWithDisassembly);
  }

  /** See RULES.md, A013. */
  @Test
  public void required_a013_reading_depends_on_the_bytes_alone() {
    rule(ReadingRules::new, ReadingRules::readingDependsOnBytesAlone);
  }

  /** See RULES.md, A014. */
  @Test
  public void required_a014_branches_out_of_a_scan_lead_out_of_it() {
    rule(ReadingRules::new, ReadingRules::branchesLeadOutOfTheScan);
  }

  // What it prepares, and refuses.

  /** See RULES.md, A100. */
  @Test
  public void required_a100_prepared_probes_are_complete() {
    rule(PreparingRules::new, PreparingRules::probesAreComplete);
  }

  /** See RULES.md, A101. */
  @Test
  public void required_a101_arrays_of_prepared_probes_are_copies() {
    rule(PreparingRules::new, PreparingRules::arraysAreCopies);
  }

  /** See RULES.md, A102. */
  @Test
  public void required_a102_preparing_twice_gives_the_same() {
    rule(PreparingRules::new, PreparingRules::preparingIsRepeatable);
  }

  /** See RULES.md, A103. */
  @Test
  public void required_a103_preparing_writes_nothing() {
    rule(PreparingRules::new, PreparingRules::preparingWritesNothing);
  }

  /** See RULES.md, A104. */
  @Test
  public void required_a104_copies_lie_in_their_slots() {
    rule(PreparingRules::new, PreparingRules::copiesLieInTheirSlots);
  }

  /** See RULES.md, A105. */
  @Test
  public void required_a105_refusals_say_what_and_why() {
    rule(PreparingRules::new, PreparingRules::refusalsAreComplete);
  }

  /** See RULES.md, A106. */
  @Test
  public void required_a106_truncated_code_is_refused() {
    rule(PreparingRules::new, PreparingRules::truncatedCodeIsRefused);
  }

  /** See RULES.md, A107. */
  @Test
  public void required_a107_without_memory_it_refuses_for_that() {
    rule(PreparingRules::new, PreparingRules::memoryInReachOrRefusal);
  }

  /** See RULES.md, A110. */
  @Test
  public void optional_a110_windows_are_whole_instructions() {
    with(Capability.OPTIMIZE, PreparingRules::new, PreparingRules::windowsAreWholeInstructions);
  }

  /** See RULES.md, A111. */
  @Test
  public void optional_a111_jumps_replace_what_is_there() {
    with(Capability.OPTIMIZE, PreparingRules::new, PreparingRules::jumpsReplaceWhatIsThere);
  }

  /** See RULES.md, A112. */
  @Test
  public void optional_a112_other_forms_of_jumps_are_what_they_say() {
    with(Capability.OTHER_JUMPS, PreparingRules::new, PreparingRules::otherFormsAreWhatTheySay);
  }

  // What it writes.

  /** See RULES.md, A200. */
  @Test
  public void required_a200_arming_writes_the_breakpoint_and_nothing_else() {
    rule(PatchingRules::new, PatchingRules::armWritesTheBreakpoint);
  }

  /** See RULES.md, A201. */
  @Test
  public void required_a201_disarming_restores_the_text() {
    rule(PatchingRules::new, PatchingRules::disarmRestoresTheText);
  }

  /** See RULES.md, A202. */
  @Test
  public void required_a202_batches_are_armed_together() {
    rule(PatchingRules::new, PatchingRules::batchesAreArmedTogether);
  }

  /** See RULES.md, A203. */
  @Test
  public void required_a203_cpus_are_synchronised_last() {
    rule(PatchingRules::new, PatchingRules::cpusAreSynchronisedLast);
  }

  /** See RULES.md, A204. */
  @Test
  public void required_a204_a_failing_arm_leaves_the_text() {
    rule(PatchingRules::new, PatchingRules::failingArmLeavesTheText);
  }

  /** See RULES.md, A205. */
  @Test
  public void required_a205_a_failing_disarm_leaves_the_breakpoint() {
    rule(PatchingRules::new, PatchingRules::failingDisarmLeavesTheText);
  }

  /** See RULES.md, A210. */
  @Test
  public void optional_a210_optimizing_writes_the_jump_and_nothing_else() {
    with(Capability.OPTIMIZE, PatchingRules::new, PatchingRules::optimizeWritesTheJump);
  }

  /** See RULES.md, A211. */
  @Test
  public void optional_a211_unoptimizing_leaves_the_breakpoint() {
    with(Capability.OPTIMIZE, PatchingRules::new, PatchingRules::unoptimizeLeavesTheBreakpoint);
  }

  /** See RULES.md, A212. */
  @Test
  public void optional_a212_a_failing_optimize_leaves_the_breakpoint() {
    with(Capability.OPTIMIZE, PatchingRules::new, PatchingRules::failingOptimizeLeavesTheText);
  }

  /** See RULES.md, A213. */
  @Test
  public void optional_a213_a_failing_unoptimize_leaves_the_jump() {
    with(Capability.OPTIMIZE, PatchingRules::new, PatchingRules::failingUnoptimizeLeavesTheText);
  }

  /** See RULES.md, A214. */
  @Test
  public void optional_a214_the_patch_protocol_is_safe_at_every_interleaving() {
    with(Capability.OPTIMIZE, PatchingRules::new, PatchingRules::theProtocolIsSafe);
  }

  /** See RULES.md, A215. */
  @Test
  public void optional_a215_a_trapped_cpu_is_sent_into_the_detour_buffer() {
    with(Capability.OPTIMIZE, PatchingRules::new, PatchingRules::trappedCpusAreSentIntoTheBuffer);
  }

  // What is executed.

  /** See RULES.md, A300. */
  @Test
  public void optional_a300_a_stepped_copy_does_what_the_original_does() {
    executedWith(
        Capability.SINGLE_STEP, ExecutionRules::new, rules -> rules.runsTheSame(Tier.SINGLE_STEP));
  }

  /** See RULES.md, A301. */
  @Test
  public void optional_a301_a_boosted_copy_does_what_the_original_does() {
    executedWith(Capability.BOOST, ExecutionRules::new, rules -> rules.runsTheSame(Tier.BOOSTED));
  }

  /** See RULES.md, A302. */
  @Test
  public void optional_a302_an_emulation_does_what_the_original_does() {
    executedWith(
        Capability.EMULATE, ExecutionRules::new, rules -> rules.runsTheSame(Tier.EMULATED));
  }

  /** See RULES.md, A303. */
  @Test
  public void optional_a303_a_detour_buffer_does_what_the_original_does() {
    executedWith(
        Capability.OPTIMIZE, ExecutionRules::new, rules -> rules.runsTheSame(Tier.OPTIMIZED));
  }

  /** See RULES.md, A304. */
  @Test
  public void required_a304_faults_are_seen_at_the_original() {
    executed(ExecutionRules::new, ExecutionRules::faultsAreSeenAtTheOriginal);
  }

  /** See RULES.md, A305. */
  @Test
  public void optional_a305_the_gate_sees_the_program_as_it_was() {
    executedWith(Capability.OPTIMIZE, ExecutionRules::new, ExecutionRules::gateSeesTheProgram);
  }

  /** See RULES.md, A306. */
  @Test
  public void stochastic_a306_branches_are_met_in_both_directions() {
    executed(ExecutionRules::new, ExecutionRules::branchesGoBothWays);
  }

  /** See RULES.md, A310. */
  @Test
  public void required_a310_hits_are_as_many_as_executions() {
    executed(RegistryRules::new, RegistryRules::everyInstructionIsHitAsOftenAsExecuted);
  }

  /** See RULES.md, A311. */
  @Test
  public void required_a311_what_handlers_write_arrives() {
    executed(RegistryRules::new, RegistryRules::handlersMayChangeRegisters);
  }

  /** See RULES.md, A312. */
  @Test
  public void required_a312_handlers_may_take_over() {
    executed(RegistryRules::new, RegistryRules::handlersMayTakeOver);
  }

  /** See RULES.md, A313. */
  @Test
  public void required_a313_closing_restores_everything() {
    executed(RegistryRules::new, RegistryRules::everythingIsRestored);
  }

  // Return probes.

  /** See RULES.md, A400. */
  @Test
  public void optional_a400_return_addresses_are_kept_as_set() {
    executedWith(
        Capability.RETURN_PROBES, RegistryRules::new, RegistryRules::returnAddressesAreKept);
  }

  /** See RULES.md, A401. */
  @Test
  public void optional_a401_return_probes_see_the_return() {
    executedWith(
        Capability.RETURN_PROBES, RegistryRules::new, RegistryRules::returnProbesSeeTheReturn);
  }

  // Threads.

  /** See RULES.md, A600. */
  @Test
  public void stochastic_a600_preparing_is_thread_safe() {
    rule(ConcurrencyRules::new, ConcurrencyRules::preparingIsThreadSafe);
  }

  /** See RULES.md, A601. */
  @Test
  public void stochastic_a601_hits_during_operations_are_handled() {
    rule(ConcurrencyRules::new, ConcurrencyRules::hitsDuringOperationsAreHandled);
  }

  // What it does not offer.

  /** See RULES.md, A900. */
  @Test
  public void required_a900_what_is_declared_is_what_is_seen() {
    rule(CapabilityRules::new, CapabilityRules::declaredIsWhatIsSeen);
  }

  /** See RULES.md, A901. */
  @Test
  public void optional_a901_without_single_step_no_probe_offers_it() {
    without(
        Capability.SINGLE_STEP,
        CapabilityRules::new,
        rules -> rules.absentTierIsNotOffered(Tier.SINGLE_STEP));
  }

  /** See RULES.md, A902. */
  @Test
  public void optional_a902_without_boost_no_probe_offers_it() {
    without(
        Capability.BOOST,
        CapabilityRules::new,
        rules -> rules.absentTierIsNotOffered(Tier.BOOSTED));
  }

  /** See RULES.md, A903. */
  @Test
  public void optional_a903_without_emulation_it_says_so() {
    without(Capability.EMULATE, CapabilityRules::new, CapabilityRules::withoutEmulationItSaysSo);
  }

  /** See RULES.md, A904. */
  @Test
  public void optional_a904_without_jumps_every_window_is_refused() {
    without(
        Capability.OPTIMIZE,
        CapabilityRules::new,
        CapabilityRules::withoutJumpsEveryWindowIsRefused);
  }

  /** See RULES.md, A905. */
  @Test
  public void optional_a905_without_wide_windows_each_is_one_instruction() {
    without(
        Capability.WIDE_WINDOWS,
        CapabilityRules::new,
        CapabilityRules::withoutWideWindowsEachIsOneInstruction);
  }

  /** See RULES.md, A906. */
  @Test
  public void optional_a906_without_other_jumps_there_are_none() {
    without(
        Capability.OTHER_JUMPS,
        CapabilityRules::new,
        CapabilityRules::withoutOtherJumpsThereAreNone);
  }

  /** See RULES.md, A907. */
  @Test
  public void optional_a907_without_return_probes_they_are_refused() {
    without(
        Capability.RETURN_PROBES,
        CapabilityRules::new,
        CapabilityRules::withoutReturnProbesTheyAreRefused);
  }
}
