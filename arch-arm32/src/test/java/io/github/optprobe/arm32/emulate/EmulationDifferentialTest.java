package io.github.optprobe.arm32.emulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arm32.forms.Form;
import io.github.optprobe.arm32.forms.Forms;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Treatment;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every row of the decode tables with every treatment that is emulated, against the emulator
 * Unicorn that executes the instruction itself in user mode: registers, flags, instruction set,
 * place in an IT block, memory and faults are compared.
 */
@Tag("corpus")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmulationDifferentialTest {
  private static final Set<Treatment> LEFT_TO_THE_CPU =
      EnumSet.of(Treatment.COPY, Treatment.VLOAD_LITERAL);

  private static final int FLAGS = 16;

  private final TreeMap<String, Tally> tallies = new TreeMap<>();
  private TwinRun twins;

  @BeforeAll
  void open() {
    twins = new TwinRun();
  }

  @AfterAll
  void close() {
    twins.close();
    Tally total = new Tally();
    tallies.values().forEach(total::add);
    System.out.println(tallies.size() + " rows and treatments: " + total);
  }

  /** Vector registers are not emulated. */
  private static boolean isVector(Forms forms) {
    return Stream.of("VSTR", "VSTM", "VLDM").anyMatch(forms.row().name()::startsWith);
  }

  static Stream<Forms> emulated() {
    return Forms.all()
        .filter(each -> !LEFT_TO_THE_CPU.contains(each.treatment()))
        .filter(each -> !isVector(each));
  }

  static Stream<Forms> vectors() {
    return Forms.all()
        .filter(each -> !LEFT_TO_THE_CPU.contains(each.treatment()))
        .filter(EmulationDifferentialTest::isVector);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("emulated")
  void its_effect_is_that_of_the_instruction(Forms forms) {
    List<Form> covering = forms.covering();
    assertThat(covering).as("encodings of %s", forms).isNotEmpty();
    check(forms, covering, 1);
  }

  /** The same with more encodings and registers. */
  @Tag("campaign")
  @ParameterizedTest(name = "{0}")
  @MethodSource("emulated")
  void many_more_agree_too(Forms forms) {
    check(forms, forms.many(300), 2);
  }

  private void check(Forms forms, List<Form> chosen, int rounds) {
    Tally tally = new Tally();
    tallies.put(forms.toString(), tally);
    for (Form form : chosen) {
      twins.begin(form);
      List<ItState> places = form.placesInBlock();
      for (int i = 0; i < FLAGS * rounds; i++) {
        tally.add(twins.compare(i % FLAGS, ItState.OUTSIDE));
        if (!places.isEmpty()) {
          tally.add(twins.compareInBlock(i % FLAGS, places));
        }
      }
      twins.end();
    }
    tally.check(chosen.get(0));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors")
  void vector_registers_are_left_to_the_cpu(Forms forms) {
    assertThat(forms.covering())
        .isNotEmpty()
        .allMatch(form -> Emulator.emulationOf(form.decoded(0x1000, ItState.OUTSIDE)).isEmpty());
  }

  @Test
  void every_treatment_that_is_emulated_stands_in_the_tables() {
    Set<Treatment> seen = EnumSet.noneOf(Treatment.class);
    emulated().map(Forms::treatment).forEach(seen::add);
    Set<Treatment> all = EnumSet.allOf(Treatment.class);
    all.removeAll(Set.of(Treatment.COPY, Treatment.VLOAD_LITERAL, Treatment.REFUSE));
    assertThat(seen).isEqualTo(all);
  }
}
