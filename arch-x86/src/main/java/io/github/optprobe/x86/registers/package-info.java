/**
 * The registers that handlers see, the view on those that a detour buffer saved, and what calls and
 * returns do with them.
 */
@NullMarked
package io.github.optprobe.x86.registers;

import org.jspecify.annotations.NullMarked;
