package io.github.optprobe.examples.command;

import static io.github.optprobe.examples.command.JsonLines.hex;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Culprit;
import io.github.optprobe.Explanation.Attempt;
import io.github.optprobe.Explanation.Patch;
import io.github.optprobe.Explanation.Verdict;
import io.github.optprobe.Refusal;
import io.github.optprobe.arch.JumpForm;
import java.io.IOException;
import java.io.Writer;
import java.util.Optional;

/** An answer as one JSON object. */
final class ExplainJson {
  private static final int VERSION = 1;

  private final Writer out;

  ExplainJson(Writer out) {
    this.out = out;
  }

  void print(Question question, Question.Answer answer) {
    try (JsonLines lines = new JsonLines(out, "optprobe.explain", VERSION)) {
      lines.line("explanation", json -> write(question, answer, json));
    }
  }

  private static void write(Question question, Question.Answer answer, JsonGenerator json)
      throws IOException {
    json.writeStringField("source", question.source());
    json.writeStringField("isa", question.address().instructionSet().name());
    json.writeStringField("address", hex(question.address().value()));
    json.writeStringField("stands", hex(answer.stands()));
    Optional<CodeMap.Function> function = question.function();
    if (function.isPresent()) {
      json.writeStringField("function", function.get().name());
      long offset = question.address().value() - function.get().body().first();
      json.writeNumberField("offset", offset);
    }
    json.writeBooleanField("probeable", answer.explanation().isProbeable());
    json.writeObjectFieldStart("instruction");
    culprit(answer.explanation().instruction(), json);
    json.writeEndObject();
    json.writeArrayFieldStart("tiers");
    for (Verdict verdict : answer.explanation().verdicts()) {
      tier(verdict, json);
    }
    json.writeEndArray();
    listing(answer.listing(), json);
    if (answer.picture().isPresent()) {
      json.writeStringField("picture", answer.picture().get().toString());
    }
  }

  private static void tier(Verdict verdict, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("tier", verdict.tier().name());
    json.writeBooleanField("accepted", verdict.isAccepted());
    if (verdict.form().isPresent()) {
      form(verdict.form().get(), json);
    }
    json.writeArrayFieldStart("patches");
    for (Patch patch : verdict.patches()) {
      json.writeStartObject();
      json.writeStringField("address", hex(patch.address()));
      json.writeStringField("before", patch.before());
      json.writeStringField("after", patch.after());
      json.writeEndObject();
    }
    json.writeEndArray();
    if (verdict.refusal().isPresent()) {
      refusal(verdict.refusal().get(), json);
    }
    json.writeArrayFieldStart("attempts");
    for (Attempt attempt : verdict.attempts()) {
      json.writeStartObject();
      form(attempt.form(), json);
      refusal(attempt.refusal(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void form(JumpForm form, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("form");
    json.writeStringField("name", form.name());
    json.writeNumberField("bytes", form.bytes());
    json.writeStringField("reach", form.reach());
    json.writeEndObject();
  }

  private static void refusal(Refusal refusal, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("refusal");
    json.writeStringField("code", refusal.code());
    json.writeStringField("rule", refusal.rule());
    json.writeStringField("advice", refusal.advice());
    culprit(refusal.culprit(), json);
    json.writeEndObject();
  }

  private static void culprit(Culprit culprit, JsonGenerator json) throws IOException {
    json.writeStringField("address", hex(culprit.address().value()));
    json.writeStringField("bytes", culprit.bytes());
    json.writeStringField("text", culprit.disassembly());
  }

  private static void listing(Listing listing, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("listing");
    for (Listing.Line line : listing.lines()) {
      json.writeStartObject();
      json.writeStringField("mark", line.mark().word());
      json.writeStringField("address", hex(line.instruction().address()));
      json.writeStringField("bytes", line.instruction().bytes());
      json.writeStringField("text", line.instruction().text());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
