package io.github.optprobe.live.safety;

import io.github.optprobe.live.stress.GnuAs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bytes are what GNU as makes of the text. */
class CodeTest {

  @ParameterizedTest
  @EnumSource
  void bytes_are_those_of_the_assembler(Code code) throws Exception {
    GnuAs.check(code.assembler(), code.bytes());
  }
}
