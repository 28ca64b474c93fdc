/**
 * Text memory and what lives on it: address ranges, slots, patch protocols as data, and the
 * byte-array text that embeds the library without any emulator or process.
 *
 * <p>Nothing here knows a probe or an instruction.
 */
@NullMarked
package io.github.optprobe.text;

import org.jspecify.annotations.NullMarked;
