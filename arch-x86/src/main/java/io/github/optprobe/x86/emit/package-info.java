/**
 * The few encodings that this module writes by itself, and the templates of detour buffers and
 * trampolines. Knows no text memory.
 */
@NullMarked
package io.github.optprobe.x86.emit;

import org.jspecify.annotations.NullMarked;
