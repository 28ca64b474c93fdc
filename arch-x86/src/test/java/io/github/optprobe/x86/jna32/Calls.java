package io.github.optprobe.x86.jna32;

import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.oracle.Guest;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;

/** Calls of one run of a scenario, with arguments as 32-bit code takes them. */
final class Calls {
  private static final String NATIVE = "Java_com_sun_jna_Native_";

  private final JnaLibrary library;
  private final Guest guest;

  Calls(JnaLibrary library, Guest guest) {
    this.library = library;
    this.guest = guest;
  }

  /** Calls any function; each argument is one word. */
  long call(String function, long... words) {
    return guest.call(library.image.addressOf(function), words);
  }

  /** Calls a native method of JNA's class, whose first two arguments are the same everywhere. */
  long method(String name, long... words) {
    long[] all =
        LongStream.concat(LongStream.of(library.environment, 0), Arrays.stream(words)).toArray();
    return call(NATIVE + name, all);
  }

  /** Calls a native method on the memory at an offset: object, base and offset come first. */
  long memory(String name, int offset, long... words) {
    long base = at(offset) - 8;
    long[] all = LongStream.concat(LongStream.of(0, base, 0, 8, 0), Arrays.stream(words)).toArray();
    return method(name, all);
  }

  /** An address in the scratch memory. */
  long at(int offset) {
    return library.scratch + offset;
  }

  JnaLibrary library() {
    return library;
  }

  /** Gives the stack the same content everywhere, and its pointer the value that it starts with. */
  void fillStack(int content) {
    byte[] bytes = new byte[EmulatedTarget.STACK_BYTES];
    Arrays.fill(bytes, (byte) content);
    library.target.writeBytes(EmulatedTarget.STACK_END - bytes.length, bytes);
    library.target.registers().set("esp", EmulatedTarget.STACK_END - 4096);
  }

  /** Fills the scratch memory with seeded bytes. */
  void fill(long seed) {
    byte[] bytes = new byte[2048];
    new Random(seed).nextBytes(bytes);
    library.target.writeBytes(at(0), bytes);
  }

  void store(int offset, long... words) {
    for (int i = 0; i < words.length; i++) {
      library.target.data().store(at(offset + i * Integer.BYTES), Integer.BYTES, words[i]);
    }
  }
}
