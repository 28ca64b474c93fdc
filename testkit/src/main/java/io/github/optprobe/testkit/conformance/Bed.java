package io.github.optprobe.testkit.conformance;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Kprobes;
import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.testkit.execute.MachineState;
import io.github.optprobe.testkit.text.FaultInjectingText;
import io.github.optprobe.testkit.text.RecordingText;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextMemory;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One piece of code in a text of its own, which records and fails on demand; nothing executes it.
 */
final class Bed {
  static final long BASE = 0x0200_0000L;
  static final long GATE = 0x0210_0000L;
  private static final int MARGIN = 64;

  final ByteArrayText memory;
  final FaultInjectingText faults;
  final RecordingText text;
  final byte[] code;
  private final Architecture architecture;
  private final int mapped;

  Bed(Architecture architecture, byte[] code) {
    this.architecture = architecture;
    this.code = code.clone();
    byte[] content = fill(architecture, code.length + 2 * MARGIN);
    System.arraycopy(code, 0, content, MARGIN, code.length);
    mapped = content.length;
    memory = ByteArrayText.at(BASE - MARGIN, content);
    faults = new FaultInjectingText(memory);
    text = new RecordingText(faults);
  }

  private static byte[] fill(Architecture architecture, int bytes) {
    byte[] breakpoint = architecture.breakpoint();
    byte[] content = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      content[i] = breakpoint[i % breakpoint.length];
    }
    return content;
  }

  /** Registers that nothing executes with, all zero. */
  static MachineState registers(Architecture architecture) {
    return MachineState.zero(
        architecture.registers(),
        architecture.instructionSet().addressBits(),
        List.of(),
        new int[0]);
  }

  CodeAddress address() {
    return at(BASE);
  }

  CodeAddress at(long address) {
    return new CodeAddress(address, architecture.instructionSet());
  }

  AddressRange body() {
    return AddressRange.ofLength(BASE, code.length);
  }

  CodeScan scan() {
    return architecture.scan(memory, body());
  }

  /** All of the text that was there to begin with. */
  byte[] content() {
    return memory.readFully(BASE - MARGIN, mapped);
  }

  /** What is written through the text that it gives is recorded. */
  Preparation preparation(CodeAddress address, SlotAllocator slots) {
    return new Preparation(
        address,
        text,
        slots,
        (bytes, within) -> Optional.empty(),
        () -> Optional.of(scan()),
        false);
  }

  Preparation preparation() {
    return preparation(address(), slotsIn(memory));
  }

  static SlotAllocator slotsIn(TextMemory text) {
    return (bytes, within) ->
        text.allocate(bytes, within).stream()
            .mapToObj(address -> new Slot(address, bytes))
            .findFirst();
  }

  PreparedProbe prepare() {
    return architecture.prepare(preparation());
  }

  PreparedProbe prepare(CodeAddress address) {
    return architecture.prepare(preparation(address, slotsIn(memory)));
  }

  WindowPlan plan() {
    return architecture.planWindow(preparation());
  }

  /**
   * A detour in the best form that is to be had.
   *
   * @throws RefusedException if there is none
   */
  PreparedDetour detour() {
    return detour(slotsIn(memory));
  }

  /** The same with slots from elsewhere. */
  PreparedDetour detour(SlotAllocator slots) {
    Preparation preparation = preparation(address(), slots);
    try {
      return detour(preparation, architecture.planWindow(preparation));
    } catch (RefusedException first) {
      for (JumpForm form : architecture.otherForms(first.refusal())) {
        try {
          return detour(preparation, architecture.planWindow(preparation, form));
        } catch (RefusedException refused) {
          first.addSuppressed(refused);
        }
      }
      throw first;
    }
  }

  /** The detour that was planned. */
  PreparedDetour detour(WindowPlan plan) {
    return detour(preparation(), plan);
  }

  private PreparedDetour detour(Preparation preparation, WindowPlan plan) {
    return architecture.prepareDetour(plan, preparation, Gate.at(GATE));
  }

  /**
   * A detour at another instruction, in the form that is planned first.
   *
   * @throws RefusedException if there is none
   */
  PreparedDetour detour(CodeAddress address) {
    Preparation preparation = preparation(address, slotsIn(memory));
    return detour(preparation, architecture.planWindow(preparation));
  }

  /** Writes what a probe needs outside of the text, as the registry does before it arms. */
  void publish(RelocatedCode relocated) {
    memory.write(relocated.start(), relocated.bytes());
  }

  Kprobes.Builder registry() {
    return Kprobes.builder(text)
        .architecture(architecture)
        .codeMap(CodeMap.of(new CodeMap.Function("sample", body())))
        .gate(GATE);
  }

  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    architecture
        .disassemble(memory, body())
        .forEach(
            line ->
                lines.append(
                    "  +%-4x %-24s %s%n"
                        .formatted(line.address() - BASE, line.bytes(), line.text())));
    return lines.toString();
  }

  /** Whether two texts hold the same. */
  static boolean same(byte[] one, byte[] other) {
    return Arrays.equals(one, other);
  }
}
