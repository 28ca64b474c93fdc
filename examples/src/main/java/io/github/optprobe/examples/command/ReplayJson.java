package io.github.optprobe.examples.command;

import static io.github.optprobe.examples.command.JsonLines.hex;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.optprobe.Refusal;
import io.github.optprobe.examples.command.ReplayResult.Objection;
import io.github.optprobe.examples.command.ReplayResult.Verdict;
import io.github.optprobe.testkit.fuzz.Replay;
import io.github.optprobe.testkit.trial.TrialResult;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;

/** A case as one JSON line. */
final class ReplayJson {
  private static final int VERSION = 1;

  private final JsonLines lines;

  ReplayJson(Writer out) {
    lines = new JsonLines(out, "optprobe.replay", VERSION);
  }

  void print(ReplayResult result) {
    lines.line("replay", json -> write(result, json));
  }

  private static void write(ReplayResult result, JsonGenerator json) throws IOException {
    json.writeStringField("isa", result.isa());
    json.writeStringField("bytes", result.bytes());
    json.writeStringField("seed", hex(result.seed()));
    json.writeArrayFieldStart("decoders");
    for (Replay.Answer each : result.answers()) {
      answer(each, json);
    }
    json.writeEndArray();
    json.writeObjectFieldStart("missing");
    for (Map.Entry<String, String> each : result.missing().entrySet()) {
      json.writeStringField(each.getKey(), each.getValue());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("oracles");
    for (Verdict each : result.verdicts()) {
      verdict(each, json);
    }
    json.writeEndArray();
    if (result.whole().isPresent()) {
      whole(result.whole().get(), json);
    }
    json.writeNumberField("exitCode", result.exitCode().number());
  }

  private static void answer(Replay.Answer answer, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("decoder", answer.decoder());
    json.writeStringField("status", answer.status().name());
    json.writeNumberField("length", answer.length());
    json.writeStringField("flow", answer.flow());
    if (answer.target().isPresent()) {
      json.writeStringField("target", hex(answer.target().getAsLong()));
    }
    json.writeStringField("text", answer.text());
    json.writeEndObject();
  }

  private static void verdict(Verdict verdict, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("oracle", verdict.kind().word());
    json.writeStringField("verdict", verdict.word());
    if (!verdict.notAsked().isEmpty()) {
      json.writeStringField("notAsked", verdict.notAsked());
    }
    json.writeArrayFieldStart("findings");
    for (Objection each : verdict.objections()) {
      objection(each, json);
    }
    json.writeEndArray();
    json.writeStringField("detail", verdict.detail());
    json.writeEndObject();
  }

  private static void objection(Objection objection, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("category", objection.finding().category());
    json.writeStringField("subject", objection.finding().subject());
    json.writeStringField("shape", objection.finding().shape());
    if (objection.known().isPresent()) {
      json.writeStringField("known", objection.known().get().reason());
    }
    json.writeEndObject();
  }

  private static void whole(TrialResult result, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("whole");
    json.writeNumberField("compared", result.compared());
    FuzzJson.counts(json, "cases", result.cases());
    FuzzJson.counts(json, "notCompared", result.excluded());
    FuzzJson.strings(
        json, "refused", result.offer().refusals().stream().map(Refusal::code).toList());
    FuzzJson.strings(
        json, "differences", result.differences().stream().map(Object::toString).toList());
    json.writeEndObject();
  }
}
