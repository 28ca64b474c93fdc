package io.github.optprobe.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Function;
import com.sun.jna.Pointer;
import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.live.memory.Libc;

/** Machine code of a test, to be called in this process. Not thread-safe while it is written. */
final class NativeCode {
  private static final int READ_WRITE_EXECUTE = 7;

  private final DataBlock block;
  private final Pointer place;
  private final Function function;

  NativeCode(int bytes) {
    block = DataBlock.allocate(bytes);
    place = new Pointer(block.address());
    function = Function.getFunction(place);
    assertThat(Libc.mprotect(block.address(), block.bytes(), READ_WRITE_EXECUTE)).isZero();
  }

  static void assumeItRunsHere() {
    assumeTrue("Linux".equals(System.getProperty("os.name")), "it is Linux");
    assumeTrue("amd64".equals(System.getProperty("os.arch")), "it is x86-64");
  }

  long address() {
    return block.address();
  }

  void write(byte[] code) {
    assertThat(code.length).isLessThanOrEqualTo(block.bytes());
    place.write(0, code, 0, code.length);
  }

  long call(Object... arguments) {
    return function.invokeLong(arguments);
  }
}
