/**
 * Where indirect jumps lead: a forward analysis of the values in registers over the control flow of
 * one function. Reads text and decoded instructions, writes nothing, and knows no probe: what may
 * be done with the answer is decided elsewhere.
 */
@NullMarked
package io.github.optprobe.x86.scan;

import org.jspecify.annotations.NullMarked;
