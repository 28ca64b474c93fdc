package io.github.optprobe.testkit.elf;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A library of algorithms to be compiled for the architecture that is tested: checksums, digests,
 * sorts, compression, interpreters with jump tables, 64-bit and floating-point arithmetic,
 * recursion, structures by value. It imports nothing, and knows its own results.
 *
 * <p>It exports each algorithm, and three functions that take and return 32-bit numbers:
 *
 * <ul>
 *   <li>{@code sample_run_all()}: how many of its checks failed, so 0
 *   <li>{@code sample_checks()}: how many there are
 *   <li>{@code sample_check(n)}: 1 if check {@code n}, from 0, holds
 * </ul>
 */
public final class SampleLibrary {
  /** Options that make A32 code for ARMv7-A with VFPv3 and 16 double registers. */
  public static final List<String> A32 = arm("-marm");

  /** Options that make T32 code for ARMv7-A with VFPv3 and 16 double registers. */
  public static final List<String> T32 = arm("-mthumb");

  /** Options of GCC that make A32 and T32 code, from one function to the next. */
  public static final List<String> MIXED = arm("-mthumb", "-mflip-thumb");

  private static final String RESOURCE = "sample.c";

  /** Loops stay loops: what copies memory here must not call itself. */
  private static final List<String> ALWAYS =
      List.of(
          "-std=gnu11",
          "-O2",
          "-shared",
          "-fPIC",
          "-nostdlib",
          "-ffreestanding",
          "-fno-builtin",
          "-fno-stack-protector",
          "-fno-tree-loop-distribute-patterns",
          "-ffp-contract=off",
          "-Wl,--no-undefined");

  private SampleLibrary() {}

  /** The source, in C with the extensions of GCC. */
  public static String source() {
    try (InputStream in =
        Objects.requireNonNull(SampleLibrary.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /**
   * Compiles it.
   *
   * @param options more than those that make a library of it at {@code -O2}, such as {@link #T32};
   *     later ones win
   * @return the bytes of an ELF file
   * @throws CompilerException if the compiler objects
   */
  public static byte[] compile(CrossCompiler compiler, List<String> options) {
    List<String> all = new ArrayList<>(ALWAYS);
    all.addAll(options);
    return compiler.compile(source(), all);
  }

  private static List<String> arm(String... sets) {
    List<String> options = new ArrayList<>(List.of(sets));
    options.addAll(List.of("-march=armv7-a", "-mfpu=vfpv3-d16", "-mfloat-abi=hard"));
    return List.copyOf(options);
  }
}
