/**
 * A target that runs on an emulator: {@link io.github.optprobe.testkit.emulator.EmulatedTarget} has
 * text, data and one CPU, calls functions in it, and reports breakpoints, steps and gate calls to
 * an {@link io.github.optprobe.Cpu}.
 *
 * <p>Nothing here knows an architecture module, a probe or a file format.
 */
@NullMarked
package io.github.optprobe.testkit.emulator;

import org.jspecify.annotations.NullMarked;
