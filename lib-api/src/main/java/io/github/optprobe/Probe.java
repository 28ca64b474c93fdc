package io.github.optprobe;

/**
 * What a user asks for: a {@link Kprobe} on an instruction or a {@link Kretprobe} on the calls of a
 * function. Immutable descriptions: each may be registered any number of times.
 */
public sealed interface Probe permits Kprobe, Kretprobe {

  /** Where it is wanted. */
  ProbePlace place();

  /** A name for people, empty if none was given. */
  String label();

  /** Whether it is registered without being armed. */
  boolean startDisabled();

  /** The highest tier that it permits. */
  Tier ceiling();
}
