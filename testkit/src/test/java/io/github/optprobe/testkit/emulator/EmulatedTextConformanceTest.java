package io.github.optprobe.testkit.emulator;

import io.github.optprobe.Resume;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.conformance.TextCapability;
import io.github.optprobe.testkit.conformance.TextMemoryConformance;
import io.github.optprobe.testkit.conformance.TextUnderTest;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.util.Collection;
import java.util.List;

/** The emulator's text keeps the rules. */
class EmulatedTextConformanceTest extends TextMemoryConformance {
  private static final int PAGE = 4096;
  private static final byte[] BREAKPOINT_AND_RETURN = Targets.bytes("cc c3");

  private EmulatedTarget target;

  @Override
  protected TextUnderTest newText() {
    target = Targets.withCode("c3");
    return new TextUnderTest(target.text(), AddressRange.ofLength(Targets.CODE, PAGE), target);
  }

  @Override
  protected Collection<TextCapability> capabilities() {
    return List.of(
        TextCapability.ALLOCATES_NEAR,
        TextCapability.REUSES_FREED,
        TextCapability.REPORTS_QUIESCENCE);
  }

  @Override
  protected void whileStandingAt(TextUnderTest under, long address, Runnable meanwhile) {
    TextMemory text = under.text();
    text.write(address, BREAKPOINT_AND_RETURN);
    text.synchronizeCpus();
    target.run(
        address, new ScriptedCpu().onBreakpoint(registers -> resumeBehind(registers, meanwhile)));
  }

  private static Resume resumeBehind(Registers registers, Runnable meanwhile) {
    meanwhile.run();
    registers.setProgramCounter(registers.programCounter() + 1);
    return Resume.CONTINUE;
  }
}
