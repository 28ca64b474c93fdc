/**
 * The effect of a probed instruction, computed in Java on registers and data memory: what the
 * {@code EMULATED} tier runs instead of a copy. One immutable object per probe, made when the probe
 * is prepared; start at {@link io.github.optprobe.x86.emulate.Emulator}.
 *
 * <p>Here live the instructions that are emulated, for both machine modes, and what they share:
 * operands, flags, the stack. What may not live here: reading or writing text, slots, relocation,
 * encodings. An instruction whose effect depends on something that {@code Registers} and {@code
 * DataMemory} do not have (the bases of FS and GS, segment limits), or on which processors
 * disagree, is not emulated: it keeps its other tiers, or stays refused.
 *
 * <p>Source of all effects: Intel SDM volume 2, the Operation section of each instruction, for a
 * flat address space. Shadow stacks are not written.
 */
@NullMarked
package io.github.optprobe.x86.emulate;

import org.jspecify.annotations.NullMarked;
