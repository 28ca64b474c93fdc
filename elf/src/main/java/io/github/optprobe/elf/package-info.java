/**
 * Reads ELF files: {@link io.github.optprobe.elf.ElfLibrary} tells the functions of a shared
 * library or a program, by its symbols, its unwind information and the branches in its code, its
 * bytes as text, and what a loader needs: segments, relocations, dynamic symbols.
 *
 * <p>Nothing here knows a target, a probe, or how a library is mapped; and nothing outside sees the
 * library that parses the files.
 */
@NullMarked
package io.github.optprobe.elf;

import org.jspecify.annotations.NullMarked;
