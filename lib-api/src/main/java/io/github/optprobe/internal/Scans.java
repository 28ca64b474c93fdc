package io.github.optprobe.internal;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.HashMap;
import java.util.Map;

/**
 * Scans of code, made when first asked for and kept: a function is decoded once, not once per
 * probe. Used under the registry's lock.
 */
final class Scans {
  private final TextReader original;
  private final Map<Key, CodeScan> done = new HashMap<>();

  Scans(TextReader original) {
    this.original = original;
  }

  CodeScan of(Architecture architecture, AddressRange range) {
    Key key = new Key(architecture.instructionSet(), range);
    return done.computeIfAbsent(key, unused -> architecture.scan(original, range));
  }

  private record Key(InstructionSet instructionSet, AddressRange range) {}
}
