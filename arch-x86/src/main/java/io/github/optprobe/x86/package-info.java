/**
 * What a user of the x86-64 architecture touches: {@link io.github.optprobe.x86.X86_64} and its
 * register numbers. Nothing here decodes, relocates or emits; the rooms below do.
 */
@NullMarked
package io.github.optprobe.x86;

import org.jspecify.annotations.NullMarked;
