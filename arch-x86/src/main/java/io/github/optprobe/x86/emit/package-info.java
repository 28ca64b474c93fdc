/**
 * The few encodings that this module writes by itself, and the template of a detour buffer. Knows
 * no text memory.
 */
@NullMarked
package io.github.optprobe.x86.emit;

import org.jspecify.annotations.NullMarked;
