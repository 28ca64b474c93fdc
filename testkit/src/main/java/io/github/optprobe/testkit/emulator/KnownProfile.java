package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.CallRegisters;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;
import io.github.optprobe.testkit.unicorn.ExecutorProfile.Family;
import io.github.optprobe.testkit.unicorn.ExecutorProfile.ProgramCounterUpkeep;
import io.github.optprobe.testkit.unicorn.StatusRegister;
import io.github.optprobe.testkit.unicorn.VectorBank;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * A profile, built in or found as a service.
 *
 * @param executor for Unicorn
 * @param described where it comes from; empty if it is built in
 */
record KnownProfile(ExecutorProfile executor, Optional<EmulatorProfile> described) {

  /**
   * The profile of an instruction set.
   *
   * @throws IllegalArgumentException if there is none; the message says which there are
   */
  static KnownProfile of(String instructionSet) {
    List<KnownProfile> known = Stream.concat(builtIn(), found()).toList();
    return known.stream()
        .filter(profile -> profile.executor.name().equals(instructionSet))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(nothingFound(instructionSet, known)));
  }

  private static String nothingFound(String instructionSet, List<KnownProfile> known) {
    return "the emulator has no profile for %s; it has %s. Provide an %s with one."
        .formatted(
            instructionSet,
            known.stream().map(profile -> profile.executor.name()).toList(),
            EmulatorProfiles.class.getName());
  }

  private static Stream<KnownProfile> builtIn() {
    return ExecutorProfile.builtIn().map(each -> new KnownProfile(each, Optional.empty()));
  }

  private static Stream<KnownProfile> found() {
    return ServiceLoader.load(EmulatorProfiles.class).stream()
        .flatMap(provider -> provider.get().profiles().stream())
        .map(each -> new KnownProfile(executorOf(each), Optional.of(each)));
  }

  /** How the family's parts are made. */
  CpuFamily family(CpuParts parts) {
    return described
        .map(profile -> DescribedCpu.family(profile, parts))
        .orElseGet(() -> CpuFamily.of(parts));
  }

  private static ExecutorProfile executorOf(EmulatorProfile profile) {
    EmulatorProfile.Unicorn unicorn = profile.unicorn();
    return new ExecutorProfile(
        profile.instructionSet(),
        Family.DESCRIBED,
        profile.wordBytes(),
        unicorn.arch(),
        unicorn.mode(),
        unicorn.registers(),
        startValues(unicorn),
        callRegisters(profile.calls(), unicorn),
        new StatusRegister(ExecutorProfile.NO_REGISTER, 0, 0, 0, 0),
        new VectorBank(0, 0, ExecutorProfile.NO_REGISTER, 0),
        unicorn.number(profile.calls().threadPointer()),
        profile.wordBytes(),
        List.of(),
        ProgramCounterUpkeep.BEFORE_INSTRUCTIONS);
  }

  private static Map<Integer, Long> startValues(EmulatorProfile.Unicorn unicorn) {
    Map<Integer, Long> values = new LinkedHashMap<>();
    unicorn.startValues().forEach((name, value) -> values.put(unicorn.number(name), value));
    return values;
  }

  private static CallRegisters callRegisters(
      EmulatorProfile.Calls calls, EmulatorProfile.Unicorn unicorn) {
    return new CallRegisters(
        unicorn.number(calls.programCounter()),
        unicorn.number(calls.stackPointer()),
        calls.arguments().stream().map(unicorn::number).toList(),
        unicorn.number(calls.result()),
        unicorn.number(calls.link()));
  }
}
