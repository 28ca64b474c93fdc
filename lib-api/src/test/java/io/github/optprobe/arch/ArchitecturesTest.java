package io.github.optprobe.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.optprobe.Kprobes;
import io.github.optprobe.text.ByteArrayText;
import org.junit.jupiter.api.Test;

/** The core's own tests see no architecture module. */
class ArchitecturesTest {
  @Test
  void saysWhatWasFoundAndWhatToAdd() {
    assertThat(Architectures.all()).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Architectures.named("x86-64"))
        .withMessage(
            "no architecture for x86-64; found: []. Add its module as a dependency, such as"
                + " io.github.optprobe:optprobe-arch-x86.");
  }

  @Test
  void registryNeedsAnArchitecture() {
    Kprobes.Builder builder = Kprobes.builder(ByteArrayText.at(0x1000, new byte[1]));

    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessageContaining("no architecture");
  }
}
