package io.github.optprobe.elf;

import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.AddressRange;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import net.fornwall.jelf.ElfSymbol;

/**
 * The marks that assemblers leave where A32 code, T32 code or data begins; stripped libraries have
 * none. ELF for the Arm Architecture, 5.5.5 (Mapping symbols).
 */
final class MappingSymbols {
  private final List<AddressRange> code;
  private final NavigableMap<Long, Character> marks = new TreeMap<>();

  MappingSymbols(ElfSource source) {
    code = source.code();
    for (ElfSymbol symbol : source.symbols()) {
      String name = symbol.getName();
      if (symbol.getType() == ElfSymbol.STT_NOTYPE && name != null && isMark(name)) {
        marks.put(symbol.st_value, name.charAt(1));
      }
    }
  }

  /** One of $a, $t, $d; a full stop and anything may follow. */
  private static boolean isMark(String name) {
    return name.length() >= 2
        && name.charAt(0) == '$'
        && "atd".indexOf(name.charAt(1)) >= 0
        && (name.length() == 2 || name.charAt(2) == '.');
  }

  /** Whether the library has any. */
  boolean areThere() {
    return !marks.isEmpty();
  }

  /** The instruction set of the code at an address; empty if it is data or not known. */
  Optional<InstructionSet> setAt(long address) {
    Map.Entry<Long, Character> mark = marks.floorEntry(address);
    boolean reaches =
        mark != null
            && code.stream()
                .anyMatch(section -> section.contains(address) && section.contains(mark.getKey()));
    if (!reaches || mark.getValue() == 'd') {
      return Optional.empty();
    }
    return Optional.of(mark.getValue() == 't' ? ArmSets.T32 : ArmSets.A32);
  }
}
