package io.github.optprobe.elf;

import java.util.ArrayList;
import java.util.List;
import net.fornwall.jelf.ElfDynamicSection;
import net.fornwall.jelf.ElfDynamicSection.ElfDynamicStructure;
import net.fornwall.jelf.ElfException;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSection;
import net.fornwall.jelf.ElfSectionHeader;
import net.fornwall.jelf.ElfStringTable;
import org.jspecify.annotations.Nullable;

/**
 * The names in the table that a dynamic linker reads first. System V ABI, Generic, 5 (Dynamic
 * Section).
 */
final class DynamicTable {
  private final String name;
  private final ElfFile file;

  /**
   * Looks at nothing yet.
   *
   * @param name of the file, for messages
   */
  DynamicTable(String name, ElfFile file) {
    this.name = name;
    this.file = file;
  }

  /** The libraries that are to be loaded too, in the order of the file. */
  List<String> needed() {
    return names(ElfDynamicSection.DT_NEEDED);
  }

  /** The names by which others ask for this library: none, or one. */
  List<String> sonames() {
    return names(ElfDynamicSection.DT_SONAME);
  }

  private List<String> names(int tag) {
    try {
      return readNames(tag);
    } catch (ElfException | IndexOutOfBoundsException | ArithmeticException outside) {
      throw broken(outside);
    }
  }

  private List<String> readNames(int tag) {
    List<String> names = new ArrayList<>();
    for (ElfSection section : file.sectionsOfType(ElfSectionHeader.SHT_DYNAMIC)) {
      ElfStringTable strings = stringsOf(section);
      for (ElfDynamicStructure entry : ((ElfDynamicSection) section).entries) {
        if (entry.d_tag == tag) {
          names.add(strings.get(Math.toIntExact(entry.d_val_or_ptr)));
        }
      }
    }
    return names;
  }

  /** The strings of the section that a section names; jelf's own look-up goes by a name. */
  private ElfStringTable stringsOf(ElfSection section) {
    if (file.getSection(section.header.sh_link) instanceof ElfStringTable strings) {
      return strings;
    }
    throw broken(null);
  }

  private ElfImageException broken(@Nullable Throwable cause) {
    return new ElfImageException(
        name, "is broken: names of its dynamic section are missing", cause);
  }
}
