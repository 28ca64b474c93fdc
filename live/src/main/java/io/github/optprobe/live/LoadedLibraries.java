package io.github.optprobe.live;

import io.github.optprobe.CodeMap;
import io.github.optprobe.SymbolResolver;
import io.github.optprobe.elf.ElfImageException;
import io.github.optprobe.live.memory.Mapping;
import io.github.optprobe.live.memory.MemoryMap;
import io.github.optprobe.x86.X86_64;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The libraries that are loaded into this process, those that come later included: what code they
 * have, and what is called how. Files that were removed or replaced since they were loaded, and
 * what is no ELF file, are left out. Thread-safe.
 */
public final class LoadedLibraries implements SymbolResolver, CodeMap {
  /** After so many nanoseconds what is known is read anew: a thousand symbols share one reading. */
  private static final long OLD = 50_000_000;

  private final X86_64 architecture;
  private Map<Path, LoadedLibrary> known = new LinkedHashMap<>();
  private long refreshed;

  LoadedLibraries(X86_64 architecture) {
    this.architecture = architecture;
    refresh();
  }

  /** All that are loaded now, in the order of their addresses. */
  public synchronized List<LoadedLibrary> all() {
    refresh();
    return List.copyOf(known.values());
  }

  /**
   * Libraries by name.
   *
   * @param module the name of the file, the name that programs ask for, or the whole path
   */
  public synchronized List<LoadedLibrary> named(String module) {
    boolean isOld = System.nanoTime() - refreshed > OLD;
    List<LoadedLibrary> found = isOld ? List.of() : named(known.values(), module);
    if (found.isEmpty()) {
      refresh();
      found = named(known.values(), module);
    }
    return found;
  }

  private static List<LoadedLibrary> named(Collection<LoadedLibrary> all, String module) {
    List<LoadedLibrary> byFile = all.stream().filter(each -> each.isFile(module)).toList();
    // To know what programs call a library its file has to be read: likely ones first.
    return byFile.isEmpty()
        ? all.stream()
            .sorted(Comparator.comparing(each -> !each.name().startsWith(module)))
            .filter(each -> isCalled(each, module))
            .limit(1)
            .toList()
        : byFile;
  }

  private static boolean isCalled(LoadedLibrary library, String module) {
    try {
      return library.soname().equals(module);
    } catch (UncheckedIOException | ElfImageException unreadable) {
      return false;
    }
  }

  /** The library whose mappings an address is in. */
  public Optional<LoadedLibrary> at(long address) {
    Optional<LoadedLibrary> found = lookUp(address);
    if (found.isEmpty()) {
      synchronized (this) {
        refresh();
      }
      found = lookUp(address);
    }
    return found;
  }

  private synchronized Optional<LoadedLibrary> lookUp(long address) {
    return known.values().stream().filter(each -> each.contains(address)).findFirst();
  }

  private void refresh() {
    Map<Path, List<Mapping>> mapped = new LinkedHashMap<>();
    for (Mapping mapping : MemoryMap.now().all()) {
      if (mapping.isOfFile() && !mapping.file().endsWith(" (deleted)")) {
        mapped.computeIfAbsent(Path.of(mapping.file()), unused -> new ArrayList<>()).add(mapping);
      }
    }
    Map<Path, LoadedLibrary> fresh = new LinkedHashMap<>();
    mapped.forEach(
        (file, mappings) -> {
          if (mappings.stream().anyMatch(Mapping::executable)) {
            LoadedLibrary old = known.get(file);
            boolean same = old != null && old.isStillAt(mappings);
            fresh.put(file, same ? old : new LoadedLibrary(file, mappings, architecture));
          }
        });
    known = fresh;
    refreshed = System.nanoTime();
  }

  @Override
  public List<Symbol> find(String module, String name) {
    List<Symbol> found = new ArrayList<>();
    for (LoadedLibrary library : module.isEmpty() ? all() : named(module)) {
      try {
        found.addAll(library.find(module, name));
      } catch (UncheckedIOException | ElfImageException unreadable) {
        if (!module.isEmpty()) {
          throw unreadable;
        }
      }
    }
    return found;
  }

  @Override
  public Optional<Function> functionAt(long address) {
    return at(address).flatMap(library -> library.codeMap().functionAt(address));
  }
}
