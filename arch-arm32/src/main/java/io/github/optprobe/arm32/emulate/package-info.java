/**
 * The effect of a probed instruction, computed in Java on registers and data memory: what the
 * {@code EMULATED} tier runs instead of a copy. One immutable object per probe, made when the probe
 * is prepared; start at {@link io.github.optprobe.arm32.emulate.Emulator}.
 *
 * <p>Here live the instructions that are emulated, of A32 and of T32, and what they share:
 * operands, shifts, ways to address memory. What may not live here: reading or writing text, slots,
 * relocation, encodings that are written. What needs the vector registers, which {@code Registers}
 * do not have, is not emulated.
 *
 * <p>Source of all effects: Arm Architecture Reference Manual, ARMv7-A and ARMv7-R edition, the
 * Operation section of each instruction in A8.8 and its helpers in A2.3.1 and A2.2.1, for a
 * little-endian CPU of version 7 in user mode. Where the manual calls something unpredictable that
 * depends on values (a branch to A32 code at an address that is no multiple of 4), the address is
 * aligned down. Loads and stores need no alignment: not those of single words and halfwords, as
 * with SCTLR.A = 0, nor those of several words (LDM, STM, LDRD, STRD), of which the CPU would
 * report an alignment fault (A3.2.1) that the common systems mend in software, with this very
 * effect.
 */
@NullMarked
package io.github.optprobe.arm32.emulate;

import org.jspecify.annotations.NullMarked;
