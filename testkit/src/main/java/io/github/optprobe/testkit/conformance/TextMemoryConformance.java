package io.github.optprobe.testkit.conformance;

import io.github.optprobe.text.AddressRange;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The rules for a text memory, as JUnit tests. Authors of one extend this class and give a fresh
 * text; {@link #capabilities} and {@link #whileStandingAt} may be overridden. Every rule has a
 * number, a grade and, in {@code testkit/RULES.md}, a reason; every rule gets a text of its own.
 *
 * <pre>{@code
 * class MyTextConformanceTest extends TextMemoryConformance {
 *   @Override
 *   protected TextUnderTest newText() {
 *     MyText text = new MyText();
 *     return new TextUnderTest(text, text.map(0x400000, 4096));
 *   }
 * }
 * }</pre>
 *
 * <p>Random choices start from {@link KitReport#configuredSeed()}. Rules may run in parallel, each
 * on an instance of its own.
 */
@SuppressWarnings("exports") // Who extends the kit has JUnit.
@ConformanceKit("text memory")
public abstract class TextMemoryConformance {

  /** For text memories. */
  protected TextMemoryConformance() {}

  /** A fresh text with code in it that may be overwritten. */
  protected abstract TextUnderTest newText();

  /** What the text claims to be able to do; that it allocates near its code, as it is. */
  protected Collection<TextCapability> capabilities() {
    return List.of(TextCapability.ALLOCATES_NEAR);
  }

  /**
   * Has a CPU stand at an address, and runs something meanwhile. Overridden by whoever claims
   * {@link TextCapability#REPORTS_QUIESCENCE}.
   *
   * @param under the text
   * @param address an address in its code, a multiple of 16
   * @param meanwhile what is run while the CPU stands there; the CPU is stopped, and its stack
   *     leads nowhere else into the code
   */
  protected void whileStandingAt(TextUnderTest under, long address, Runnable meanwhile) {
    throw new UnsupportedOperationException(
        "whoever claims REPORTS_QUIESCENCE overrides whileStandingAt");
  }

  private void standing(TextUnderTest under, LongConsumer claim) {
    long address = under.start() + 32;
    boolean[] looked = new boolean[1];
    whileStandingAt(
        under,
        address,
        () -> {
          looked[0] = true;
          claim.accept(address);
        });
    Claims.that(looked[0], "whileStandingAt did not run what it was given");
  }

  @SuppressWarnings("try") // The resource is there to be closed.
  private void rule(BiConsumer<TextUnderTest, Random> rule) {
    TextUnderTest under = newText();
    try (AutoCloseable resource = under.resource()) {
      rule.accept(under, new Random(KitReport.configuredSeed()));
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new IllegalStateException("the text could not be closed", failure);
    }
  }

  private void with(TextCapability needed, BiConsumer<TextUnderTest, Random> rule) {
    if (!claimed().contains(needed)) {
      Assumptions.abort(needed + " absent");
    }
    rule(rule);
  }

  private void without(TextCapability unwanted, BiConsumer<TextUnderTest, Random> rule) {
    if (claimed().contains(unwanted)) {
      Assumptions.abort(unwanted + " present");
    }
    rule(rule);
  }

  private Set<TextCapability> claimed() {
    return TextCapability.closure(capabilities());
  }

  /** See RULES.md, T001. */
  @Test
  public void required_t001_read_returns_what_was_written() {
    rule((under, random) -> ReadRules.returnsWhatWasWritten(under, random));
  }

  /** See RULES.md, T002. */
  @Test
  public void required_t002_a_read_of_no_bytes_reads_nothing() {
    rule((under, random) -> ReadRules.ofNothingReadsNothing(under));
  }

  /** See RULES.md, T003. */
  @Test
  public void required_t003_a_read_leaves_the_rest_of_the_array() {
    rule((under, random) -> ReadRules.leavesTheRestOfTheArray(under, random));
  }

  /** See RULES.md, T004. */
  @Test
  public void required_t004_a_read_across_the_end_reads_what_is_mapped() {
    rule((under, random) -> ReadRules.acrossTheEndReadsWhatIsMapped(under, random));
  }

  /** See RULES.md, T005. */
  @Test
  public void required_t005_a_read_of_unmapped_text_reads_nothing() {
    rule((under, random) -> ReadRules.ofUnmappedTextReadsNothing(under));
  }

  /** See RULES.md, T006. */
  @Test
  public void required_t006_reading_fully_fails_where_some_are_unmapped() {
    rule((under, random) -> ReadRules.fullyFailsWhereSomeAreUnmapped(under));
  }

  /** See RULES.md, T007. */
  @Test
  public void required_t007_a_read_gives_a_copy() {
    rule((under, random) -> ReadRules.givesACopy(under, random));
  }

  /** See RULES.md, T008. */
  @Test
  public void required_t008_a_write_changes_nothing_else() {
    rule((under, random) -> WriteRules.changesNothingElse(under, random));
  }

  /** See RULES.md, T009. */
  @Test
  public void required_t009_a_write_does_not_keep_the_array() {
    rule((under, random) -> WriteRules.doesNotKeepTheArray(under, random));
  }

  /** See RULES.md, T010. */
  @Test
  public void required_t010_a_write_of_no_bytes_changes_nothing() {
    rule((under, random) -> WriteRules.ofNothingChangesNothing(under, random));
  }

  /** See RULES.md, T011. */
  @Test
  public void required_t011_a_write_reaches_the_first_and_the_last_byte() {
    rule((under, random) -> WriteRules.reachesTheFirstAndTheLastByte(under));
  }

  /** See RULES.md, T012. */
  @Test
  public void required_t012_a_write_across_the_end_fails() {
    rule((under, random) -> WriteRules.acrossTheEndFails(under));
  }

  /** See RULES.md, T013. */
  @Test
  public void required_t013_a_write_to_unmapped_text_fails() {
    rule((under, random) -> WriteRules.toUnmappedTextFails(under));
  }

  /** See RULES.md, T014. */
  @Test
  public void required_t014_a_write_that_fails_touches_nothing_else() {
    rule((under, random) -> WriteRules.thatFailsTouchesNothingElse(under, random));
  }

  /** See RULES.md, T015. */
  @Test
  public void optional_t015_a_write_that_fails_writes_nothing() {
    with(
        TextCapability.WRITES_ALL_OR_NOTHING,
        (under, random) -> WriteRules.thatFailsWritesNothing(under));
  }

  /** See RULES.md, T016. */
  @Test
  public void required_t016_the_text_works_after_a_failed_write() {
    rule((under, random) -> WriteRules.worksAgainAfterAFailure(under, random));
  }

  /** See RULES.md, T017. */
  @Test
  public void required_t017_the_atomic_width_is_a_power_of_two_up_to_16() {
    rule((under, random) -> WriteRules.atomicWidthIsAPowerOfTwo(under));
  }

  /** See RULES.md, T018. */
  @Test
  public void required_t018_synchronizing_changes_nothing() {
    rule((under, random) -> WriteRules.synchronizingChangesNothing(under, random));
  }

  /** See RULES.md, T019. */
  @Test
  public void optional_t019_memory_is_found_somewhere() {
    with(TextCapability.ALLOCATES, (under, random) -> AllocationRules.findsMemorySomewhere(under));
  }

  /** See RULES.md, T020. */
  @Test
  public void optional_t020_memory_is_found_near_the_code() {
    with(TextCapability.ALLOCATES_NEAR, (under, random) -> AllocationRules.findsMemoryNear(under));
  }

  /** See RULES.md, T021. */
  @Test
  public void optional_t021_allocated_memory_lies_in_the_interval() {
    with(
        TextCapability.ALLOCATES, (under, random) -> AllocationRules.staysInsideTheInterval(under));
  }

  /** See RULES.md, T022. */
  @Test
  public void optional_t022_allocated_memory_is_aligned_to_16_bytes() {
    with(TextCapability.ALLOCATES, (under, random) -> AllocationRules.isAligned(under));
  }

  /** See RULES.md, T023. */
  @Test
  public void optional_t023_allocated_memory_overlaps_nothing() {
    with(TextCapability.ALLOCATES, (under, random) -> AllocationRules.overlapsNothing(under));
  }

  /** See RULES.md, T024. */
  @Test
  public void optional_t024_allocated_memory_can_be_written_and_read() {
    with(
        TextCapability.ALLOCATES,
        (under, random) -> AllocationRules.canBeWrittenAndReadWholly(under, random));
  }

  /** See RULES.md, T025. */
  @Test
  public void optional_t025_nothing_is_found_where_there_is_no_room() {
    with(
        TextCapability.ALLOCATES,
        (under, random) -> AllocationRules.findsNothingWhereThereIsNoRoom(under));
  }

  /** See RULES.md, T026. */
  @Test
  public void optional_t026_an_interval_is_full_some_time() {
    with(
        TextCapability.ALLOCATES,
        (under, random) -> AllocationRules.endsWhereTheIntervalIsFull(under));
  }

  /** See RULES.md, T027. */
  @Test
  public void optional_t027_freed_memory_is_used_again() {
    with(
        TextCapability.REUSES_FREED,
        (under, random) -> AllocationRules.givesBackForUseAgain(under));
  }

  /** See RULES.md, T028. */
  @Test
  public void required_t028_allocating_no_bytes_is_refused() {
    rule((under, random) -> AllocationRules.refusesToAllocateNothing(under));
  }

  /** See RULES.md, T029. */
  @Test
  public void optional_t029_memory_is_freed_once_only() {
    with(TextCapability.ALLOCATES, (under, random) -> AllocationRules.freesOnceOnly(under));
  }

  /** See RULES.md, T030. */
  @Test
  public void required_t030_only_what_was_allocated_is_freed() {
    rule((under, random) -> AllocationRules.freesOnlyWhatWasAllocated(under, random));
  }

  /** See RULES.md, T031. */
  @Test
  public void optional_t031_memory_is_freed_by_its_first_byte_only() {
    with(
        TextCapability.ALLOCATES,
        (under, random) -> AllocationRules.freesFromTheFirstByteOnly(under));
  }

  /** See RULES.md, T032. */
  @Test
  public void optional_t032_freeing_leaves_other_allocations() {
    with(
        TextCapability.ALLOCATES,
        (under, random) -> AllocationRules.freeingLeavesTheOthers(under, random));
  }

  /** See RULES.md, T033. */
  @Test
  public void optional_t033_who_does_not_allocate_finds_nothing() {
    without(
        TextCapability.ALLOCATES,
        (under, random) -> AllocationRules.findsNothing(under, AddressRange.ALL));
  }

  /** See RULES.md, T034. */
  @Test
  public void optional_t034_who_does_not_allocate_near_finds_nothing_there() {
    without(
        TextCapability.ALLOCATES_NEAR,
        (under, random) -> AllocationRules.findsNothing(under, AllocationRules.near(under)));
  }

  /** See RULES.md, T035. */
  @Test
  public void required_t035_all_is_quiescent_where_nothing_runs() {
    rule((under, random) -> QuiescenceRules.allIsQuietWhereNothingRuns(under));
  }

  /** See RULES.md, T036. */
  @Test
  public void required_t036_the_view_of_quiescence_says_the_same() {
    rule((under, random) -> QuiescenceRules.theViewSaysTheSame(under));
  }

  /** See RULES.md, T037. */
  @Test
  public void optional_t037_a_range_is_not_quiescent_where_a_cpu_stands() {
    with(
        TextCapability.REPORTS_QUIESCENCE,
        (under, random) -> standing(under, at -> QuiescenceRules.sayWhoStandsAt(under.text(), at)));
  }

  /** See RULES.md, T038. */
  @Test
  public void optional_t038_a_range_is_quiescent_where_no_cpu_stands() {
    with(
        TextCapability.REPORTS_QUIESCENCE,
        (under, random) ->
            standing(under, at -> QuiescenceRules.sayNobodyStandsBehind(under.text(), at)));
  }

  /** See RULES.md, T039. */
  @Test
  public void stochastic_t039_others_may_read_while_one_writes() {
    rule((under, random) -> ThreadRules.othersReadWhatIsNotWritten(under));
  }

  /** See RULES.md, T040. */
  @Test
  public void stochastic_t040_others_may_ask_for_quiescence_while_one_writes() {
    rule((under, random) -> ThreadRules.othersAskWhoStandsWhere(under));
  }

  /** See RULES.md, T041. */
  @Test
  public void stochastic_t041_others_read_an_atomic_store_whole() {
    with(
        TextCapability.READS_STORES_WHOLE,
        (under, random) -> ThreadRules.othersReadStoresWhole(under));
  }

  /** See RULES.md, T042. */
  @Test
  public void required_t042_a_recording_tells_what_was_written_over() {
    rule((under, random) -> DecoratorRules.aRecordTellsWhatWasThere(under, random));
  }

  /** See RULES.md, T043. */
  @Test
  public void required_t043_a_forwarding_text_is_the_same_text() {
    rule((under, random) -> DecoratorRules.aForwardingTextIsTheSameText(under, random));
  }

  /** See RULES.md, T044. */
  @Test
  public void required_t044_pokes_are_written() {
    rule((under, random) -> DecoratorRules.pokesAreWritten(under));
  }

  /** See RULES.md, T045. */
  @Test
  public void required_t045_pokes_that_fail_are_taken_back() {
    rule((under, random) -> DecoratorRules.failingPokesAreTakenBack(under, random));
  }
}
