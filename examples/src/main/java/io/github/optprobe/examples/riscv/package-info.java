/**
 * A small, complete architecture module: RISC-V, RV32I and RV64I with the standard extensions M, A,
 * Zicsr and Zifencei, without compressed instructions and without floating point. It is the code of
 * the tutorial {@code docs/write-an-architecture.md}, which quotes it word for word.
 *
 * <p>Sections are those of "The RISC-V Instruction Set Manual, Volume I: Unprivileged ISA",
 * document version 20191213, and of the "RISC-V ELF psABI Specification", version 1.0.
 *
 * <p>Nothing here knows another architecture. Of the testkit, only the emulator's profile is known,
 * by the one class that brings it one.
 */
@NullMarked
package io.github.optprobe.examples.riscv;

import org.jspecify.annotations.NullMarked;
