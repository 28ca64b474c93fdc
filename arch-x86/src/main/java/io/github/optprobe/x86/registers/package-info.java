/** The registers that handlers see, and the view on those that a detour buffer saved. */
@NullMarked
package io.github.optprobe.x86.registers;

import org.jspecify.annotations.NullMarked;
