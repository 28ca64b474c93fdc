package io.github.optprobe.testkit.oracle;

import io.github.optprobe.Cpu;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.testkit.elf.ImportListener;
import io.github.optprobe.testkit.elf.Imports;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.GuestFaultException;
import io.github.optprobe.testkit.emulator.Snapshot;
import io.github.optprobe.testkit.emulator.Trace;
import io.github.optprobe.testkit.emulator.TrapCounts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs scenarios on a target, each from the same start state: the memory as it was when the oracle
 * was created, the registers filled from a seed. What it {@linkplain #observe observes} without and
 * with probes is then {@linkplain #compare compared}: results, faults, all registers and flags,
 * vector registers, all data memory but the dead stack, calls out of the guest, and the path.
 *
 * <p>All flags are compared, also those that an instruction leaves undefined: both runs have the
 * same CPU. Text is not compared here; memory that is both writable and executable counts as text.
 *
 * <p>Not thread-safe.
 */
public final class Oracle {
  private final EmulatedTarget target;
  private final @Nullable Imports imports;
  private final AddressNames names = new AddressNames();
  private final Snapshot start;

  private Oracle(EmulatedTarget target, @Nullable Imports imports) {
    this.target = target;
    this.imports = imports;
    start = target.snapshot();
  }

  /** An oracle for a target whose code calls nothing outside. */
  public static Oracle on(EmulatedTarget target) {
    return new Oracle(target, null);
  }

  /**
   * An oracle for a target whose images import functions.
   *
   * @param imports calls of which are compared; their listener is taken
   */
  public static Oracle on(EmulatedTarget target, Imports imports) {
    return new Oracle(target, imports);
  }

  /** How addresses are printed. */
  public AddressNames names() {
    return names;
  }

  /**
   * Runs a scenario.
   *
   * @param seed of the register pattern
   * @param cpu where traps are reported
   */
  public Observation observe(Scenario scenario, long seed, Cpu cpu) {
    return observe(scenario, seed, cpu, null);
  }

  /**
   * Runs a scenario and records its path, which takes about a thousand times as long.
   *
   * @param seed of the register pattern
   * @param cpu where traps are reported
   * @param map which addresses stand for which
   */
  public Observation observePath(Scenario scenario, long seed, Cpu cpu, PathMap map) {
    return observe(scenario, seed, cpu, map);
  }

  /** Compares an unprobed run with a probed one. */
  public Comparison compare(Observation unprobed, Observation probed) {
    return Comparison.of(unprobed, probed, names);
  }

  /** Goes back to the start state. */
  public void restore() {
    target.restore(start);
  }

  private Observation observe(Scenario scenario, long seed, Cpu cpu, @Nullable PathMap map) {
    restore();
    target.seedRegisters(seed);
    TrapCounts before = target.counts();
    List<ImportCall> calls = new ArrayList<>();
    listen((name, arguments, result) -> calls.add(importCall(name, arguments, result)));
    Guest guest = new Guest(target, cpu);
    try {
      return run(scenario, guest, calls, before, map);
    } finally {
      listen(ImportListener.NONE);
    }
  }

  private Observation run(
      Scenario scenario,
      Guest guest,
      List<ImportCall> calls,
      TrapCounts before,
      @Nullable PathMap map) {
    Path path = Path.NONE;
    String fault;
    if (map == null) {
      fault = run(scenario, guest);
    } else {
      try (Trace trace = target.trace()) {
        fault = run(scenario, guest);
        path = Path.of(trace, target, map);
      }
    }
    return observation(guest, fault, calls, path, target.counts().minus(before));
  }

  /** The address counts where data was accessed; a program counter may be that of a copy. */
  private static String run(Scenario scenario, Guest guest) {
    try {
      scenario.run(guest);
      return "";
    } catch (GuestFaultException fault) {
      boolean isAccess = fault.address() != fault.pc();
      return fault.kind() + (isAccess ? " at 0x%x".formatted(fault.address()) : "");
    }
  }

  private Observation observation(
      Guest guest, String fault, List<ImportCall> calls, Path path, TrapCounts counts) {
    return new Observation(
        List.copyOf(guest.results()),
        fault,
        registers(!fault.isEmpty()),
        vectors(),
        target.memory(),
        target.registers().stackPointer(),
        List.copyOf(calls),
        path,
        counts);
  }

  /**
   * The program counter is always the exit's, or that of a fault, which may be in a copy. Registers
   * of which the emulator knows nothing are left out.
   */
  private Map<String, Long> registers(boolean afterFault) {
    RegisterFile file = target.registers().file();
    Map<String, Long> values = new LinkedHashMap<>();
    for (int i = 0; i < file.size(); i++) {
      long bits = target.comparableBits(i, afterFault);
      if (i != file.programCounter() && bits != 0) {
        values.put(file.names().get(i), target.registers().get(i) & bits);
      }
    }
    return values;
  }

  private Map<String, String> vectors() {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < target.vectorRegisters(); i++) {
      values.put("vector " + i, HexFormat.of().formatHex(target.vectorRegister(i)));
    }
    target
        .vectorStatus()
        .ifPresent(status -> values.put("vector status", Long.toHexString(status)));
    return values;
  }

  private void listen(ImportListener listener) {
    if (imports != null) {
      imports.setListener(listener);
    }
  }

  private static ImportCall importCall(String name, long[] arguments, long result) {
    return new ImportCall(name, Arrays.stream(arguments).boxed().toList(), result);
  }
}
