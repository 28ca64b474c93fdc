package io.github.optprobe.examples.agent;

import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/**
 * What is asked of the agent. Immutable and thread-safe.
 *
 * @param kind what to do
 * @param places functions, each as {@code LIBRARY!SYMBOL}; for a list the library, or nothing for
 *     all
 * @param arguments how many integer arguments of each call to record, 0 to 6
 * @param returns whether to tell what calls return
 * @param histogram the register to make histograms of; empty for none
 * @param intervalMillis between two reports, positive
 * @param durationMillis when to stop without being told; 0 for never
 */
public record TraceRequest(
    Kind kind,
    List<String> places,
    int arguments,
    boolean returns,
    String histogram,
    int intervalMillis,
    long durationMillis) {

  /** What the agent can do. */
  public enum Kind {
    /** Name libraries, or the functions of one. */
    LIST,
    /** Probe functions and report hits. */
    TRACE
  }

  /** Copies the list. */
  public TraceRequest {
    places = List.copyOf(places);
  }

  /** A request to name the functions of a library; of an empty name, the libraries. */
  public static TraceRequest list(String library) {
    return new TraceRequest(Kind.LIST, List.of(library), 0, false, "", 1, 0);
  }

  /** Writes it down. */
  public void store(Properties into) {
    into.setProperty("kind", kind.name());
    into.setProperty("places", String.join("\n", places));
    into.setProperty("arguments", Integer.toString(arguments));
    into.setProperty("returns", Boolean.toString(returns));
    into.setProperty("histogram", histogram);
    into.setProperty("interval", Integer.toString(intervalMillis));
    into.setProperty("duration", Long.toString(durationMillis));
  }

  /** Reads what {@link #store} has written. */
  static TraceRequest of(Properties from) {
    return new TraceRequest(
        Kind.valueOf(from.getProperty("kind")),
        Arrays.asList(from.getProperty("places").split("\n", -1)),
        Integer.parseInt(from.getProperty("arguments")),
        Boolean.parseBoolean(from.getProperty("returns")),
        from.getProperty("histogram"),
        Integer.parseInt(from.getProperty("interval")),
        Long.parseLong(from.getProperty("duration")));
  }
}
