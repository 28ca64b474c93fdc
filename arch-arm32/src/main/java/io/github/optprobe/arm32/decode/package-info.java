/**
 * The decode room: the one place that touches the native decoder (Capstone, through JNA). It holds
 * the verdicts of {@link io.github.optprobe.arm32.table} against Capstone's and makes small
 * immutable {@link io.github.optprobe.arm32.decode.Instruction}s of both.
 *
 * <p>Start at {@link io.github.optprobe.arm32.decode.ArmDecoder}. Everything named {@code
 * Capstone…} is about the native library: finding it, checking it, calling it, reading its structs.
 */
@NullMarked
package io.github.optprobe.arm32.decode;

import org.jspecify.annotations.NullMarked;
