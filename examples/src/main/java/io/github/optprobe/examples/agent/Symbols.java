package io.github.optprobe.examples.agent;

import io.github.optprobe.elf.ElfImageException;
import io.github.optprobe.live.LoadedLibraries;
import io.github.optprobe.live.LoadedLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.TreeMap;

/** Tells the command what there is to be probed. */
final class Symbols {
  private final LoadedLibraries libraries;
  private final Connection connection;

  Symbols(LoadedLibraries libraries, Connection connection) {
    this.libraries = libraries;
    this.connection = connection;
  }

  /** Names the libraries, or the functions of one. */
  void list(String library) throws IOException {
    if (library.isEmpty()) {
      for (LoadedLibrary each : libraries.all()) {
        send(each);
      }
    } else if (isLibrary(library)) {
      for (LoadedLibrary each : libraries.named(library)) {
        sendFunctions(each);
      }
    }
  }

  private void send(LoadedLibrary library) throws IOException {
    try {
      connection.send(
          Line.of(
              Line.Word.LIBRARY,
              library.name(),
              library.file(),
              library.functions().size(),
              library.exported().size()));
    } catch (ElfImageException | UncheckedIOException unreadable) {
      connection.send(Line.of(Line.Word.LIBRARY, library.name(), library.file(), "-", "-"));
    }
  }

  private void sendFunctions(LoadedLibrary library) throws IOException {
    for (var function : new TreeMap<>(library.functions()).entrySet()) {
      String kind = library.exported().contains(function.getKey()) ? "exported" : "local";
      for (long address : function.getValue()) {
        connection.send(
            Line.of(Line.Word.FUNCTION, function.getKey(), "0x" + Long.toHexString(address), kind));
      }
    }
  }

  /** Whether all places are there; if not, says which is not, and what is. */
  boolean areKnown(List<String> places) throws IOException {
    for (String place : places) {
      String library = TracedFunction.library(place);
      if (!isLibrary(library) || !isFunction(library, TracedFunction.symbol(place))) {
        return false;
      }
    }
    return true;
  }

  private boolean isLibrary(String name) throws IOException {
    if (!libraries.named(name).isEmpty()) {
      return true;
    }
    candidates(libraries.all().stream().map(LoadedLibrary::name).toList());
    connection.send(Line.of(Line.Word.NO_LIBRARY, name));
    return false;
  }

  private boolean isFunction(String library, String name) throws IOException {
    List<LoadedLibrary> found = libraries.named(library);
    if (found.stream().anyMatch(each -> each.functions().containsKey(name))) {
      return true;
    }
    candidates(found.stream().flatMap(each -> each.functions().keySet().stream()).toList());
    connection.send(Line.of(Line.Word.NO_FUNCTION, library, name));
    return false;
  }

  private void candidates(List<String> names) throws IOException {
    for (String name : names) {
      connection.send(Line.of(Line.Word.CANDIDATE, name));
    }
  }
}
