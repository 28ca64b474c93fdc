/**
 * The registers of 32-bit ARM as handlers and emulation see them: their numbers, those that a
 * detour buffer has saved, the state in the program status register that is not a flag, and how
 * functions return. No decoding, no code.
 */
@NullMarked
package io.github.optprobe.arm32.registers;

import org.jspecify.annotations.NullMarked;
