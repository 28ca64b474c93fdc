package io.github.optprobe.toy;

import java.util.List;

/** A program that ends, and what is known of it without decoding it. */
public interface Program {

  /** What it is assembled from. */
  ToyAsm asm();

  /** Where instructions that may be probed start, ascending. */
  List<Long> addresses();

  /** How many bytes a jump there covers; 0 if none may stand there. */
  int windowBytes(long address);
}
