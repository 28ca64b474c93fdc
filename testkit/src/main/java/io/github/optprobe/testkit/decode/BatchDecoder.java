package io.github.optprobe.testkit.decode;

import java.util.List;

/**
 * A decoder for which one call is expensive and many inputs at once are cheap: a program that is
 * started for each batch. Whoever has many inputs announces them; an input that was not announced
 * is a batch of one.
 */
public interface BatchDecoder extends Decoder {

  /**
   * Decodes many inputs and keeps the answers, instead of those of the last batch, until they are
   * asked for.
   *
   * @param instructionSet of all of them
   * @param inputs the bytes of each
   * @param address the address of each
   */
  void announce(String instructionSet, List<byte[]> inputs, long address);
}
