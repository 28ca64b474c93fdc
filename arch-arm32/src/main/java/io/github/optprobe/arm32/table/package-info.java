/**
 * The decode tables of A32 and T32, as data: which words are instructions, what each does with its
 * registers, the flags and the stack, and how it is to be treated.
 *
 * <p>Start at {@link io.github.optprobe.arm32.table.DecodeTable}. Knows no text memory and no
 * native decoder: it judges numbers. Everything that a table does not list is refused.
 */
@NullMarked
package io.github.optprobe.arm32.table;

import org.jspecify.annotations.NullMarked;
