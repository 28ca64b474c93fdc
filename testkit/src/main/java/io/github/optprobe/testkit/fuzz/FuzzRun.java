package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.testkit.decode.CodeInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One campaign, or one shard of one: a generator, oracles, a seed, and a number of cases. Use as
 * {@code FuzzRun.of("x86-64").oracle(…).cases(1_000_000).run()}. Confined to one thread; several
 * threads take a shard each, with generators, decoders and oracles of their own.
 */
public final class FuzzRun {
  /** The address that every case is said to stand at. */
  public static final long ADDRESS = 0x0800_0000L;

  private final String instructionSet;
  private final List<CaseOracle> oracles = new ArrayList<>();
  private @Nullable Generator generator;
  private long seed = 1;
  private Shard shard = Shard.WHOLE;
  private long cases = 100_000;
  private boolean guarded;
  private KnownDisagreements known = KnownDisagreements.NONE;
  private @Nullable Path state;
  private FuzzProgress progress = (done, total, rate, bins) -> {};
  private BooleanSupplier stop = () -> false;
  private Map<Long, Finding> skipped = Map.of();
  private LongConsumer starts = index -> {};

  private FuzzRun(String instructionSet) {
    this.instructionSet = instructionSet;
  }

  /**
   * Begins to describe a campaign.
   *
   * @param instructionSet such as {@code "x86-64"}
   */
  public static FuzzRun of(String instructionSet) {
    return new FuzzRun(instructionSet);
  }

  /** Judges the cases; called again, another one does as well. */
  public FuzzRun oracle(CaseOracle oracle) {
    oracles.add(oracle);
    return this;
  }

  /** Makes the cases; {@link Generators#standard} does unless it is said. */
  public FuzzRun generator(Generator given) {
    generator = given;
    return this;
  }

  /** Decides, together with the index, what a case is; 1 unless it is said. */
  public FuzzRun seed(long given) {
    seed = given;
    return this;
  }

  /** Which part of the cases to do; all unless it is said. */
  public FuzzRun shard(Shard given) {
    shard = given;
    return this;
  }

  /**
   * How many cases all shards have together; 100,000 unless it is said, and never more than the
   * generator has.
   */
  public FuzzRun cases(long given) {
    cases = given;
    return this;
  }

  /** Puts each input in front of a page that can not be read: who reads too far is killed. */
  public FuzzRun guarded(boolean given) {
    guarded = given;
    return this;
  }

  /** What is not to be reported; nothing unless it is said. */
  public FuzzRun known(KnownDisagreements given) {
    known = given;
    return this;
  }

  /**
   * Where to keep what was done, now and then and at the end. If the file is there the run goes on
   * from it.
   */
  public FuzzRun state(Path file) {
    state = file;
    return this;
  }

  /** Who is told how far it is. */
  public FuzzRun progress(FuzzProgress given) {
    progress = given;
    return this;
  }

  /** Is asked now and then whether to stop; what was done is kept in the state. */
  public FuzzRun stop(BooleanSupplier given) {
    stop = given;
    return this;
  }

  /** Cases that are not to be tried, and what is to be noted of them. */
  FuzzRun skip(Map<Long, Finding> given) {
    skipped = Map.copyOf(given);
    return this;
  }

  /** Is told the index of each case before it is tried. */
  FuzzRun starts(LongConsumer given) {
    starts = given;
    return this;
  }

  /**
   * Runs it.
   *
   * @throws IllegalStateException if there is no oracle, or if the state is that of another
   *     campaign
   */
  public FuzzReport run() {
    if (oracles.isEmpty()) {
      throw new IllegalStateException("a campaign needs an oracle");
    }
    Generator source = generator == null ? Generators.standard(instructionSet) : generator;
    long total = Math.min(cases, source.size().orElse(cases));
    Counts counts = new Counts(shard.from(total), known.entries().size());
    StateFile file = state == null ? null : new StateFile(state, plan(source, total));
    if (file != null && file.exists()) {
      file.load(counts);
    }
    Judge judge = new Judge(instructionSet, List.copyOf(oracles), known, input());
    List<KnownDisagreement> stale = judge.stale();
    CaseLoop loop = new CaseLoop(source, judge, seed, counts, skipped, starts);
    long start = System.nanoTime();
    long before = counts.next;
    boolean complete = new Pace(shard, total, file, progress, stop).run(loop, counts);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new FuzzReport(
        instructionSet,
        source.name(),
        oracles.stream().map(CaseOracle::name).toList(),
        seed,
        shard,
        counts.tally(shard.from(total)),
        known.entries(),
        stale,
        complete,
        seconds,
        (counts.next - before) / Math.max(seconds, 1e-9));
  }

  private CodeInput input() {
    return guarded ? CodeInput.guarded(instructionSet) : CodeInput.of(instructionSet);
  }

  private String plan(Generator source, long total) {
    return "%s %s %s seed %d shard %s of %d known %08x"
        .formatted(
            instructionSet,
            source.name(),
            oracles.stream().map(CaseOracle::name).toList(),
            seed,
            shard,
            total,
            Objects.hash(known.entries().stream().map(Object::toString).toArray()));
  }
}
