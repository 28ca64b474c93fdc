package io.github.optprobe.arm32.forms;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arm32.T32;
import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.table.Flags;
import io.github.optprobe.text.AddressRange;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A probed IT still says which instructions of its block are executed. */
@Tag("corpus")
class ProbeOnItTest {
  private static final long ADDRESS = Space.TEXT + 0x2000;

  /** GNU as: itet eq; moveq r0, #1; movne r1, #2; moveq r2, #3; udf #0. */
  private static final byte[] BLOCK = {
    0x0A, (byte) 0xBF, 0x01, 0x20, 0x02, 0x21, 0x03, 0x22, 0x00, (byte) 0xDE
  };

  private final Architecture architecture = new T32();

  @ParameterizedTest
  @ValueSource(ints = {0, Flags.Z})
  void theBlockKeepsItsConditionInEveryTier(int zero) {
    Space space = new Space();
    try (Machine machine = new Machine(space)) {
      space.write(ADDRESS, BLOCK);
      State original = start(zero);
      machine.run(original);
      assertThat(original.get(0)).isEqualTo(zero == 0 ? 0 : 1);
      assertThat(original.get(1)).isEqualTo(zero == 0 ? 2 : 0);

      PreparedProbe probe = architecture.prepare(preparation(space));
      assertThat(probe.tiers()).isNotEmpty();
      for (Tier tier : probe.tiers()) {
        State probed = start(zero);
        proceed(space, machine, probe, tier, probed);
        machine.run(probed);
        assertThat(original.difference(probed)).as(tier.toString()).isEmpty();
      }
    }
  }

  private void proceed(Space space, Machine machine, PreparedProbe probe, Tier tier, State state) {
    if (tier == Tier.EMULATED) {
      architecture.emulate(probe, state, space);
    } else {
      space.write(probe.copy().start(), probe.copy().bytes());
      machine.forget(probe.copy().start(), probe.copy().bytes().length);
      architecture.resume(probe, state);
    }
  }

  private static State start(int zero) {
    State state = new State();
    state.core[ArmRegisters.CPSR] = zero | ProgramStatus.THUMB | State.USER_MODE;
    state.setProgramCounter(ADDRESS);
    return state;
  }

  private static Preparation preparation(Space space) {
    CodeScan.Builder scan = CodeScan.of(AddressRange.ofLength(ADDRESS, BLOCK.length));
    for (int i = 0; i < BLOCK.length; i += Short.BYTES) {
      scan.instruction(ADDRESS + i);
    }
    CodeScan function = scan.build();
    return new Preparation(
        T32.at(ADDRESS),
        space,
        Space.slotsIn(space.near),
        (bytes, within) -> Optional.empty(),
        () -> Optional.of(function),
        false);
  }
}
