package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.decode.Decoded;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Detail;

/**
 * Words of instruction sets of fixed width, guided by a decoder: of a few random words one that
 * decodes is kept, and its fields of four bits are varied, so that one instruction is seen with all
 * kinds of operands. Of sixteen cases that belong together the first is the word itself.
 *
 * <p>The guide is part of the function from index to case: the same cases need the same decoder.
 */
final class EncodedGenerator implements Generator {
  private static final int FAMILY = 16;
  private static final int TRIES = 16;
  private static final int FIELDS = 8;

  private final boolean halfwords;
  private final Decoder guide;
  private final CodeInput probe;
  private final Decoded answer = new Decoded();
  private final CaseRandom random = new CaseRandom();
  private final byte[] bytes = new byte[16];
  private long family = -1;
  private long familySeed;
  private int kept;

  EncodedGenerator(String instructionSet, Decoder guide) {
    this.halfwords = WordCases.ofHalfwords(instructionSet);
    this.guide = guide;
    this.probe = CodeInput.of(instructionSet);
  }

  @Override
  public String name() {
    return "encoded";
  }

  @Override
  public int generate(long seed, long index, byte[] into) {
    keepWord(seed, index / FAMILY);
    int variant = (int) (index % FAMILY);
    int word = kept;
    if (variant > 0) {
      random.at(seed, ~index);
      word = vary(vary(word, variant / 2), random.below(FIELDS));
    }
    return WordCases.put(word, halfwords, into);
  }

  /** All ones and all zeros are as likely as all other contents together. */
  private int vary(int word, int field) {
    int value = random.below(4) < 2 ? random.below(2) * 0xF : random.below(16);
    int shift = 4 * field;
    return (word & ~(0xF << shift)) | (value << shift);
  }

  private void keepWord(long seed, long number) {
    if (number == family && seed == familySeed) {
      return;
    }
    family = number;
    familySeed = seed;
    for (int i = 0; i < TRIES; i++) {
      random.at(seed, number * TRIES + i);
      kept = (int) random.next();
      if (decodes(kept)) {
        return;
      }
    }
  }

  private boolean decodes(int word) {
    probe.set(bytes, WordCases.put(word, halfwords, bytes), FuzzRun.ADDRESS);
    answer.reset();
    guide.decode(probe, Detail.FLOW, answer);
    return answer.status().isDecoded();
  }
}
