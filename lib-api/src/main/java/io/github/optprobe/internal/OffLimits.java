package io.github.optprobe.internal;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Culprit;
import io.github.optprobe.PlaceRefusal;
import io.github.optprobe.Refusal;
import io.github.optprobe.SymbolResolver;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Text that no probe may touch: blacklisted, or reserved by others who patch it. Judged by every
 * byte that would be overwritten, not by the first. Used under the registry's lock. Source of the
 * rules: the kernel's {@code within_kprobe_blacklist()}, which also takes {@code foo.isra.0} for
 * {@code foo}.
 */
final class OffLimits {
  private final CodeMap codeMap;
  private final SymbolResolver symbols;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, String> names = new HashMap<>();

  OffLimits(CodeMap codeMap, SymbolResolver symbols) {
    this.codeMap = codeMap;
    this.symbols = symbols;
  }

  /** Forbids a range. */
  Entry add(AddressRange range, String reason, boolean reserved) {
    Entry entry = new Entry(range, reason, reserved);
    entries.add(entry);
    return entry;
  }

  void remove(Entry entry) {
    entries.remove(entry);
  }

  /** Forbids a function, and those that a compiler made from it. */
  void addSymbol(String name, String reason) {
    names.put(name, reason);
  }

  /** What a symbol's own extent is, as far as the resolver knows. */
  List<AddressRange> rangesOf(String symbol) {
    return symbols.find("", symbol).stream()
        .filter(each -> each.size() > 0)
        .map(each -> AddressRange.ofLength(each.address().value(), each.size()))
        .toList();
  }

  /** Why the range may not be overwritten; empty if it may. */
  Optional<Refusal> objection(AddressRange overwritten, Culprit culprit) {
    for (Entry entry : entries) {
      if (entry.range().overlaps(overwritten)) {
        return Optional.of(entry.refusal(culprit));
      }
    }
    return names.isEmpty() ? Optional.empty() : blacklistedFunction(overwritten, culprit);
  }

  /** Whether a byte of the range may not be overwritten. */
  boolean touches(AddressRange range) {
    return entries.stream().anyMatch(entry -> entry.range().overlaps(range))
        || (!names.isEmpty()
            && functionsIn(range).anyMatch(function -> reasonAgainst(function.name()) != null));
  }

  /** Whether there is anything to ask about. */
  boolean isEmpty() {
    return entries.isEmpty() && names.isEmpty();
  }

  private Optional<Refusal> blacklistedFunction(AddressRange overwritten, Culprit culprit) {
    // An instruction may begin in front of the function and reach into it.
    return functionsIn(overwritten)
        .map(function -> blacklisted(function, culprit))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<Refusal> blacklisted(CodeMap.Function function, Culprit culprit) {
    return Optional.ofNullable(reasonAgainst(function.name()))
        .map(reason -> new PlaceRefusal.Blacklisted(culprit, function.body(), reason));
  }

  /** For each byte of the range the function that it is in. */
  private Stream<CodeMap.Function> functionsIn(AddressRange range) {
    return LongStream.range(0, range.length())
        .mapToObj(i -> codeMap.functionAt(range.first() + i))
        .flatMap(Optional::stream);
  }

  private @Nullable String reasonAgainst(String function) {
    String reason = names.get(function);
    return reason != null ? reason : names.get(withoutSuffix(function));
  }

  private static String withoutSuffix(String function) {
    int suffix = function.indexOf('.');
    return suffix > 0 ? function.substring(0, suffix) : function;
  }

  /** Whether a byte of the range is in the function, or in one that was made from it. */
  boolean isIn(String name, AddressRange range) {
    return functionsIn(range)
        .map(CodeMap.Function::name)
        .anyMatch(found -> found.equals(name) || withoutSuffix(found).equals(name));
  }

  /** A forbidden range. Compared by identity: there may be two of the same range and reason. */
  static final class Entry {
    private final AddressRange range;
    private final String reason;
    private final boolean reserved;

    private Entry(AddressRange range, String reason, boolean reserved) {
      this.range = range;
      this.reason = reason;
      this.reserved = reserved;
    }

    AddressRange range() {
      return range;
    }

    String reason() {
      return reason;
    }

    private Refusal refusal(Culprit culprit) {
      return reserved
          ? new PlaceRefusal.Reserved(culprit, range, reason)
          : new PlaceRefusal.Blacklisted(culprit, range, reason);
    }
  }
}
