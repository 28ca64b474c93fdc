/**
 * Shared libraries as something to probe, as {@link io.github.optprobe.elf} reads them: {@link
 * io.github.optprobe.testkit.elf.ElfImage} maps one into a target, relocates it, connects its
 * {@link io.github.optprobe.testkit.elf.Imports} and tells where its functions are. {@link
 * io.github.optprobe.testkit.elf.SampleLibrary} is one that is compiled where it is needed.
 *
 * <p>Nothing here knows what an imported function does, nor any probe.
 */
@NullMarked
package io.github.optprobe.testkit.elf;

import org.jspecify.annotations.NullMarked;
