package io.github.optprobe.internal;

/** Told of each handler that a hit runs. On the hit path: it must not allocate while it is off. */
interface HitEvents {
  /** Does nothing. */
  HitEvents NONE = (probe, member) -> {};

  void hit(Aggregate probe, Member member);
}
