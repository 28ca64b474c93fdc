package io.github.optprobe.x86.sweep;

import io.github.optprobe.Cpu;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.testkit.traced.GeneralRegister;
import io.github.optprobe.testkit.traced.Stop;
import io.github.optprobe.testkit.traced.TracedMachine;
import io.github.optprobe.testkit.traced.VectorState;
import io.github.optprobe.text.AddressRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs code in the sandbox, step by step or at full speed. Used by the thread that traces. */
final class Runs {
  /** How many instructions are followed at most: windows may be loops, strings long. */
  static final int LIMIT = 24;

  private static final int LIMIT_RELOCATED = 12 * LIMIT;
  private static final int PUSHF = 0x9c;
  private static final int STEP_FLAG = 1;

  private final Sandbox sandbox;
  private final TracedMachine machine;
  private List<ByteBuffer> written = List.of();
  private boolean vectors;

  Runs(Sandbox sandbox) {
    this.sandbox = sandbox;
    machine = sandbox.target().machine();
  }

  /** Sets everything as it is before a run. */
  void begin(StartStates.StartState state, long address, boolean withVectors) {
    sandbox.fill(state.data(), state.stack());
    written = List.of();
    vectors = withVectors;
    machine.setRegisters(state.general());
    machine.setRegister(GeneralRegister.RIP, address);
    if (withVectors) {
      machine.setVectors(state.vectors());
    }
  }

  /**
   * Follows original code: a point behind each step, up to the first outside of the range, or at a
   * fault.
   */
  List<Point> original(AddressRange range) {
    List<Point> points = new ArrayList<>();
    long address = machine.register(GeneralRegister.RIP);
    while (range.contains(address) && points.size() < LIMIT) {
      Stop stop = step(address);
      address = machine.register(GeneralRegister.RIP);
      points.add(point(address, stop));
      if (stop.kind() != Stop.Kind.STEP) {
        break;
      }
    }
    return points;
  }

  /**
   * Follows relocated code: a point wherever it stands between two instructions of the original,
   * the last outside of the slot, or at a fault.
   *
   * @param most how many points at most
   */
  List<Point> relocated(RelocatedCode code, int most) {
    List<Point> points = new ArrayList<>();
    AddressRange slot = code.slot().range();
    long address = machine.register(GeneralRegister.RIP);
    for (int steps = 0; points.size() < most && slot.contains(address); steps++) {
      if (steps > LIMIT_RELOCATED) {
        throw new IllegalStateException("never comes to an end: " + slot);
      }
      Stop stop = step(address);
      address = machine.register(GeneralRegister.RIP);
      if (stop.kind() != Stop.Kind.STEP) {
        points.add(fault(code, address, stop));
        break;
      }
      if (!slot.contains(address)) {
        points.add(point(address, stop));
      } else if (code.startsInstruction(address)) {
        points.add(point(code.originalOf(address).orElseThrow(), stop));
      }
    }
    return points;
  }

  /** A fault in relocated code is one of the original instruction, and so is its address. */
  private Point fault(RelocatedCode code, long address, Stop stop) {
    long original = code.originalOf(address).orElse(address);
    Stop there =
        stop.address() == address
            ? new Stop(stop.kind(), stop.signal(), stop.code(), original)
            : stop;
    return point(original, there);
  }

  /** Lets probed code run until it stops where no probe is. */
  Point resume(Cpu cpu) {
    Stop stop = sandbox.target().resume(cpu);
    return point(machine.register(GeneralRegister.RIP), stop);
  }

  /** How it stands. */
  Point now() {
    return point(machine.register(GeneralRegister.RIP), new Stop(Stop.Kind.STEP, 0, 0, 0));
  }

  private Stop step(long address) {
    boolean pushes = pushesFlags(address);
    Stop stop = machine.step();
    if (stop.kind() == Stop.Kind.EXIT || stop.kind() == Stop.Kind.TIME_LIMIT) {
      throw new IllegalStateException("at 0x%x: %s".formatted(address, stop));
    }
    if (pushes && stop.kind() == Stop.Kind.STEP) {
      long second = machine.register(GeneralRegister.RSP) + 1;
      byte pushed = machine.read(second, 1)[0];
      machine.write(second, new byte[] {(byte) (pushed & ~STEP_FLAG)});
    }
    return stop;
  }

  /** The step itself would show in them. */
  private boolean pushesFlags(long address) {
    byte[] bytes = machine.read(address, 2);
    return (bytes[0] & 0xff) == PUSHF || ((bytes[1] & 0xff) == PUSHF && isPrefix(bytes[0] & 0xff));
  }

  private static boolean isPrefix(int value) {
    return value == 0x66 || value == 0xf3 || value == 0xf2 || (value & 0xf0) == 0x40;
  }

  private Point point(long address, Stop stop) {
    written = sandbox.written(written);
    Optional<VectorState> state = vectors ? Optional.of(machine.vectors()) : Optional.empty();
    return new Point(address, stop, machine.registers(), state, written);
  }
}
