package io.github.optprobe.examples.agent;

import io.github.optprobe.Kprobe;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ReturnProbeHandle;
import io.github.optprobe.SymbolOffset;
import io.github.optprobe.live.Counter;
import io.github.optprobe.live.Histogram;
import io.github.optprobe.live.Operand;
import io.github.optprobe.live.Recorder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** One function that is traced: what is asked of it, and what came of it. */
final class TracedFunction {
  /** The registers of integer arguments, in order (System V ABI for x86-64, 3.2.3). */
  private static final List<String> ARGUMENTS = List.of("rdi", "rsi", "rdx", "rcx", "r8", "r9");

  private static final String RESULT = "rax";
  private static final int CAPACITY = 1024;

  private final int number;
  private final SymbolOffset place;
  private final Counter counter = Counter.create();
  private final Optional<Recorder> recorder;
  private final Optional<Histogram> histogram;
  private final ArrayBlockingQueue<Line> returned = new ArrayBlockingQueue<>(CAPACITY);
  private final AtomicLong unsaid = new AtomicLong();
  private final boolean returns;
  private List<ProbeHandle> handles = List.of();
  private String tier = "-";

  TracedFunction(int number, String place, TraceRequest request) {
    this.number = number;
    this.place = new SymbolOffset(library(place), symbol(place), 0);
    recorder = Optional.of(request.arguments()).filter(n -> n > 0).map(TracedFunction::recorder);
    histogram =
        Optional.of(request.histogram())
            .filter(register -> !register.isEmpty())
            .map(register -> Histogram.of(Operand.register(register)));
    returns = request.returns();
  }

  private static Recorder recorder(int arguments) {
    return Recorder.of(
        CAPACITY,
        ARGUMENTS.stream().limit(arguments).map(Operand::register).toArray(Operand[]::new));
  }

  /** The library of {@code LIBRARY!SYMBOL}. */
  static String library(String place) {
    return place.substring(0, place.indexOf('!'));
  }

  /** The symbol of {@code LIBRARY!SYMBOL}. */
  static String symbol(String place) {
    return place.substring(place.indexOf('!') + 1);
  }

  SymbolOffset place() {
    return place;
  }

  boolean hasJavaHandler() {
    return returns;
  }

  List<Probe> probes() {
    List<Probe> probes = new ArrayList<>();
    probes.add(Kprobe.at(place).preHandler(counter).build());
    recorder.ifPresent(each -> probes.add(Kprobe.at(place).preHandler(each).build()));
    histogram.ifPresent(each -> probes.add(Kprobe.at(place).preHandler(each).build()));
    if (returns) {
      probes.add(
          Kretprobe.at(place)
              .returnHandler((call, registers) -> noteReturn(registers.get(RESULT)))
              .build());
    }
    return probes;
  }

  private void noteReturn(long value) {
    Line line = Line.of(Line.Word.RETURNED, number, Thread.currentThread().getName(), hex(value));
    if (!returned.offer(line)) {
      unsaid.incrementAndGet();
    }
  }

  void setHandles(List<ProbeHandle> newHandles) {
    handles = List.copyOf(newHandles);
  }

  /** Calls and returns since the last time. */
  List<Line> events() {
    List<Line> events = new ArrayList<>();
    recorder.ifPresent(
        each ->
            each.drain()
                .forEach(
                    sample -> {
                      Stream<Object> head = Stream.of(number, sample.ticks(), hex(sample.thread()));
                      Stream<Object> values =
                          java.util.Arrays.stream(sample.values()).mapToObj(TracedFunction::hex);
                      events.add(Line.of(Line.Word.CALL, Stream.concat(head, values).toArray()));
                    }));
    returned.drainTo(events);
    return events;
  }

  /** How it stands. */
  Line row() {
    noteTier();
    return Line.of(Line.Word.ROW, number, counter.sum(), untold(), tier);
  }

  private long untold() {
    long missed =
        handles.stream()
            .mapToLong(
                each ->
                    each instanceof ReturnProbeHandle<?> returning
                        ? returning.instancesMissed()
                        : 0)
            .sum();
    return unsaid.get() + recorder.map(Recorder::dropped).orElse(0L) + missed;
  }

  /** Remembers its tier, which it has as long as the probe stands. */
  void noteTier() {
    handles.stream()
        .findFirst()
        .flatMap(ProbeHandle::tier)
        .ifPresent(current -> tier = current.name());
  }

  /** The picture of the values that were asked for. */
  List<Line> histogram() {
    return histogram.stream()
        .flatMap(each -> each.lines().stream())
        .map(line -> Line.of(Line.Word.HISTOGRAM, number, line))
        .toList();
  }

  private static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }
}
