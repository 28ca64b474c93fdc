/**
 * The order in which breakpoints, jumps and the original instructions are written into the text.
 * Knows nothing of what they are.
 */
@NullMarked
package io.github.optprobe.arm32.patch;

import org.jspecify.annotations.NullMarked;
