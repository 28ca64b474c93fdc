/**
 * Fuzzing of decoders, and of what is built on them: generators make cases, oracles judge them, a
 * campaign runs many of them in shards that can be stopped and continued, and what is found is
 * binned, each bin with one example, made small.
 *
 * <p>Start at {@link io.github.optprobe.testkit.fuzz.FuzzRun}. No instruction set is known here but
 * by the generators of plausible instructions; what decodes them comes from the decode room.
 */
@NullMarked
package io.github.optprobe.testkit.fuzz;

import org.jspecify.annotations.NullMarked;
