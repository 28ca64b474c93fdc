package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;

/** Code that was written since the CPUs were synchronised. Thread-safe. */
final class StaleCode {
  private final List<Former> formers = new ArrayList<>();

  /** Notes what is about to be written to a mapping, if it is one that is executed. */
  synchronized void beforeWrite(Mapping mapping, long address, int bytes) {
    if (mapping.protection().canExecute()) {
      byte[] content = new byte[bytes];
      mapping.memory().get(mapping.offsetOf(address), content);
      formers.add(new Former(AddressRange.ofLength(address, bytes), content));
    }
  }

  /**
   * Whether the CPU may still see something else at an address than is written there now.
   *
   * @param now what is written, by offset from the address, as unsigned bytes
   * @param wanted looks at what it may see, in the same form
   */
  synchronized boolean maySee(
      long address, IntUnaryOperator now, Predicate<IntUnaryOperator> wanted) {
    return formers.stream()
        .filter(former -> former.range.contains(address))
        .anyMatch(former -> wanted.test(former.over(address, now)));
  }

  /** Makes the engine translate all of it anew. */
  synchronized void forget(AddressSpace space, Engine engine) {
    for (Former former : formers) {
      if (space.at(former.range.first()) != null) {
        engine.forgetTranslations(former.range.first(), former.range.length());
      }
    }
    formers.clear();
  }

  /** What stood somewhere before it was written over. */
  private static final class Former {
    private final AddressRange range;
    private final byte[] content;

    Former(AddressRange range, byte[] content) {
      this.range = range;
      this.content = content;
    }

    private IntUnaryOperator over(long address, IntUnaryOperator now) {
      int start = (int) (address - range.first());
      return offset ->
          start + offset < content.length
              ? Byte.toUnsignedInt(content[start + offset])
              : now.applyAsInt(offset);
    }
  }
}
