package io.github.optprobe.testkit.protocol;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Writes down one run of a patcher, and asks after every step how traps are answered now. */
final class Recorder {
  private final OriginalCode code;
  private final Stander stander;
  private final TextMemory text;
  private final Supplier<Map<Long, Step.Answer>> answers;
  private final List<Step.Moment> moments = new ArrayList<>();
  private final Map<Long, Set<String>> jumps = new TreeMap<>(Long::compareUnsigned);

  Recorder(ProtocolCheck check, Stander stander, Supplier<Map<Long, Step.Answer>> answers) {
    this.code = check.code();
    this.stander = stander;
    this.answers = answers;
    text = new WatchedText(check.newText(), check.model(), stander, this::happened);
  }

  /** The text to patch through. */
  TextMemory text() {
    return text;
  }

  void happened(Step step) {
    moments.add(new Step.Moment(step, answers.get()));
  }

  void jump(long address, byte[] bytes) {
    jumps.computeIfAbsent(address, unused -> new TreeSet<>()).add(Step.hex(bytes, 0, bytes.length));
  }

  /** No jump is known there, but it is where one may begin. */
  void place(long address) {
    jumps.computeIfAbsent(address, unused -> new TreeSet<>());
  }

  /** How many moments there have been. */
  int count() {
    return moments.size();
  }

  /** The stores to a range since so many moments had been. */
  List<Step.Store> storesSince(int count, AddressRange range) {
    return moments.subList(count, moments.size()).stream()
        .map(Step.Moment::step)
        .filter(Step.Store.class::isInstance)
        .map(Step.Store.class::cast)
        .filter(store -> range.contains(store.range()))
        .toList();
  }

  /** The last thing that was stored outside the code and covers an address. */
  AddressRange storedAround(long address) {
    AddressRange found = AddressRange.ofLength(address, 1);
    for (Step.Moment moment : moments) {
      if (moment.step() instanceof Step.Store store
          && store.range().contains(address)
          && !code.range().contains(address)) {
        found = store.range();
      }
    }
    return found;
  }

  Recording finish() {
    int length = code.bytes().length;
    String end = Step.hex(text.readFully(code.base(), length), 0, length);
    return new Recording(stander.name(), moments, jumps, end);
  }
}
