package io.github.optprobe.arm32.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import io.github.optprobe.CodeAddress;
import io.github.optprobe.Tier;
import io.github.optprobe.arm32.A32;
import io.github.optprobe.elf.ElfLibrary;
import io.github.optprobe.testkit.libc.GuestLibc;
import io.github.optprobe.testkit.oracle.Observation;
import io.github.optprobe.testkit.oracle.Scenario;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A function of the library for ARM in the jar of JNA that needs no Java machine. */
@Tag("corpus")
class JnaFunctionTest {
  private static final String RESOURCE = "com/sun/jna/linux-arm/libjnidispatch.so";
  private static final int INDEX = 40;
  private static final int VALUE = 0x5A;

  @Test
  void it_finds_a_byte_under_probes_on_all_instructions() throws IOException {
    byte[] file = file();
    AtomicLong memory = new AtomicLong();
    ElfLibrary library = ElfLibrary.of("libjnidispatch.so", file).otherwiseIn(A32.INSTRUCTION_SET);
    try (Program program =
        new Program(
            library,
            file,
            target -> {
              GuestLibc libc = GuestLibc.on(target);
              memory.set(libc.heap().allocate(64));
              target.data().store(memory.get() + INDEX, 1, VALUE);
              return libc.imports();
            })) {
      long function = program.image.pointerTo("Java_com_sun_jna_Native_indexOf");
      // Environment, class, pointer, nothing; then two long words and a byte on the stack.
      Scenario scenario = guest -> guest.call(function, 0, 0, 0, 0, memory.get(), 0, 0, 0, VALUE);
      Observation unprobed = program.unprobed(scenario);
      assertThat(unprobed.results()).containsExactly((long) INDEX);
      List<CodeAddress> body = bodyOf(program, "Java_com_sun_jna_Native_indexOf");
      for (Tier tier : List.of(Tier.SINGLE_STEP, Tier.BOOSTED, Tier.OPTIMIZED)) {
        Sweep sweep = new Sweep("indexOf up to " + tier, tier != Tier.OPTIMIZED);
        program.probe(body, tier, scenario, unprobed, sweep);
        System.out.println(sweep);
        assertThat(sweep.differences()).isEmpty();
        assertThat(sweep.hits()).isGreaterThan(INDEX);
        assertThat(sweep.inTier(tier)).isPositive();
      }
    }
  }

  private static List<CodeAddress> bodyOf(Program program, String symbol) {
    return program.boundaries().stream()
        .filter(each -> program.image.elfFunction(symbol).body().contains(each.value()))
        .toList();
  }

  private static byte[] file() throws IOException {
    ClassLoader loader = Native.class.getClassLoader();
    try (InputStream in = Objects.requireNonNull(loader.getResourceAsStream(RESOURCE))) {
      return in.readAllBytes();
    }
  }
}
