/**
 * Benchmarks: by JMH what the library does before a probe is hit and in a hit, each class with its
 * baseline, measured in the same run; as programs of their own what many probes cost, and what hits
 * cost in this very process. No figure here is asserted anywhere.
 */
@NullMarked
package io.github.optprobe.benchmarks;

import org.jspecify.annotations.NullMarked;
