package io.github.optprobe.testkit.traced;

import io.github.optprobe.Resume;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.conformance.TextCapability;
import io.github.optprobe.testkit.conformance.TextMemoryConformance;
import io.github.optprobe.testkit.conformance.TextUnderTest;
import io.github.optprobe.testkit.emulator.NamesOnlyArchitecture;
import io.github.optprobe.testkit.emulator.ScriptedCpu;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.util.Collection;
import java.util.List;

/** The text of a traced child process keeps the rules. */
class TracedTextConformanceTest extends TextMemoryConformance {
  private static final int PAGE = 4096;
  private static final byte[] BREAKPOINT_AND_RETURN = TracedMachines.bytes("cc c3");

  private TracedTarget target;

  @Override
  protected TextUnderTest newText() {
    NamesOnlyArchitecture names = NamesOnlyArchitecture.x86();
    target = TracedMachines.orSkip(() -> TracedTarget.of(names));
    target.map(TracedMachines.CODE, TracedMachines.bytes("c3"), Protection.READ_EXECUTE);
    return new TextUnderTest(
        target.text(), AddressRange.ofLength(TracedMachines.CODE, PAGE), target);
  }

  @Override
  protected Collection<TextCapability> capabilities() {
    return List.of(
        TextCapability.ALLOCATES_NEAR,
        TextCapability.REUSES_FREED,
        TextCapability.WRITES_ALL_OR_NOTHING,
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
