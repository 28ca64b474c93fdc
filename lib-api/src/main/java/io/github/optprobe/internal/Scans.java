package io.github.optprobe.internal;

import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scans of code, made when first asked for; the latest are kept: a function is decoded once, not
 * once per probe, while probes are put into it. Used under the registry's lock.
 */
final class Scans {
  /** How many are kept. A scan of an ordinary function takes a kilobyte or less. */
  static final int KEPT = 256;

  private final TextReader original;
  private final Map<Key, CodeScan> done = new Latest();

  Scans(TextReader original) {
    this.original = original;
  }

  CodeScan of(Architecture architecture, AddressRange range) {
    Key key = new Key(architecture.instructionSet(), range, false);
    return done.computeIfAbsent(key, unused -> architecture.scan(original, range));
  }

  /** Of the body of a function, with what is known of its surroundings. */
  CodeScan of(Architecture architecture, CodeMap.Function function) {
    Key key = new Key(architecture.instructionSet(), function.body(), true);
    CodeScan kept = done.get(key);
    if (kept == null) {
      kept = architecture.scan(original, scope(architecture, function));
      done.put(key, kept);
    }
    return kept;
  }

  private ScanScope scope(Architecture architecture, CodeMap.Function function) {
    List<Long> entries = new ArrayList<>(function.landings().addresses());
    if (!function.landings().known()) {
      for (AddressRange range : function.mayBranchIn()) {
        of(architecture, range)
            .branchesInto(function.body())
            .forEach(each -> entries.add(each.to()));
      }
    }
    return new ScanScope(function.body(), entries, function.mayBranchIn());
  }

  /** Other code may stand there from now on. */
  void forget(AddressRange range) {
    done.keySet().removeIf(key -> key.range.overlaps(range));
  }

  private record Key(InstructionSet instructionSet, AddressRange range, boolean function) {
    /** Fibonacci hashing: the record's own leaves the low bits of aligned addresses alike. */
    @Override
    public int hashCode() {
      return (int) ((range.first() * 0x9E3779B97F4A7C15L) >>> 32)
          ^ instructionSet.hashCode()
          ^ (function ? 1 : 0);
    }
  }

  /** Drops the one that was not asked for the longest. */
  private static final class Latest extends LinkedHashMap<Key, CodeScan> {
    private static final long serialVersionUID = 1L;

    Latest() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, CodeScan> eldest) {
      return size() > KEPT;
    }
  }
}
