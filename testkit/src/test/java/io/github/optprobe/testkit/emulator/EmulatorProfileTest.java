package io.github.optprobe.testkit.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What profiles from outside are held to; one is at work in the examples. */
class EmulatorProfileTest {
  private static final EmulatorProfile.Unicorn UNICORN =
      new EmulatorProfile.Unicorn(
          8, 8, Map.of("pc", 190, "sp", 3, "a0", 11, "ra", 2, "tp", 5), Map.of());
  private static final EmulatorProfile.Traps TRAPS =
      new EmulatorProfile.Traps(10, EmulatorProfile.NONE, 2, Set.of(8), 4, 0, 4);

  private static EmulatorProfile profile(int wordBytes, String argument) {
    return new EmulatorProfile(
        "new",
        wordBytes,
        UNICORN,
        new EmulatorProfile.Calls("pc", "sp", List.of(argument), "a0", "ra", "tp", 16),
        TRAPS,
        unused -> 4);
  }

  @Test
  void a_register_of_calls_has_a_number() {
    assertThat(profile(8, "a0").calls().arguments()).containsExactly("a0");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> profile(8, "a1"))
        .withMessageContaining("a1");
  }

  @Test
  void a_word_has_4_or_8_bytes() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> profile(2, "a0"))
        .withMessageContaining("not 2");
  }

  @Test
  void an_instruction_set_without_a_profile_is_named_together_with_those_that_have_one() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> EmulatedTarget.of(NamesOnlyArchitecture.unknown()))
        .withMessageContaining("pdp-11")
        .withMessageContaining("x86-64, x86-32, a32, t32")
        .withMessageContaining(EmulatorProfiles.class.getName());
  }
}
