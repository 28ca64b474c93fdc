package io.github.optprobe.examples.agent;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One line of what the agent says: a word and fields, with tabs between. Immutable and thread-safe.
 *
 * @param word what it is about
 * @param fields without tabs and line breaks
 */
public record Line(Word word, List<String> fields) {

  /** What lines are about. */
  public enum Word {
    /** The agent can not do it: a sentence for the user. The last line. */
    FAILED,
    /** A name that would have been right, before one of the next two. */
    CANDIDATE,
    /** No library is called so: the name. The last line. */
    NO_LIBRARY,
    /** The library has no such function: library, name. The last line. */
    NO_FUNCTION,
    /** A library: name, file, how many functions it names, how many of them it exports. */
    LIBRARY,
    /** A function: name, address, "exported" or "local". */
    FUNCTION,
    /** All probes stand. */
    READY,
    /** A function so far: its number, hits, what was not told of, tier. */
    ROW,
    /** The end of the rows of one report: milliseconds since the probes stand. */
    ROUND,
    /** A call: number of the function, ticks, thread, arguments. */
    CALL,
    /** A return: number of the function, name of the thread, value. */
    RETURNED,
    /** A line of a histogram: number of the function, text. */
    HISTOGRAM,
    /** It is over: how many probes were removed, whether the text is as before. The last line. */
    END
  }

  /** Copies the list. */
  public Line {
    fields = List.copyOf(fields);
  }

  static Line of(Word word, Object... fields) {
    return new Line(word, Stream.of(fields).map(field -> clean(field.toString())).toList());
  }

  /** Names in files may hold anything. */
  private static String clean(String field) {
    return field.replaceAll("\\p{Cntrl}", " ");
  }

  /**
   * Takes a line apart.
   *
   * @throws IllegalArgumentException if it is none of the agent's
   */
  public static Line parse(String line) {
    List<String> parts = List.of(line.split("\t", -1));
    return new Line(Word.valueOf(parts.get(0)), parts.subList(1, parts.size()));
  }

  /** A field. */
  public String field(int index) {
    return fields.get(index);
  }

  /** A field that is a number. */
  public long number(int index) {
    return Long.parseLong(fields.get(index));
  }

  /** As it is sent, without the line break. */
  @Override
  public String toString() {
    return Stream.concat(Stream.of(word.name()), fields.stream()).collect(Collectors.joining("\t"));
  }
}
