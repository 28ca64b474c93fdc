package io.github.optprobe.live.safety;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process may end in any way while probes stand in it and threads run into them. */
@Tag("classpath-only") // Long, or in a JVM of its own that it starts with the class path
class EndingTest {

  @BeforeAll
  static void here() {
    Here.assumeItRuns();
  }

  /** 133 is the shell's way to say: by SIGTRAP. */
  @ParameterizedTest
  @CsvSource({"exit,7", "halt,8", "return,0", "trap,133"})
  void it_ends_as_it_would(String how, int status) {
    ChildJvm.Ended ended = ChildJvm.run(EndingProgram.class, how);
    assertThat(ended.output()).contains("ENDING").doesNotContain("WRONG");
    assertThat(ended.status()).as(ended.output()).isEqualTo(status);
  }
}
