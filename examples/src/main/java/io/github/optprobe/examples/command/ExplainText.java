package io.github.optprobe.examples.command;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Explanation;
import io.github.optprobe.Explanation.Patch;
import io.github.optprobe.Explanation.Verdict;
import io.github.optprobe.ProbePicture;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/** An answer for people, at most 100 columns wide: the verdict first. */
final class ExplainText {
  private static final int WIDTH = 100;
  private static final String INDENT = "  ";
  private static final String DEEPER = "                 ";

  private final PrintWriter out;
  private final boolean verbose;

  /**
   * Creates it.
   *
   * @param verbose whether all of a detour buffer is shown
   */
  ExplainText(PrintWriter out, boolean verbose) {
    this.out = out;
    this.verbose = verbose;
  }

  void print(Question question, Question.Answer answer) {
    out.println(Printable.cut(verdict(answer.explanation()) + ": " + place(question), WIDTH));
    if (answer.stands() != question.address().value()) {
      out.printf(
          "  The instructions at 0x%x have to stay; the probe stands at 0x%x.%n",
          question.address().value(), answer.stands());
    }
    out.println();
    out.print(answer.listing());
    out.println();
    tiers(answer.explanation());
    answer.picture().ifPresent(this::picture);
    out.flush();
  }

  private static String verdict(Explanation explanation) {
    if (!explanation.isProbeable()) {
      return "REFUSED";
    }
    boolean jump = explanation.verdict(Tier.OPTIMIZED).isAccepted();
    return jump ? "PROBED BY A JUMP" : "PROBED BY A BREAKPOINT";
  }

  private static String place(Question question) {
    long address = question.address().value();
    Optional<CodeMap.Function> function = question.function();
    String name =
        function
            .map(each -> "%s+0x%x, ".formatted(each.name(), address - each.body().first()))
            .orElse("");
    return "%s%s in %s".formatted(name, question.address(), question.source());
  }

  private void tiers(Explanation explanation) {
    Optional<Refusal> first = explanation.verdicts().get(0).refusal();
    boolean same = explanation.verdicts().stream().allMatch(v -> v.refusal().equals(first));
    if (first.isPresent() && same) {
      refusal(INDENT + "every tier     ", first.get());
    } else {
      explanation.verdicts().forEach(this::tier);
    }
  }

  private void tier(Verdict verdict) {
    String title = "%s%-15s".formatted(INDENT, verdict.tier());
    if (verdict.refusal().orElse(null) instanceof Refusal.TierNotOffered notOffered) {
      // Not the user's doing, and nothing to be done about it.
      out.println(title + "no: " + notOffered.code());
    } else if (verdict.refusal().isPresent()) {
      refusal(title, verdict.refusal().get());
      verdict
          .attempts()
          .forEach(each -> wrapped("not as %s: %s".formatted(each.form(), each.refusal().code())));
    } else {
      String form = verdict.form().map(each -> ", as " + each).orElse("");
      out.println(title + "yes" + form);
      verdict.patches().forEach(this::patch);
    }
  }

  private void refusal(String title, Refusal refusal) {
    out.println(title + "no: " + refusal.code());
    wrapped(refusal.rule());
    wrapped("at " + refusal.culprit());
    wrapped(refusal.advice());
  }

  private void patch(Patch patch) {
    wrapped(patch.toString());
  }

  private void wrapped(String sentence) {
    List<String> lines = Wrapped.lines(DEEPER, sentence, WIDTH);
    lines.forEach(out::println);
  }

  private void picture(ProbePicture picture) {
    out.println();
    out.print(verbose ? picture.toString() : picture.brief());
  }
}
