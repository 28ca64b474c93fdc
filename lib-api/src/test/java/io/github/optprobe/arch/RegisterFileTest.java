package io.github.optprobe.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegisterFileTest {
  private final List<String> names = new ArrayList<>(List.of("r0", "sp", "pc"));
  private final RegisterFile file = new RegisterFile(names, "pc", "sp");

  @Test
  void numbersRegistersInOrder() {
    names.clear();

    assertThat(file.size()).isEqualTo(3);
    assertThat(file.names()).containsExactly("r0", "sp", "pc");
    assertThat(file.indexOf("r0")).isZero();
    assertThat(file.stackPointer()).isEqualTo(1);
    assertThat(file.programCounter()).isEqualTo(2);
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> file.names().clear());
  }

  @Test
  void saysWhichRegistersThereAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file.indexOf("rax"))
        .withMessage("no register rax; there are [r0, sp, pc]");
  }

  @Test
  void refusesNamesTwiceAndMissingOnes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RegisterFile(List.of("a", "a"), "a", "a"))
        .withMessageContaining("twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RegisterFile(List.of("a", "pc"), "pc", "sp"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RegisterFile(List.of("a", "sp"), "pc", "sp"));
  }

  @Test
  void registersAreReachedByNumberByNameAndByRole() {
    long[] values = new long[3];
    Registers registers =
        new Registers() {
          @Override
          public RegisterFile file() {
            return file;
          }

          @Override
          public long get(int index) {
            return values[index];
          }

          @Override
          public void set(int index, long value) {
            values[index] = value;
          }
        };
    registers.set("r0", 7);
    registers.set("sp", 8);
    registers.setProgramCounter(9);

    assertThat(values).containsExactly(7, 8, 9);
    assertThat(registers.get("r0")).isEqualTo(7);
    assertThat(registers.stackPointer()).isEqualTo(8);
    assertThat(registers.programCounter()).isEqualTo(9);
  }

  @Test
  void absentDataMemoryFailsEveryAccess() {
    assertThatIllegalStateException().isThrownBy(() -> DataMemory.NONE.load(0, 1));
    assertThatIllegalStateException().isThrownBy(() -> DataMemory.NONE.store(0, 1, 0));
  }
}
