package io.github.optprobe.arch;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextReader;

/**
 * What an architecture gets to prepare with.
 *
 * @param address the probed address: aligned, in the architecture's instruction set
 * @param original the text as it is without any probe
 * @param slots where slots come from. What was taken is given back by the registry if the
 *     preparation is refused
 */
public record Preparation(CodeAddress address, TextReader original, SlotAllocator slots) {}
