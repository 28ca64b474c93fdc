/**
 * The poke protocol: in which order bytes are stored so that a CPU executing them sees the old
 * code, a breakpoint or the new code. The only room that writes text.
 */
@NullMarked
package io.github.optprobe.x86.patch;

import org.jspecify.annotations.NullMarked;
