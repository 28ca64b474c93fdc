/**
 * How each kind of instruction is written at another address so that it means the same there. Does
 * not judge whether it may be moved.
 */
@NullMarked
package io.github.optprobe.arm32.relocate;

import org.jspecify.annotations.NullMarked;
