package io.github.optprobe.testkit.fuzz;

import java.util.List;

/** Encodings by patterns of bits with fields, each pattern as often as any other. */
final class PatternGenerator implements Generator {
  private final boolean halfwords;
  private final List<BitPattern> patterns;
  private final CaseRandom random = new CaseRandom();

  PatternGenerator(String instructionSet, List<BitPattern> patterns) {
    this.halfwords = WordCases.ofHalfwords(instructionSet);
    this.patterns = List.copyOf(patterns);
  }

  @Override
  public String name() {
    return "patterns";
  }

  @Override
  public int generate(long seed, long index, byte[] into) {
    random.at(seed, index);
    BitPattern pattern = patterns.get(random.below(patterns.size()));
    int encoding = pattern.fill(random);
    if (pattern.bits() == Integer.SIZE) {
      return WordCases.put(encoding, halfwords, into);
    }
    into[0] = (byte) encoding;
    into[1] = (byte) (encoding >>> 8);
    return Short.BYTES;
  }
}
