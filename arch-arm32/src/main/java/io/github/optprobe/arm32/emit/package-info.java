/**
 * The few encodings that this module writes by itself. Knows no text memory and no native decoder.
 */
@NullMarked
package io.github.optprobe.arm32.emit;

import org.jspecify.annotations.NullMarked;
