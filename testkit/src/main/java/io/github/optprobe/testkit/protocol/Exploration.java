package io.github.optprobe.testkit.protocol;

import io.github.optprobe.text.AddressRange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Goes through one run of a patcher with every CPU that there could be: after each step, wherever
 * one may stand by now, it fetches everything that it may see there, goes on or waits. What no CPU
 * can be any more, because the patcher asked and was told that nobody is there, drops out.
 */
final class Exploration {
  private final OriginalCode code;
  private final Recording recording;
  private final Tally tally;
  private final FetchedText text;
  private final Fetches fetches;
  private final Picture pictures;
  private final List<Long> untouched = new ArrayList<>();
  private final Map<Position, Arrival> positions = new LinkedHashMap<>();

  private int moment;
  private Map<Long, Step.Answer> answers = Map.of();

  Exploration(
      OriginalCode code, FetchModel model, byte[] initial, Recording recording, Tally tally) {
    this.code = code;
    this.recording = recording;
    this.tally = tally;
    text = new FetchedText(code, model, initial);
    fetches = new Fetches(code, text, recording.jumps());
    pictures = new Picture(code, recording, fetches);
  }

  void run() {
    tally.run(recording.moments().size());
    findUntouched();
    for (long boundary : code.boundaries()) {
      boolean sound = fetches.at(boundary).stream().allMatch(Fetches.Fetch::isSound);
      if (untouched.contains(boundary) || sound) {
        stand(boundary);
      }
    }
    settle();
    for (Step.Moment each : recording.moments()) {
      moment++;
      answers = each.answers();
      apply(each.step());
      untouched.forEach(this::stand);
      settle();
    }
  }

  /** Anybody may be there at any time: the first instruction, and what is never stored to. */
  private void findUntouched() {
    List<AddressRange> stored =
        recording.moments().stream()
            .map(Step.Moment::step)
            .filter(Step.Store.class::isInstance)
            .map(step -> ((Step.Store) step).range())
            .toList();
    for (long boundary : code.boundaries()) {
      AddressRange instruction = AddressRange.ofLength(boundary, code.lengthAt(boundary));
      if (boundary == code.base() || stored.stream().noneMatch(instruction::overlaps)) {
        untouched.add(boundary);
      }
    }
  }

  private void stand(long boundary) {
    String doing = "stands at " + Names.offset(boundary, code.base());
    positions.putIfAbsent(Position.at(boundary), new Arrival(null, moment, doing));
  }

  private void apply(Step step) {
    if (step instanceof Step.Store store) {
      text.store(store);
    } else if (step instanceof Step.Synchronize) {
      text.synchronizeCpus();
    } else if (step instanceof Step.Question question && question.quiet()) {
      positions.keySet().removeIf(each -> each.standsIn(question.range()));
    }
  }

  /** Lets every CPU go on, or not, until there is nowhere new to come to. */
  private void settle() {
    Deque<Position> open = new ArrayDeque<>(positions.keySet());
    while (!open.isEmpty()) {
      Position here = open.removeFirst();
      Map<Position, String> next =
          switch (here.kind()) {
            case AT -> fetch(here);
            case TRAPPED -> report(here);
            case AWAY -> comeBack(here);
          };
      next.forEach(
          (there, doing) -> {
            if (!positions.containsKey(there)) {
              positions.put(there, new Arrival(positions.get(here), moment, doing));
              open.addLast(there);
            }
          });
    }
    tally.positions(positions.size());
  }

  private Map<Position, String> fetch(Position here) {
    long address = here.address();
    Map<Position, String> next = new LinkedHashMap<>();
    for (Fetches.Fetch fetch : fetches.at(address)) {
      tally.view(fetch.verdict());
      switch (fetch.verdict()) {
        case OLD -> old(address, next);
        case TRAP -> next.put(Position.trapped(address), "traps at " + name(address));
        case NEW -> jump(here, fetch.bytes(), next);
        case NEITHER -> violation(fetch.flaw(), here, fetch.bytes());
      }
    }
    return next;
  }

  private void old(long address, Map<Position, String> next) {
    for (long successor : code.successors(address)) {
      next.put(Position.at(successor), "executes the old code at " + name(address));
    }
  }

  private void jump(Position here, String fetched, Map<Position, String> next) {
    int length = fetches.jumpBytes(fetched, here.address()).orElseThrow();
    OptionalLong target = code.leadsTo(Fetches.bytes(fetched), here.address());
    if (target.isPresent() && text.isPending(target.getAsLong())) {
      violation(Flaw.STALE_TARGET, here, fetched);
    }
    long back = code.boundaryFrom(here.address() + length);
    if (code.isBoundary(back)) {
      next.put(Position.at(back), "takes the jump at " + name(here.address()) + " and comes back");
    }
  }

  private Map<Position, String> report(Position here) {
    long address = here.address();
    Step.Answer answer = answers.getOrDefault(address, Step.Answer.nobody(address));
    boolean inCode = code.range().contains(answer.goesTo());
    if (!answer.ours() || (inCode && !code.isBoundary(answer.goesTo()))) {
      violation(Flaw.UNANSWERED_TRAP, here, "");
      return Map.of();
    }
    if (inCode) {
      return Map.of(Position.at(answer.goesTo()), "is sent to " + name(answer.goesTo()));
    }
    if (text.isPending(answer.goesTo())) {
      violation(Flaw.STALE_TARGET, here, "");
    }
    return Map.of(
        Position.away(answer.code(), answer.then()),
        "is sent to %s, from the trap at %s".formatted(name(answer.goesTo()), name(address)));
  }

  private Map<Position, String> comeBack(Position here) {
    return code.isBoundary(here.then())
        ? Map.of(Position.at(here.then()), "comes back to " + name(here.then()))
        : Map.of();
  }

  private String name(long address) {
    return Names.offset(address, code.base());
  }

  private void violation(Flaw flaw, Position here, String fetched) {
    if (tally.isFirst(flaw, here.address())) {
      Arrival arrival = positions.get(here);
      String picture =
          pictures.draw(
              flaw, here, fetched, arrival == null ? List.of() : arrival.history(), moment);
      tally.add(new Violation(flaw, here.address(), fetched, recording.name(), picture));
    }
  }
}
