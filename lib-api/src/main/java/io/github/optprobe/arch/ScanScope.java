package io.github.optprobe.arch;

import io.github.optprobe.text.AddressRange;
import java.util.List;

/**
 * A function to be scanned, and what is known of its surroundings. Immutable.
 *
 * @param body all of its code
 * @param entries where it may be entered besides its start
 * @param related other code that belongs to it, and that its jump tables may lead to
 */
public record ScanScope(AddressRange body, List<Long> entries, List<AddressRange> related) {

  /** Creates a scope. */
  public ScanScope {
    entries = List.copyOf(entries);
    related = List.copyOf(related);
  }
}
