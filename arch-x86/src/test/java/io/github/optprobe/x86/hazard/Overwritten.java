package io.github.optprobe.x86.hazard;

import io.github.optprobe.Explanation.Patch;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;

/**
 * What an accepted jump overwrites of a library, by addresses in the file.
 *
 * @param jump the bytes of the jump itself
 * @param islands other bytes of the text that it needs
 */
record Overwritten(AddressRange jump, List<AddressRange> islands) {

  static Overwritten by(List<Patch> patches, long address, long base, AddressRange text) {
    List<AddressRange> islands = new ArrayList<>();
    AddressRange jump = null;
    for (Patch patch : patches) {
      long bytes = patch.after().split(" ", -1).length;
      AddressRange range = AddressRange.ofLength(patch.address() - base, bytes);
      if (patch.address() == address) {
        jump = range;
      } else if (text.contains(patch.address())) {
        islands.add(range);
      }
    }
    if (jump == null) {
      throw new IllegalStateException("no jump among " + patches);
    }
    return new Overwritten(jump, islands);
  }
}
