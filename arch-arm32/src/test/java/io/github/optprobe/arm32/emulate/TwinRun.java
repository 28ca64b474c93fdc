package io.github.optprobe.arm32.emulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arm32.forms.Form;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.text.TextException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Has Unicorn execute an instruction, and us emulate it, from the same state. */
final class TwinRun implements AutoCloseable {
  /** What a run was like. */
  record Result(boolean faulted, boolean passed, boolean inBlock) {}

  private final Arena near = Arena.ofData(StartStates.NEAR, StartStates.NEAR_BYTES);
  private final Arena code = near.executable(StartStates.CODE_OFFSET, StartStates.CODE_BYTES);
  private final Arena data = Arena.ofData(StartStates.DATA, StartStates.DATA_BYTES);
  private final Arena constants = Arena.ofConstants(StartStates.CONSTANTS, StartStates.DATA_BYTES);
  private final List<Arena> arenas = List.of(near, data, constants);
  private final DataMemory memory = Arena.data(arenas);
  private final BareCpu cpu = new BareCpu();

  private Form form;
  private StartStates states;
  private long address;
  private List<byte[]> contents = List.of();

  TwinRun() {
    int behind = StartStates.CODE_OFFSET + StartStates.CODE_BYTES;
    cpu.map(near.part(0, StartStates.CODE_OFFSET));
    cpu.map(code);
    cpu.map(near.part(behind, StartStates.NEAR_BYTES - behind));
    cpu.map(data);
    cpu.map(constants);
  }

  /** Puts an instruction into memory. */
  void begin(Form next) {
    form = next;
    states = new StartStates(form);
    address = states.address();
    arenas.forEach(each -> each.setContent(states.memory(each.bytes())));
    code.setContent(states.code());
    code.setContent(address, form.decoded(address, ItState.OUTSIDE).bytes());
    cpu.forget(code);
    contents = arenas.stream().map(Arena::content).toList();
  }

  /** What does not store has not stored. */
  void end() {
    assertThat(isUnchanged()).as("%s", form).isTrue();
  }

  Result compareInBlock(int nzcv, List<ItState> places) {
    return compare(nzcv, states.oneOf(places));
  }

  Result compare(int nzcv, ItState it) {
    PlainRegisters start = states.next(nzcv, address, it);
    PlainRegisters executed = start.copy();
    BareCpu.End end = cpu.run(executed);
    List<byte[]> executedMemory = takeMemory();

    PlainRegisters emulated = start.copy();
    boolean faulted = faults(emulated, nzcv % 2 == 0 ? ItState.OUTSIDE : it);
    List<byte[]> emulatedMemory = takeMemory();

    Supplier<String> what =
        () ->
            "%s at%n%s%nexecuted %s%n%s%nemulated%n%s"
                .formatted(form, start, end, executed, emulated);
    assertThat(end).as(what).isEqualTo(faulted ? BareCpu.End.FAULT : BareCpu.End.DONE);
    if (faulted) {
      assertThat(emulated).as(what).isEqualTo(start);
      Deviations.takeBackOfFault(form, start, executed);
      Deviations.takeBackOfFault(emulatedMemory, executedMemory);
    } else {
      Deviations.takeBackOfDone(executed);
    }
    assertThat(emulated).as(what).isEqualTo(executed);
    assertThat(Arrays.deepEquals(emulatedMemory.toArray(), executedMemory.toArray()))
        .as(what)
        .isTrue();
    return new Result(faulted, condition(it).holds(start.cpsr()), it.inBlock());
  }

  private Condition condition(ItState it) {
    return it.inBlock() ? it.condition() : form.decoded(address, it).condition();
  }

  private boolean faults(PlainRegisters registers, ItState decodedAt) {
    Emulation emulation = Emulator.emulationOf(form.decoded(address, decodedAt)).orElseThrow();
    try {
      emulation.run(registers, memory);
      return false;
    } catch (TextException fault) {
      return true;
    }
  }

  private List<byte[]> takeMemory() {
    if (!form.stores()) {
      return List.of();
    }
    List<byte[]> now = arenas.stream().map(Arena::content).toList();
    for (int i = 0; i < arenas.size(); i++) {
      arenas.get(i).setContent(contents.get(i));
    }
    return now;
  }

  private boolean isUnchanged() {
    for (int i = 0; i < arenas.size(); i++) {
      if (!Arrays.equals(arenas.get(i).content(), contents.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    cpu.close();
  }
}
