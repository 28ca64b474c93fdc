/**
 * What a user of the library touches: {@link io.github.optprobe.Kprobe} says what to probe, {@link
 * io.github.optprobe.Kprobes} is the registry, {@link io.github.optprobe.ProbeHandle} stands for
 * one registered kprobe, {@link io.github.optprobe.Cpu} is where a target reports its traps, and
 * {@link io.github.optprobe.Refusal} says why something was not done.
 *
 * <p>Nothing here knows an instruction; nothing here writes text.
 */
@NullMarked
package io.github.optprobe;

import org.jspecify.annotations.NullMarked;
