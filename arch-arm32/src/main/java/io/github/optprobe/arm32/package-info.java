/** The 32-bit ARM architectures, A32 and T32 (Thumb). */
@NullMarked
package io.github.optprobe.arm32;

import org.jspecify.annotations.NullMarked;
