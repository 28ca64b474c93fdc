package io.github.optprobe.examples.command;

import static io.github.optprobe.examples.command.JsonLines.hex;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.optprobe.examples.command.SweepResult.Difference;
import io.github.optprobe.examples.command.SweepResult.Example;
import io.github.optprobe.examples.command.SweepResult.Failed;
import io.github.optprobe.examples.command.SweepResult.FunctionResult;
import io.github.optprobe.examples.command.SweepResult.Swept;
import io.github.optprobe.examples.command.Tally.Count;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Map;

/**
 * A sweep as JSON lines: a {@code function} each, a {@code file} or {@code failed} behind the
 * functions of each file, an {@code example} for each reason, a {@code total} in the end.
 */
final class SweepJson implements SweepReport {
  private static final int VERSION = 1;

  private final JsonLines lines;

  SweepJson(Writer out) {
    lines = new JsonLines(out, "optprobe.sweep", VERSION);
  }

  @Override
  public void file(SweepResult result) {
    if (result instanceof Failed failed) {
      lines.line(
          "failed",
          json -> {
            json.writeStringField("file", failed.path().toString());
            json.writeStringField("reason", failed.reason());
          });
    } else if (result instanceof Swept swept) {
      swept.functions().forEach(each -> function(swept.path(), each));
      swept.differences().forEach(this::difference);
      lines.line("file", json -> file(swept, json));
    }
  }

  private void function(Path path, FunctionResult function) {
    lines.line(
        "function",
        json -> {
          json.writeStringField("file", path.toString());
          json.writeStringField("function", function.name());
          json.writeStringField("isa", function.set());
          json.writeStringField("address", hex(function.address()));
          json.writeNumberField("bytes", function.bytes());
          tally(function.tally(), json);
        });
  }

  private static void file(Swept swept, JsonGenerator json) throws IOException {
    json.writeStringField("file", swept.path().toString());
    json.writeNumberField("functions", swept.functions().size());
    tally(swept.total(), json);
    json.writeObjectFieldStart("isas");
    for (Map.Entry<String, Tally> set : swept.sets().entrySet()) {
      json.writeObjectFieldStart(set.getKey());
      tally(set.getValue(), json);
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private void example(Example example) {
    lines.line(
        "example",
        json -> {
          json.writeStringField("kind", example.kind().field());
          json.writeStringField("code", example.code());
          json.writeStringField("file", example.path().toString());
          json.writeStringField("function", example.function());
          json.writeStringField("isa", example.set());
          json.writeStringField("address", hex(example.address()));
          json.writeNumberField("offset", example.offset());
          json.writeStringField("rule", example.rule());
          json.writeStringField("advice", example.advice());
          json.writeStringField("picture", example.picture());
        });
  }

  private void difference(Difference difference) {
    lines.line(
        "difference",
        json -> {
          json.writeStringField("file", difference.path().toString());
          json.writeStringField("function", difference.function());
          json.writeStringField("isa", difference.set());
          json.writeStringField("address", hex(difference.address()));
          json.writeNumberField("offset", difference.offset());
          json.writeStringField("detail", difference.detail());
        });
  }

  private static void tally(Tally tally, JsonGenerator json) throws IOException {
    for (Count count : Count.values()) {
      json.writeNumberField(count.field(), tally.get(count));
    }
    map("refusedBy", tally.refused(), json);
    map("notOptimizedBy", tally.notOptimized(), json);
    map("notExecutedBy", tally.notExecuted(), json);
  }

  private static void map(String field, Map<String, Long> counts, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart(field);
    for (Map.Entry<String, Long> each : counts.entrySet()) {
      json.writeNumberField(each.getKey(), each.getValue());
    }
    json.writeEndObject();
  }

  @Override
  public void end(SweepTotals totals) {
    totals.examples().forEach(this::example);
    lines.line(
        "total",
        json -> {
          json.writeNumberField("files", totals.swept());
          json.writeNumberField("failed", totals.failed());
          json.writeNumberField("leftOut", totals.leftOut());
          json.writeNumberField("functions", totals.functions());
          json.writeBooleanField("executionAsked", totals.executes());
          tally(totals.tally(), json);
          json.writeNumberField("exitCode", totals.exitCode().number());
        });
  }

  @Override
  public void close() {
    lines.close();
  }
}
