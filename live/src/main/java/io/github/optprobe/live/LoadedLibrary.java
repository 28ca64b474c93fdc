package io.github.optprobe.live;

import io.github.optprobe.CodeMap;
import io.github.optprobe.SymbolResolver.Symbol;
import io.github.optprobe.elf.ElfFunction;
import io.github.optprobe.elf.ElfLibrary;
import io.github.optprobe.elf.FunctionTable;
import io.github.optprobe.live.memory.Mapping;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.x86.X86_64;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A library, or the program itself, that is loaded into this process. Its file is read when it is
 * first asked for anything but its name. Thread-safe.
 */
public final class LoadedLibrary {
  private static final int PAGE = 4096;

  private final Path file;
  private final List<Mapping> mappings;
  private final X86_64 architecture;
  private @Nullable ElfLibrary elf;
  private @Nullable CodeMap codeMap;
  private boolean forbidden;
  private @Nullable ByteArrayText text;
  private @Nullable Map<String, SortedSet<Long>> symbols;
  private @Nullable Set<String> exported;
  private @Nullable FunctionTable table;
  private @Nullable Set<Long> exportedEntries;

  LoadedLibrary(Path file, List<Mapping> mappings, X86_64 architecture) {
    this.file = file;
    this.mappings = List.copyOf(mappings);
    this.architecture = architecture;
  }

  /** The file it was loaded from. */
  public Path file() {
    return file;
  }

  /** The name of its file, without folders. */
  public String name() {
    return String.valueOf(file.getFileName());
  }

  /**
   * The name that programs ask for when they are linked with it; that of the file if it has none.
   */
  public String soname() {
    return elf().soname().orElse(name());
  }

  /** Where its code is mapped. */
  public List<AddressRange> code() {
    return mappings.stream().filter(Mapping::executable).map(Mapping::range).toList();
  }

  /** The address at which its file's address 0 lies. */
  public synchronized long base() {
    if (!elf().isMovable()) {
      return 0;
    }
    Mapping first = mappings.get(0);
    return elf().segments().stream()
        .filter(segment -> (segment.fileOffset() & -PAGE) == first.offset())
        .findFirst()
        .map(segment -> first.range().first() - (segment.address() & -PAGE))
        .orElse(first.range().first() - first.offset());
  }

  /** Whether an address is in one of its mappings. */
  boolean contains(long address) {
    return mappings.stream().anyMatch(mapping -> mapping.range().contains(address));
  }

  boolean isStillAt(List<Mapping> now) {
    return mappings.equals(now);
  }

  /** Its code and constants as they are in the file. */
  private synchronized ByteArrayText text() {
    if (text == null) {
      text = elf().text(base());
    }
    return text;
  }

  /** No probe may stand in it: its code need not be known. */
  synchronized void forbid() {
    forbidden = true;
  }

  /** Its functions, with all places where they may be entered. */
  synchronized CodeMap codeMap() {
    if (forbidden) {
      return CodeMap.empty();
    }
    if (codeMap == null) {
      codeMap = elf().codeMap(base(), architecture, text());
    }
    return codeMap;
  }

  /** All names of functions and where these are: those that are exported, and local ones. */
  public synchronized Map<String, SortedSet<Long>> functions() {
    if (symbols == null) {
      symbols = elf().symbols(base());
    }
    return symbols;
  }

  /** The names of functions that it exports. */
  public synchronized Set<String> exported() {
    if (exported == null) {
      exported = elf().exported();
    }
    return exported;
  }

  /** What a symbol tells of a function's extent, without a look at its code. */
  Optional<AddressRange> body(String name) {
    return table().function(name).map(ElfFunction::body);
  }

  private synchronized FunctionTable table() {
    if (table == null) {
      table = elf().functionTable(base());
    }
    return table;
  }

  /** Whether an {@code endbr64} is at the start of a function. */
  boolean hasLandingMark(long address) {
    return architecture.landingMarkBytes(text(), X86_64.at(address)) > 0;
  }

  /** Whether a function that it exports begins at an address. */
  synchronized boolean isExportedEntry(long address) {
    if (exportedEntries == null) {
      Set<Long> entries = new HashSet<>();
      Set<String> names = exported();
      functions()
          .forEach(
              (name, places) -> {
                if (names.contains(name)) {
                  entries.addAll(places);
                }
              });
      exportedEntries = entries;
    }
    return exportedEntries.contains(address);
  }

  /** The names of the libraries that it is linked with. */
  public List<String> needed() {
    return elf().needed();
  }

  /** Whether it is the name of its file, or the whole path. */
  boolean isFile(String module) {
    return module.equals(name()) || module.equals(file.toString());
  }

  List<Symbol> find(String module, String name) {
    List<Symbol> found = new ArrayList<>();
    for (long address : functions().getOrDefault(name, java.util.Collections.emptySortedSet())) {
      long size =
          body(name).filter(body -> body.first() == address).map(AddressRange::length).orElse(0L);
      found.add(new Symbol(module, name, X86_64.at(address), size));
    }
    return found;
  }

  private synchronized ElfLibrary elf() {
    if (elf == null) {
      elf = ElfLibrary.read(file);
    }
    return elf;
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
