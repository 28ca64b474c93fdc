package io.github.optprobe.examples.command;

import io.github.optprobe.Refusal;
import io.github.optprobe.examples.command.ReplayResult.Objection;
import io.github.optprobe.examples.command.ReplayResult.Verdict;
import io.github.optprobe.testkit.fuzz.Replay;
import io.github.optprobe.testkit.trial.TrialResult;
import java.io.PrintWriter;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A case for people: decoders, oracles, execution. At most 100 columns wide. */
final class ReplayText {
  private static final int WIDTH = 100;

  private final PrintWriter out;

  ReplayText(PrintWriter out) {
    this.out = out;
  }

  void print(ReplayResult result) {
    line("", "%s %s".formatted(result.isa(), result.bytes()));
    out.println();
    result.answers().forEach(this::answer);
    result
        .missing()
        .forEach((name, why) -> out.println(cut("  %-10s not here: %s".formatted(name, why))));
    result.verdicts().forEach(this::verdict);
    result.whole().ifPresent(this::whole);
    out.flush();
  }

  private void answer(Replay.Answer answer) {
    String target =
        answer.target().isPresent() ? " to 0x%x".formatted(answer.target().getAsLong()) : "";
    String what =
        answer.status().isDecoded()
            ? "%d bytes %s%s".formatted(answer.length(), answer.flow(), target)
            : answer.status().toString();
    // objdump has a tab behind the mnemonic.
    String text = answer.text().replace('\t', ' ');
    String line = "  %-10s %-28s  %s".formatted(answer.decoder(), what, text);
    out.println(cut(line.stripTrailing()));
  }

  private void verdict(Verdict verdict) {
    out.println();
    line("", verdict.kind().word() + ": " + verdict.word());
    if (!verdict.notAsked().isEmpty()) {
      line("  ", verdict.notAsked());
    }
    verdict.objections().forEach(this::objection);
    if (saysMore(verdict)) {
      block(verdict.detail());
    }
  }

  /** What decoders say stands above; what they say of each length is long. */
  private static boolean saysMore(Verdict verdict) {
    return switch (verdict.kind()) {
      case DECODERS -> false;
      case BOUNDS -> !verdict.objections().isEmpty();
      case RELOCATION, EXECUTION -> true;
    };
  }

  private void objection(Objection objection) {
    line("  ", objection.finding().bin());
    objection
        .known()
        .ifPresent(entry -> line("    ", "known %s: %s".formatted(entry.date(), entry.reason())));
  }

  private void whole(TrialResult result) {
    out.println();
    line(
        "",
        "all of it as one function: " + (result.differences().isEmpty() ? "agrees" : "differs"));
    line("  ", "executed: " + new TreeMap<>(result.cases()));
    result
        .excluded()
        .forEach((why, runs) -> line("  ", "not compared: %d, %s".formatted(runs, why.reason())));
    String refused =
        result.offer().refusals().stream().map(Refusal::code).collect(Collectors.joining(", "));
    line("  ", "refused: " + (refused.isEmpty() ? "nothing" : refused));
    result.differences().forEach(each -> block("\n" + each));
  }

  private void block(String text) {
    text.lines()
        .forEach(each -> out.println(each.isBlank() ? "" : cut("  " + each.stripTrailing())));
  }

  private void line(String indent, String sentence) {
    Wrapped.lines(indent, sentence, WIDTH).forEach(out::println);
  }

  private static String cut(String text) {
    return Printable.cut(text, WIDTH);
  }
}
