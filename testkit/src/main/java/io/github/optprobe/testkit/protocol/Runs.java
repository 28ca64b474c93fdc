package io.github.optprobe.testkit.protocol;

import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * All runs of a patcher that may differ: one in which nobody stands in its way, and two for each
 * place that it then asks about, in which a thread is found there once, and always.
 */
final class Runs {
  /** Runs the patcher with somebody in its way. */
  @FunctionalInterface
  interface Patcher extends Function<Stander, Recording> {}

  private final OriginalCode code;
  private final Patcher patcher;

  Runs(OriginalCode code, Patcher patcher) {
    this.code = code;
    this.patcher = patcher;
  }

  List<Recording> all() {
    Recording first = patcher.apply(Stander.nobody("nobody in the way"));
    List<Recording> runs = new ArrayList<>(List.of(first));
    for (long place : placesAskedAbout(first)) {
      String name = Names.offset(place, code.base());
      runs.add(patcher.apply(Stander.at(place, 1, "a thread preempted at " + name)));
      runs.add(patcher.apply(Stander.at(place, Integer.MAX_VALUE, "a thread stuck at " + name)));
    }
    return runs;
  }

  private Set<Long> placesAskedAbout(Recording first) {
    List<AddressRange> asked =
        steps(first, Step.Question.class).map(Step.Question::range).distinct().toList();
    Set<Long> places = new LinkedHashSet<>();
    for (long boundary : code.boundaries()) {
      places.add(boundary);
    }
    first.moments().stream()
        .flatMap(moment -> moment.answers().values().stream())
        .map(answer -> answer.code().first())
        .forEach(places::add);
    places.removeIf(place -> asked.stream().noneMatch(range -> range.contains(place)));
    return places;
  }

  private static <T extends Step> Stream<T> steps(Recording recording, Class<T> kind) {
    return recording.moments().stream()
        .map(Step.Moment::step)
        .filter(kind::isInstance)
        .map(kind::cast);
  }
}
