package io.github.optprobe.examples;

import io.github.optprobe.CodeMap;
import io.github.optprobe.testkit.elf.ElfImage;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.x86.X86_64;
import java.util.List;

/**
 * A real function in a real library, loaded into an emulator, with arguments and the result that
 * Java says it must have.
 *
 * @param target where it is loaded
 * @param image the library
 * @param entered the function that is called
 * @param looping the function that loops, itself or called by it
 * @param arguments of the call
 * @param expected its result, by Java's own computation
 * @param expectation what that is, in words
 */
record Subject(
    EmulatedTarget target,
    ElfImage image,
    CodeMap.Function entered,
    CodeMap.Function looping,
    List<Long> arguments,
    long expected,
    String expectation)
    implements AutoCloseable {

  /** Where libraries are loaded. */
  static final long BASE = 0x40_0000L;

  static EmulatedTarget newTarget() {
    return EmulatedTarget.of(new X86_64());
  }

  long[] argumentArray() {
    return arguments.stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public void close() {
    target.close();
  }
}
