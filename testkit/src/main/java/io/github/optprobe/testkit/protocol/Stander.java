package io.github.optprobe.testkit.protocol;

import io.github.optprobe.text.AddressRange;
import java.util.function.Predicate;

/**
 * A thread that was preempted at one place: it is found there so many times, and nowhere
 * afterwards. A patcher that asks is answered by it.
 */
final class Stander {
  private final AddressRange place;
  private final String name;
  private int looks;

  private Stander(AddressRange place, int looks, String name) {
    this.place = place;
    this.looks = looks;
    this.name = name;
  }

  /** Nobody stands anywhere. */
  static Stander nobody(String name) {
    return new Stander(AddressRange.ALL, 0, name);
  }

  /**
   * Somebody stands at a place.
   *
   * @param looks how many times it is found there
   */
  static Stander at(long address, int looks, String name) {
    return new Stander(AddressRange.ofLength(address, 1), looks, name);
  }

  String name() {
    return name;
  }

  /** Looks once where it is; says of any range whether it is not there. */
  Predicate<AddressRange> look() {
    boolean there = looks > 0;
    looks -= there ? 1 : 0;
    return range -> !there || !range.overlaps(place);
  }
}
