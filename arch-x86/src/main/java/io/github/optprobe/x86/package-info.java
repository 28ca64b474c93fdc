/**
 * What a user of the x86 architectures touches: {@link io.github.optprobe.x86.X86_64}, {@link
 * io.github.optprobe.x86.X86_32} and their register numbers. Nothing here decodes, relocates or
 * emits; the rooms below do.
 */
@NullMarked
package io.github.optprobe.x86;

import org.jspecify.annotations.NullMarked;
