package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.text.AddressRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Java Flight Recorder gets. */
class FlightRecorderTest extends StraightCodeTest {
  private static final String PREFIX = "io.github.optprobe.";

  @TempDir private Path directory;

  /** Records what happens and returns our events, in order. */
  private List<RecordedEvent> record(boolean hits, Runnable what) throws IOException {
    Path file = directory.resolve("probes.jfr");
    try (Recording recording = new Recording()) {
      if (hits) {
        recording.enable(PREFIX + "Hit");
      }
      recording.start();
      what.run();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> ours = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
      if (name(event).startsWith(PREFIX)) {
        ours.add(event);
      }
    }
    ours.sort((one, other) -> one.getStartTime().compareTo(other.getStartTime()));
    return ours;
  }

  private static String name(RecordedEvent event) {
    return event.getEventType().getName();
  }

  private static List<String> names(List<RecordedEvent> events) {
    return events.stream().map(event -> name(event).substring(PREFIX.length())).toList();
  }

  private void liveAndLeave() {
    ProbeHandle handle = kprobes.register(Kprobe.at(at(BASE)).label("mine").build());
    kprobes.runOptimizer();
    machine.run(BASE);
    handle.disable();
    handle.enable();
    handle.close();
  }

  @Test
  void hasAnEventForEachStationOfAProbe() throws IOException {
    List<RecordedEvent> events = record(false, this::liveAndLeave);

    assertThat(names(events))
        .containsExactlyInAnyOrder(
            "Registered", "Optimized", "Unoptimized", "Enabled", "Enabled", "Unregistered");
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(event.getLong("address")).isEqualTo(BASE);
              assertThat(event.getString("instructionSet")).isEqualTo("toy");
              assertThat(event.getStackTrace()).isNull();
              assertThat(event.getEventType().getCategoryNames()).containsExactly("Optprobe");
            });
    RecordedEvent registered = one(events, "Registered");
    assertThat(registered.getString("probe")).isEqualTo("Kprobe[mine at 0x4000 (toy)]");
    assertThat(registered.getBoolean("enabled")).isTrue();
    RecordedEvent unregistered = one(events, "Unregistered");
    assertThat(unregistered.getString("probe")).contains("mine");
    assertThat(unregistered.getLong("hits")).isEqualTo(1);
    assertThat(unregistered.getLong("nmissed")).isZero();
  }

  private static RecordedEvent one(List<RecordedEvent> events, String name) {
    List<RecordedEvent> named =
        events.stream().filter(event -> name(event).equals(PREFIX + name)).toList();
    assertThat(named).as(name).hasSize(1);
    return named.get(0);
  }

  @Test
  void saysWhetherAProbeWasEnabledOrDisabled() throws IOException {
    ProbeHandle handle = probe(BASE, Tier.BOOSTED);

    assertThat(one(record(false, handle::disable), "Enabled").getBoolean("enabled")).isFalse();
    assertThat(one(record(false, handle::enable), "Enabled").getBoolean("enabled")).isTrue();
  }

  @Test
  void saysWhyAProbeIsNotOptimized() throws IOException {
    RecordedEvent refused = one(record(false, () -> probe(BASE + 24)), "NotOptimized");
    assertThat(refused.getString("code")).isEqualTo("TOY_UNMOVABLE");
    assertThat(refused.getString("reason")).contains("its own address", "0x401a");
    assertThat(refused.getLong("address")).isEqualTo(BASE + 24);
    probe(BASE);
    faulty.failAfter(0, false);
    RecordedEvent failed = one(record(false, kprobes::runOptimizer), "NotOptimized");
    assertThat(failed.getString("code")).isEqualTo("STORE_FAILED");
    assertThat(failed.getString("reason")).contains("injected");
  }

  @Test
  void saysThatAHandlerFailed() throws IOException {
    kprobes.register(
        Kprobe.at(at(BASE))
            .label("bad")
            .onHit(
                registers -> {
                  throw new IllegalStateException("on purpose");
                })
            .build());

    RecordedEvent failed = one(record(false, () -> machine.run(BASE)), "HandlerFailed");
    assertThat(failed.getString("probe")).contains("bad");
    assertThat(failed.getString("failure")).contains("IllegalStateException", "on purpose");
  }

  @Test
  void saysThatTextIsGone() throws IOException {
    probe(BASE);
    kprobes.disarmAll();

    RecordedEvent gone =
        one(record(false, () -> kprobes.textRemoved(AddressRange.ofLength(BASE, 4))), "Gone");
    assertThat(gone.getLong("address")).isEqualTo(BASE);
    assertThat(gone.getString("probe")).isEqualTo("Kprobe[0x4000 (toy)]");
  }

  @Test
  void recordsHitsOnlyWhenAskedTo() throws IOException {
    probe(BASE);
    kprobes.register(Kprobe.at(at(BASE)).label("second").build());
    probe(BASE + 4).disable();
    kprobes.runOptimizer();

    assertThat(names(record(false, () -> machine.run(BASE)))).isEmpty();
    List<RecordedEvent> hits = record(true, () -> machine.run(BASE));
    assertThat(names(hits)).as("one for each handler that ran").containsExactly("Hit", "Hit");
    assertThat(hits)
        .extracting(hit -> hit.getString("probe"))
        .contains("Kprobe[second at 0x4000 (toy)]");
    assertThat(hits).allMatch(hit -> hit.getLong("address") == BASE);
    assertThat(names(record(false, () -> machine.run(BASE)))).as("off again").isEmpty();
  }

  @Test
  void tellsARecorderWhatThereIsToRecord() {
    List<String> known =
        jdk.jfr.FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .map(EventType::getName)
            .filter(name -> name.startsWith(PREFIX))
            .toList();

    assertThat(known).contains(PREFIX + "Hit");
  }
}
