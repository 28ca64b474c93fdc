/**
 * The decode room: the one place that touches the native decoder (Zydis, through JNA), turning its
 * output into small immutable {@link io.github.optprobe.x86.decode.Instruction}s.
 *
 * <p>Start at {@link io.github.optprobe.x86.decode.X86Decoder}. Everything named {@code Zydis…} is
 * about the native library: finding it, checking it, calling it, reading its structs.
 */
@NullMarked
package io.github.optprobe.x86.decode;

import org.jspecify.annotations.NullMarked;
