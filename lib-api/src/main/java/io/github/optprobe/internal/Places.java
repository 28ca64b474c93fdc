package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Culprit;
import io.github.optprobe.PlaceRefusal;
import io.github.optprobe.ProbePlace;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.SymbolOffset;
import io.github.optprobe.SymbolResolver.Symbol;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.TextReader;
import java.util.List;

/** Turns what a user wrote into an address and the architecture that knows it. Thread-safe. */
final class Places {
  private final Settings settings;
  private final TextReader original;

  Places(Settings settings, TextReader original) {
    this.settings = settings;
    this.original = original;
  }

  /**
   * The address of a place.
   *
   * @throws RefusedException if a symbol is unknown or ambiguous, or its offset leads out of it
   */
  CodeAddress resolve(ProbePlace place) {
    return place instanceof SymbolOffset symbol ? resolve(symbol) : (CodeAddress) place;
  }

  private CodeAddress resolve(SymbolOffset place) {
    List<Symbol> found = settings.symbols().find(place.module(), place.symbol());
    List<CodeAddress> addresses = found.stream().map(Symbol::address).distinct().toList();
    if (addresses.isEmpty()) {
      throw new RefusedException(new PlaceRefusal.UnknownSymbol(nowhere(), place));
    }
    CodeAddress first = addresses.get(0);
    if (addresses.size() > 1) {
      throw new RefusedException(
          new PlaceRefusal.AmbiguousSymbol(culprit(first), place, addresses));
    }
    long size = found.stream().mapToLong(Symbol::size).max().orElse(0);
    if (!isInside(first, place.offset(), size)) {
      throw new RefusedException(new PlaceRefusal.OffsetOutsideSymbol(culprit(first), place, size));
    }
    return first.plus(place.offset());
  }

  /** A symbol of unknown size is taken to reach as far as addresses do. */
  private static boolean isInside(CodeAddress symbol, long offset, long size) {
    long address = symbol.value() + offset;
    boolean exists =
        Long.compareUnsigned(address, symbol.value()) >= 0
            && symbol.instructionSet().canAddress(address);
    return exists && (size == 0 || offset < size);
  }

  /** The architecture that knows the instruction set of an address. */
  Architecture architectureFor(CodeAddress address) {
    for (Architecture each : settings.architectures()) {
      if (each.instructionSet().equals(address.instructionSet())) {
        return each;
      }
    }
    throw new RefusedException(noArchitecture(address));
  }

  private Refusal noArchitecture(CodeAddress address) {
    List<String> available =
        settings.architectures().stream().map(each -> each.instructionSet().name()).toList();
    return new Refusal.NoArchitecture(new Culprit(address, "", "(not decoded)"), available);
  }

  /** The refusal of a return probe inside of a function. */
  Refusal notEntry(CodeAddress address) {
    String function =
        settings.codeMap().functionAt(address.value()).map(CodeMap.Function::name).orElse("");
    return new PlaceRefusal.NotFunctionEntry(culprit(address), function);
  }

  Culprit culprit(CodeAddress address) {
    return architectureFor(address).culprit(original, address);
  }

  private Culprit nowhere() {
    InstructionSet any = settings.architectures().get(0).instructionSet();
    return new Culprit(new CodeAddress(0, any), "", "(no address)");
  }
}
