/**
 * The one place that touches libunicorn: finding and checking it, calling it, and what is known of
 * each instruction set as Unicorn names it.
 *
 * <p>Nothing here knows probes, functions or calling conventions of host functions; not exported.
 */
@NullMarked
package io.github.optprobe.testkit.unicorn;

import org.jspecify.annotations.NullMarked;
