package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.x86.DecoderUnavailableException;
import org.junit.jupiter.api.Test;

class ZydisEngineTest {
  @Test
  void loadingHappensOnce() {
    assertThat(ZydisEngine.get()).isSameAs(ZydisEngine.get());
    assertThat(ZydisEngine.get().library().version().isSupported()).isTrue();
  }

  @Test
  void failureToLoadIsToldToEveryCallerWithItsOwnStackTrace() {
    ZydisEngine.Outcome outcome =
        ZydisEngine.Outcome.of(
            () -> {
              throw new DecoderUnavailableException("the reason");
            });

    DecoderUnavailableException first = failureOf(outcome);
    DecoderUnavailableException second = failureOf(outcome);

    assertThat(first).hasMessage("the reason").isNotSameAs(second);
    assertThat(second).hasMessage("the reason");
  }

  @Test
  void failureOfJnaIsExplained() {
    ZydisEngine.Outcome outcome =
        ZydisEngine.Outcome.of(
            () -> {
              throw new UnsatisfiedLinkError("jnidispatch: failed to map segment");
            });

    assertThat(failureOf(outcome))
        .hasMessageContaining("JNA")
        .hasMessageContaining("failed to map segment")
        .hasMessageContaining("jna.tmpdir");
  }

  private static DecoderUnavailableException failureOf(ZydisEngine.Outcome outcome) {
    return assertThatExceptionOfType(DecoderUnavailableException.class)
        .isThrownBy(outcome::engine)
        .actual();
  }
}
