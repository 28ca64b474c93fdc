package io.github.optprobe.testkit.protocol;

import io.github.optprobe.text.TextMemory;
import java.util.OptionalLong;

/** A patch protocol on its own, written by hand: what {@link ProtocolCheck#check} judges. */
@FunctionalInterface
public interface PatchProtocol {

  /**
   * Patches. May store, synchronise the CPUs and ask for quiescence, all through the text; called
   * many times, each time with the text as it was at first.
   *
   * @throws io.github.optprobe.text.TextException if it gives up, because a CPU stands in the way;
   *     what it has done so far is judged
   */
  void patch(TextMemory text);

  /**
   * Where a CPU goes on that trapped on a breakpoint at an address. Asked at any moment of the
   * patch. As it is, it waits: it executes what is at the address by then.
   *
   * @return an address in the code, or elsewhere: from there it comes back behind the patched
   *     bytes; empty if nobody answers that trap
   */
  default OptionalLong trapped(long address) {
    return OptionalLong.of(address);
  }
}
