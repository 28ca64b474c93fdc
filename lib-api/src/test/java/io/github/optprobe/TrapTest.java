package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.toy.ToyFault;
import org.junit.jupiter.api.Test;

/** Whose trap it is, and what becomes of late ones. */
class TrapTest extends LoopingCodeTest {
  @Test
  void foreignBreakpointIsPassedOn() {
    text.write(asm.at("end"), new byte[] {(byte) 0xCC});
    machine.reset(BASE);

    assertThatExceptionOfType(ToyFault.class)
        .isThrownBy(() -> machine.run())
        .withMessageContaining("not ours");
    text.write(asm.at("end"), new byte[] {1});
  }

  @Test
  void staleTrapAfterRemovalGoesOn() {
    ProbeHandle handle = probe(asm.at("end"));
    machine.reset(asm.at("end"));
    handle.close();

    assertThat(cpu.breakpoint(machine)).isEqualTo(Resume.CONTINUE);
    assertThat(machine.programCounter()).isEqualTo(asm.at("end"));
  }

  @Test
  void staleTrapIsOursWhenTheProbeComesBackMeanwhile() {
    ProbeHandle handle = probe(asm.at("end"));
    machine.reset(asm.at("end"));
    handle.close();
    // Between looking the address up and looking at the text there.
    faulty.beforeRead(() -> probe(asm.at("end")));

    assertThat(cpu.breakpoint(machine)).isEqualTo(Resume.CONTINUE);
    assertThat(kprobes.probes().get(0).hits()).isEqualTo(1);
  }

  @Test
  void staleTrapAfterDisablingGoesOn() {
    ProbeHandle handle = probe(asm.at("end"));
    machine.reset(asm.at("end"));
    handle.disable();

    assertThat(cpu.breakpoint(machine)).isEqualTo(Resume.CONTINUE);
    assertThat(handle.hits()).isZero();
  }

  @Test
  void staleTrapAfterOptimizingIsAHit() {
    ProbeHandle handle = probe(asm.at("dec"));
    kprobes.runOptimizer();
    machine.reset(asm.at("dec"));

    assertThat(cpu.breakpoint(machine)).isEqualTo(Resume.CONTINUE);
    machine.runUntil(pc -> pc == asm.at("dec") + 4);
    assertThat(handle.hits()).isEqualTo(1);
    assertThat(machine.get("a")).isEqualTo(0xFFFF);
  }

  @Test
  void staleTrapAfterOptimizingDoesNotComeBackIntoTheWindow() {
    ProbeHandle handle = optimized(asm.at("end"));
    machine.reset(asm.at("end"));

    assertThat(cpu.breakpoint(machine)).isEqualTo(Resume.CONTINUE);
    assertThat(machine.programCounter()).isEqualTo(jumpTarget(asm.at("end")));
    machine.run();
    assertThat(machine.programCounter()).isEqualTo(unprobed.pc());
    assertThat(handle.hits()).isEqualTo(1);
  }

  @Test
  void stepThatNobodyAskedForIsNotOurs() {
    assertThat(cpu.stepped(machine)).isEqualTo(Resume.NOT_OURS);
  }
}
