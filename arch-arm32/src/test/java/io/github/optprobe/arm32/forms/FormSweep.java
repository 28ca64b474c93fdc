package io.github.optprobe.arm32.forms;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Treatment;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Runs forms of all rows of one set, and counts. Not thread-safe. */
final class FormSweep {
  private static final int FLAG_STATES = 16;

  /** Of a form in an IT block: its condition holds in about half of them. */
  private static final int FLAG_STATES_IN_BLOCK = 4;

  /** How many forms of a row are tried at all places of IT blocks. */
  private static final int FORMS_EVERYWHERE = 2;

  private static final int MOST_DIFFERENCES = 40;

  private final ArmSet set;
  private final boolean whole;
  private final Coverage coverage = new Coverage();
  private final List<String> differences = new ArrayList<>();
  private final Map<String, Integer> notOnThisCpu = new TreeMap<>();
  private int loops;
  private int strange;
  private long cases;

  /**
   * Creates it.
   *
   * @param whole whether all forms are run, not only those that are needed for the coverage
   */
  FormSweep(ArmSet set, boolean whole) {
    this.set = set;
    this.whole = whole;
  }

  void run() {
    Forms.all().filter(each -> each.set() == set).forEach(this::run);
  }

  /** One emulator for each row: the more code one has forgotten, the slower it becomes. */
  private void run(Forms forms) {
    Random random = new Random(forms.toString().hashCode());
    try (Bench bench = new Bench()) {
      coverage.wantAllowed(forms);
      int count = 0;
      for (Form form : forms.covering()) {
        boolean adds = coverage.want(forms, form.encoding());
        // There are few ITs, and what matters is behind them.
        boolean needed = adds || forms.treatment() == Treatment.IF_THEN;
        if (needed || whole) {
          run(bench, form, random, whole && count < FORMS_EVERYWHERE);
          count++;
        }
      }
    }
  }

  private void run(Bench bench, Form form, Random random, boolean everywhere) {
    long address = Space.TEXT + 0x2000 + random.nextInt(64) * 8L;
    int halfwords = set == ArmSet.A32 ? 0 : random.nextInt(2);
    run(bench, at(form, address + 2L * halfwords, ItState.OUTSIDE), FLAG_STATES, random);
    if (set == ArmSet.A32) {
      return;
    }
    if (whole) {
      run(bench, at(form, address + 2L * (1 - halfwords), ItState.OUTSIDE), FLAG_STATES, random);
    }
    List<ItState> places = form.placesInBlock();
    if (everywhere) {
      places.forEach(each -> run(bench, at(form, address + 4, each), FLAG_STATES_IN_BLOCK, random));
    } else if (!places.isEmpty()) {
      ItState place = places.get(random.nextInt(places.size()));
      run(bench, at(form, address + 4, place), FLAG_STATES_IN_BLOCK, random);
    }
  }

  private static Subject at(Form form, long address, ItState it) {
    return new Subject(form.set(), form.length(), form.encoding(), address, it);
  }

  private void run(Bench bench, Subject subject, int flagStates, Random random) {
    if (subject.isLoop()) {
      return;
    }
    bench.take(subject);
    Bench.Offer offer = bench.offer();
    offer.refusals().forEach(each -> coverage.refused(subject, each));
    long seed = random.nextLong();
    StartStates states = new StartStates(seed);
    Contents contents = new Contents(seed);
    int firstFlags = flagStates == FLAG_STATES ? 0 : random.nextInt(FLAG_STATES);
    for (int i = 0; i < flagStates; i++) {
      // In fours every condition has states of both kinds.
      int nzcv = flagStates == FLAG_STATES ? i : firstFlags ^ (i * 5 & 0xF);
      State start = states.next(subject, nzcv);
      Outcome original = bench.original(start, contents, offer);
      if (isComparable(subject, original)) {
        offer.probed().forEach(each -> compare(bench, subject, start, original, each));
      }
    }
  }

  private boolean isComparable(Subject subject, Outcome original) {
    boolean unknown =
        original.end() == Machine.End.TRAP
            && original.state().programCounter() == subject.address();
    if (unknown) {
      notOnThisCpu.merge(String.valueOf(subject.decoded().verdict().row()), 1, Integer::sum);
    }
    boolean strayed = hasGoneOn(subject, original);
    loops += original.end() == Machine.End.LOOP ? 1 : 0;
    strange += original.isUnpredictable() || strayed ? 1 : 0;
    boolean ended = original.end() != Machine.End.LOOP && !strayed;
    return !unknown && ended && !original.isUnpredictable();
  }

  /** Unicorn 2.0.1 goes on behind a store that faults in the middle of an IT block. */
  private static boolean hasGoneOn(Subject subject, Outcome original) {
    return original.end() == Machine.End.DATA
        && original.state().programCounter() != subject.address();
  }

  private void compare(
      Bench bench, Subject subject, State start, Outcome original, Bench.Probed probed) {
    cases++;
    String difference = bench.differences(start, original, probed);
    if (!difference.isEmpty() && differences.size() < MOST_DIFFERENCES) {
      differences.add("%s %s: %s%n  from %s".formatted(subject, probed, difference, start));
    }
    coverage.executed(subject, probed.form());
  }

  Coverage coverage() {
    return coverage;
  }

  List<String> differences() {
    return differences;
  }

  void print(PrintStream out) {
    out.printf(
        "%s: %,d cases, %d differences; %,d classes to be covered, %d missing; left out: %d run in"
            + " a circle, %d that no probe, or not the emulator, can be right about%n",
        set,
        cases,
        differences.size(),
        coverage.wantedCount(),
        coverage.missing().size(),
        loops,
        strange);
    coverage.summary().forEach((key, count) -> out.printf("  %s: %,d%n", key, count));
    coverage.refusals().forEach((key, count) -> out.printf("  refused: %s: %,d%n", key, count));
    if (!notOnThisCpu.isEmpty()) {
      out.printf("  not on the emulator's CPU: %s%n", notOnThisCpu);
    }
  }
}
