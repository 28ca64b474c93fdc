/**
 * JMH benchmarks of what the library does before any probe is hit. Each class names its baseline,
 * measured in the same run; no figure here is asserted anywhere.
 */
@NullMarked
package io.github.optprobe.benchmarks;

import org.jspecify.annotations.NullMarked;
