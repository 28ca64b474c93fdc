package io.github.optprobe.testkit.decode;

/**
 * A decoder to be compared with others. Two methods make one; {@link java.util.ServiceLoader} finds
 * those that a module provides, by a public constructor without parameters, and makes a new one for
 * each thread that fuzzes.
 *
 * <p>Confined to one thread: a decoder may keep native handles and memory from one decode to the
 * next, but what it answers depends on the input only.
 */
public interface Decoder {

  /** A short name in lower case, such as {@code "zydis"}: for reports, and for choosing it. */
  String name();

  /**
   * Decodes the one instruction at the start of an input.
   *
   * <p>An exception, an error included, is noted as a crash of this decoder.
   *
   * @param input the bytes; only those that are {@linkplain CodeInput#available() available} may be
   *     looked at
   * @param detail how much is to be told; more is allowed
   * @param result where the answer goes; it is {@linkplain Decoded#reset reset} before the call
   */
  void decode(CodeInput input, Detail detail, Decoded result);

  /**
   * Whether it knows an instruction set by that name. As it is, it knows all.
   *
   * @param instructionSet such as {@code "x86-64"}, {@code "x86-32"}, {@code "a32"}, {@code "t32"}
   */
  default boolean supports(String instructionSet) {
    return true;
  }
}
