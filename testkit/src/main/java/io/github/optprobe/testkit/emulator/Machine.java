package io.github.optprobe.testkit.emulator;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;
import io.github.optprobe.testkit.unicorn.UnavailableLibraryException;
import io.github.optprobe.text.AddressRange;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** The parts of a target, wired. */
final class Machine implements AutoCloseable {
  private final ExecutorProfile profile;
  private final Engine engine;
  private final EngineLock lock;
  private final AddressSpace space;
  private final EmulatedData data;
  private final EmulatedText text;
  private final Quiescence quiescence;
  private final LiveRegisters registers;
  private final VectorRegisters vectors;
  private final CpuFamily family;
  private final Services services;
  private final Watchdog watchdog;

  Machine(Architecture architecture, long servicesAt, Duration limit) {
    this(architecture, servicesAt, limit, UnaryOperator.identity());
  }

  /**
   * Creates it.
   *
   * @param change what the profile's executor is changed to
   */
  Machine(
      Architecture architecture,
      long servicesAt,
      Duration limit,
      UnaryOperator<ExecutorProfile> change) {
    KnownProfile known = KnownProfile.of(architecture.instructionSet().name());
    profile = change.apply(known.executor());
    engine = open(profile);
    lock = new EngineLock(engine);
    space = new AddressSpace(engine, architecture.instructionSet().addresses());
    StaleCode stale = new StaleCode();
    data = new EmulatedData(space, stale);
    registers = new LiveRegisters(engine, profile, architecture.registers());
    vectors = new VectorRegisters(engine, profile.vectors());
    quiescence = new Quiescence(space, lock, profile.wordBytes(), registers::programCounter);
    text = new EmulatedText(space, engine, lock, quiescence, stale);
    family =
        known.family(
            new CpuParts(architecture, profile, engine, lock, space, data, text, stale, registers));
    services =
        new Services(
            space.map(
                AddressRange.ofLength(servicesAt, Services.BYTES),
                Protection.READ_EXECUTE,
                Mapping.Purpose.SERVICES),
            family.stub(),
            family.otherExit());
    watchdog = new Watchdog(engine, limit);
  }

  private static Engine open(ExecutorProfile profile) {
    try {
      return new Engine(profile);
    } catch (UnavailableLibraryException notThere) {
      throw new EmulatorUnavailableException(notThere);
    } catch (LinkageError noJna) {
      throw new EmulatorUnavailableException(noJna);
    }
  }

  ExecutorProfile profile() {
    return profile;
  }

  Engine engine() {
    return engine;
  }

  EngineLock lock() {
    return lock;
  }

  AddressSpace space() {
    return space;
  }

  EmulatedData data() {
    return data;
  }

  EmulatedText text() {
    return text;
  }

  Quiescence quiescence() {
    return quiescence;
  }

  LiveRegisters registers() {
    return registers;
  }

  VectorRegisters vectors() {
    return vectors;
  }

  CpuFamily family() {
    return family;
  }

  Calls calls() {
    return family.calls();
  }

  /** Makes the CPU stand at a function, in its instruction set. */
  void exchange(long pointer) {
    calls().enter(services.range().last() & -64, pointer, services);
  }

  /** Whether the CPU has halted where a program may halt it. */
  boolean isWaiting() {
    return family.traps().isWaiting();
  }

  /** Tells who asks for quiescence where the CPU may return to; it stands still. */
  void noteReturns() {
    quiescence.stoppedWith(engine.register(profile.calls().stackPointer()), calls().link());
  }

  Services services() {
    return services;
  }

  Watchdog watchdog() {
    return watchdog;
  }

  /** Code is translated with or without tracing in it. */
  void forgetAllCode() {
    for (Mapping mapping : space.all()) {
      if (mapping.protection().canExecute()) {
        engine.forgetTranslations(mapping.range().first(), mapping.range().length());
      }
    }
  }

  int slotMappings() {
    return (int)
        space.all().stream().filter(mapping -> mapping.purpose() == Mapping.Purpose.SLOTS).count();
  }

  boolean isSlot(long address) {
    Mapping mapping = space.at(address);
    return mapping != null && mapping.purpose() == Mapping.Purpose.SLOTS;
  }

  void watchdogCheck() {
    if (watchdog.isExpired()) {
      long pc = registers.programCounter();
      throw new GuestFaultException(
          GuestFaultException.Kind.TIME_LIMIT, pc, pc, "the run takes longer than is permitted");
    }
  }

  @Override
  public void close() {
    watchdog.close();
    lock.enter();
    try {
      engine.close();
    } finally {
      lock.leave();
    }
  }
}
