package io.github.optprobe.x86.decode;

/**
 * A number that stands in the instruction's bytes and is not a displacement of a memory operand.
 *
 * @param value the number, sign-extended when {@code signed} and zero-extended otherwise
 * @param size its width in the instruction, in bytes: 1, 2, 4 or 8
 * @param offset where it stands, in bytes from the start of the instruction
 * @param signed true when the instruction sign-extends it
 * @param relative true when it counts from the end of the instruction, as in a relative branch
 */
public record Immediate(long value, int size, int offset, boolean signed, boolean relative) {}
