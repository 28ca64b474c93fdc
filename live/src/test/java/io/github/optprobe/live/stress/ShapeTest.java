package io.github.optprobe.live.stress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bytes are what GNU as makes of the text. */
class ShapeTest {

  @ParameterizedTest
  @EnumSource
  void bytes_are_those_of_the_assembler(Shape shape) throws Exception {
    GnuAs.check(shape.assembler(), shape.bytes());
  }

  @Test
  void the_driver_is_what_the_assembler_makes() throws Exception {
    GnuAs.check(Driver.ASSEMBLER, Driver.bytes());
  }
}
