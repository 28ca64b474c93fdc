package io.github.optprobe.examples.command;

import io.github.optprobe.examples.agent.Line;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Reads what an agent says, and makes failures of what it can not do. */
final class AgentAnswer {
  private static final int COLUMNS = 60;

  private final Attachment agent;
  private final List<String> candidates = new ArrayList<>();

  AgentAnswer(Attachment agent) {
    this.agent = agent;
  }

  /**
   * Hands on what it says until it has nothing more to say.
   *
   * @throws CommandFailure if it says that it can not do it
   */
  void readTo(Consumer<Line> reader) throws IOException {
    while (!agent.isAtEnd()) {
      Line line = agent.next();
      switch (line.word()) {
        case CANDIDATE -> candidates.add(line.field(0));
        case FAILED -> throw new CommandFailure(ExitCode.FOUND, Printable.of(line.field(0)));
        case NO_LIBRARY ->
            throw unknown(line.field(0), 0, line.field(0), "no library of this name is loaded");
        case NO_FUNCTION -> {
          String place = line.field(0) + "!" + line.field(1);
          throw unknown(
              place, line.field(0).length() + 1, line.field(1), "no function has this name");
        }
        default -> reader.accept(line);
      }
    }
  }

  /** Names of functions may be long: as many as a line holds, and one at least. */
  private static List<String> fitting(List<String> names) {
    int length = 0;
    int count = 0;
    while (count < names.size() && (count == 0 || length + names.get(count).length() < COLUMNS)) {
      length += names.get(count++).length();
    }
    return names.subList(0, count);
  }

  private CommandFailure unknown(String input, int from, String name, String message) {
    List<String> alike = fitting(Suggestions.of(name, candidates));
    String advice =
        alike.isEmpty()
            ? "optprobe live list says what there is"
            : "did you mean " + String.join(" or ", alike) + "?";
    return new CommandFailure(
        ExitCode.FOUND, new Caret(input, from, name.length(), message, advice).toString());
  }
}
