package io.github.optprobe.arch;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextReader;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What an architecture gets to prepare with.
 *
 * @param address the probed address: aligned, in the architecture's instruction set
 * @param original the text as it is without any probe
 * @param slots where slots come from, at multiples of 16 bytes. What was taken is given back by the
 *     registry if the preparation is refused
 * @param islands where islands come from: pieces of padding near the probed address that nothing
 *     executes, in which a jump may stand that a shorter one leads to. Handed out, given back and
 *     written like slots; when one is freed its original bytes are restored
 * @param function the scan of the function that the address is in, made when it is first asked for;
 *     gives empty if the function is not known
 * @param returnsIntoBuffers whether the user allows that a call in a window pushes a return address
 *     in the detour buffer
 */
public record Preparation(
    CodeAddress address,
    TextReader original,
    SlotAllocator slots,
    SlotAllocator islands,
    Supplier<Optional<CodeScan>> function,
    boolean returnsIntoBuffers) {

  /** Without islands, in a function that is not known, and without returns into detour buffers. */
  public Preparation(CodeAddress address, TextReader original, SlotAllocator slots) {
    this(address, original, slots, (bytes, within) -> Optional.empty(), Optional::empty, false);
  }
}
