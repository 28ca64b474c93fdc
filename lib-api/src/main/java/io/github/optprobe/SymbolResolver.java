package io.github.optprobe;

import java.util.List;
import java.util.stream.Stream;

/**
 * Finds symbols by name. Given to a registry, which asks it under its lock whenever a probe with a
 * {@link SymbolOffset} is registered; code that is loaded later may appear in later answers.
 */
@FunctionalInterface
public interface SymbolResolver {

  /**
   * All symbols of a name. More than one at different addresses makes the name ambiguous, and the
   * probe is refused.
   *
   * @param module the library or file to look in; empty for all
   * @param name the name
   */
  List<Symbol> find(String module, String name);

  /** A resolver that knows no symbol. */
  static SymbolResolver none() {
    return (module, name) -> List.of();
  }

  /** A resolver of the given symbols. */
  static SymbolResolver of(Symbol... symbols) {
    List<Symbol> all = List.of(symbols);
    return (module, name) -> {
      Stream<Symbol> named = all.stream().filter(each -> each.name().equals(name));
      return named.filter(each -> module.isEmpty() || each.module().equals(module)).toList();
    };
  }

  /**
   * A symbol.
   *
   * @param module the library or file that it is in, empty if there is no such thing
   * @param name its name
   * @param address where it is, and in which instruction set
   * @param size its length in bytes; 0 if that is not known
   */
  record Symbol(String module, String name, CodeAddress address, long size) {

    /**
     * Creates a symbol.
     *
     * @throws IllegalArgumentException if the size is negative
     */
    public Symbol {
      if (size < 0) {
        throw new IllegalArgumentException("negative size of " + name + ": " + size);
      }
    }

    /** A symbol in no module. */
    public Symbol(String name, CodeAddress address, long size) {
      this("", name, address, size);
    }
  }
}
