/**
 * Writes machine code: branches, the few instructions that relocated code needs, and the part of a
 * detour buffer that saves registers and calls the gate. Knows no text memory, no decoder and no
 * relocation.
 */
@NullMarked
package io.github.optprobe.arm32.emit;

import org.jspecify.annotations.NullMarked;
