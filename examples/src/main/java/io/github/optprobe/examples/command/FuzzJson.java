package io.github.optprobe.examples.command;

import static io.github.optprobe.examples.command.JsonLines.hex;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.optprobe.testkit.fuzz.Bin;
import io.github.optprobe.testkit.fuzz.ExecutionTally;
import io.github.optprobe.testkit.fuzz.FuzzReport;
import io.github.optprobe.testkit.fuzz.KnownDisagreement;
import io.github.optprobe.testkit.fuzz.Tally;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import java.util.TreeMap;

/** A campaign as JSON lines: a {@code bin} each, a {@code stale} entry each, a {@code total}. */
final class FuzzJson implements FuzzReporter {
  private static final int VERSION = 1;
  private static final int MILLIS = 1000;

  private final JsonLines lines;

  FuzzJson(Writer out) {
    lines = new JsonLines(out, "optprobe.fuzz", VERSION);
  }

  @Override
  public void print(FuzzOutcome outcome) {
    outcome.report().tally().bins().forEach(bin -> bin(bin, outcome));
    outcome.report().stale().forEach(this::stale);
    lines.line("total", json -> total(outcome, json));
  }

  private void bin(Bin bin, FuzzOutcome outcome) {
    lines.line(
        "bin",
        json -> {
          json.writeStringField("category", bin.finding().category());
          json.writeStringField("subject", bin.finding().subject());
          json.writeStringField("shape", bin.finding().shape());
          json.writeNumberField("count", bin.count());
          json.writeNumberField("firstCase", bin.firstCase());
          json.writeStringField("original", bin.original());
          json.writeStringField("minimised", bin.minimised());
          json.writeStringField("detail", bin.detail());
          strings(json, "replay", outcome.replays(bin));
        });
  }

  private void stale(KnownDisagreement entry) {
    lines.line(
        "stale",
        json -> {
          json.writeStringField("subject", entry.subject());
          json.writeStringField("example", entry.example());
          json.writeStringField("date", entry.date().toString());
          json.writeStringField("reason", entry.reason());
        });
  }

  static void strings(JsonGenerator json, String field, Iterable<String> values)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (String each : values) {
      json.writeString(each);
    }
    json.writeEndArray();
  }

  private static void total(FuzzOutcome outcome, JsonGenerator json) throws IOException {
    FuzzReport report = outcome.report();
    Tally tally = report.tally();
    json.writeStringField("isa", report.instructionSet());
    json.writeStringField("generator", report.generator());
    strings(json, "oracles", report.oracles());
    strings(json, "decoders", outcome.order().campaign().decoders());
    json.writeStringField("seed", hex(report.seed()));
    json.writeStringField("shard", report.shard().toString());
    json.writeNumberField("cases", tally.cases());
    json.writeNumberField("findings", tally.findings());
    json.writeNumberField("unknown", tally.unknown());
    json.writeNumberField("bins", tally.bins().size());
    json.writeNumberField("unbinned", tally.unbinned());
    json.writeNumberField("known", report.known().size());
    json.writeNumberField("stale", report.stale().size());
    json.writeBooleanField("complete", report.complete());
    json.writeNumberField("millis", (long) (report.seconds() * MILLIS));
    json.writeNumberField("casesPerSecond", (long) report.casesPerSecond());
    if (outcome.executed().isPresent()) {
      executed(outcome.executed().get(), json);
    }
    json.writeNumberField("exitCode", outcome.exitCode().number());
  }

  private static void executed(ExecutionTally executed, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("executed");
    json.writeNumberField("compared", executed.compared());
    json.writeNumberField("instructions", executed.subjects());
    json.writeNumberField("notProbed", executed.notProbed());
    json.writeNumberField("noCode", executed.inputsThatAreNoCode());
    counts(json, "cases", executed.cases());
    counts(json, "notCompared", executed.excluded());
    counts(json, "refused", executed.refused());
    json.writeEndObject();
  }

  static <K extends Comparable<K>> void counts(
      JsonGenerator json, String field, Map<K, ? extends Number> counts) throws IOException {
    json.writeObjectFieldStart(field);
    for (Map.Entry<K, ? extends Number> each : new TreeMap<>(counts).entrySet()) {
      json.writeNumberField(each.getKey().toString(), each.getValue().longValue());
    }
    json.writeEndObject();
  }
}
