package io.github.optprobe.examples;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/**
 * The targets for a fuzzer that is guided by coverage. As ordinary tests they replay the inputs
 * below {@code src/test/resources}; with {@code JAZZER_FUZZ=1} one of them, chosen by {@code
 * -Dtest}, is fuzzed, and what crashes is added there.
 */
@Tag("corpus")
class CoverageGuidedTest {
  @FuzzTest
  void decodersStayInTheirBounds(byte[] data) {
    FuzzTargets.decodersStayInTheirBounds(data);
  }

  @FuzzTest
  void decodersAgree(byte[] data) {
    FuzzTargets.decodersAgree(data);
  }

  @FuzzTest
  void relocatedCopiesAreTheSame(byte[] data) {
    FuzzTargets.relocatedCopiesAreTheSame(data);
  }

  @FuzzTest
  void textIsRestored(byte[] data) {
    FuzzTargets.textIsRestored(data);
  }
}
