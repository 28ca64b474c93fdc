package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.fuzz.KnownDisagreements;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands that fuzz let a user choose. Filled by the command line library. */
final class FuzzChoices {
  static final int STATES = 4;

  private static final String NONE = "none";

  @Option(
      names = "--isa",
      required = true,
      paramLabel = "ISA",
      description = "The instruction set, such as x86-64, x86-32, a32 or t32.")
  private String isa = "";

  @Option(
      names = "--oracle",
      paramLabel = "ORACLE",
      split = ",",
      description = "Who judges: decoders, bounds, relocation, execution.")
  private Set<OracleKind> oracles = EnumSet.noneOf(OracleKind.class);

  @Option(
      names = "--decoders",
      paramLabel = "NAME",
      split = ",",
      description = "Which decoders: zydis, capstone, objdump, optprobe, or a plug-in.")
  private List<String> decoders = new ArrayList<>();

  @Option(
      names = "--generator",
      paramLabel = "NAME",
      description =
          "What makes cases: sliding, encoded, exhaustive, exhaustive-wide, random, corpus:FILE.")
  private @Nullable String generator;

  @Option(
      names = "--executor",
      paramLabel = "WHICH",
      description = "What executes them: emulator, or host (x86 only).")
  private ExecutorKind executor = ExecutorKind.EMULATOR;

  @Option(
      names = "--states",
      paramLabel = "N",
      description = "From how many start states each case is executed; 4 without it.")
  private int states = STATES;

  @Option(
      names = "--known",
      paramLabel = "FILE",
      description =
          "Known disagreements, besides the testkit's own; \"none\" leaves those out as well.")
  private List<String> known = new ArrayList<>();

  /**
   * What was chosen.
   *
   * @param otherwise the oracles if none was chosen
   * @throws CommandFailure if there is no such thing
   */
  Campaign campaign(Set<OracleKind> otherwise) {
    Set<OracleKind> kinds = oracles.isEmpty() ? otherwise : oracles;
    if (states < 1) {
      throw CommandFailure.usage("--states is at least 1: " + states);
    }
    DecoderChoice choice = new DecoderChoice(isa);
    List<String> chosen = decoders.isEmpty() ? choice.best(kinds) : choice.checked(decoders);
    GeneratorChoice generators = new GeneratorChoice(isa);
    return new Campaign(
        isa,
        kinds,
        chosen,
        generator == null ? generators.best() : generators.checked(generator),
        executor,
        states,
        known(KnownSubjects.of(kinds, chosen)),
        options(kinds));
  }

  boolean hasOracles() {
    return !oracles.isEmpty();
  }

  private KnownDisagreements known(List<String> subjects) {
    boolean own = !known.contains(NONE);
    KnownDisagreements all = own ? KnownDisagreements.builtIn(isa) : KnownDisagreements.NONE;
    for (String file : known) {
      all = file.equals(NONE) ? all : all.and(read(file));
    }
    return all.about(subjects);
  }

  private static KnownDisagreements read(String file) {
    try {
      return KnownDisagreements.read(Path.of(file));
    } catch (IllegalArgumentException | java.io.UncheckedIOException wrong) {
      throw new CommandFailure(
          ExitCode.USAGE, "--known: can not read " + file + ": " + wrong.getMessage(), wrong);
    }
  }

  /** Without the generator, which only a case of a campaign needs. */
  private List<String> options(Set<OracleKind> kinds) {
    List<String> options = new ArrayList<>();
    options.add("--oracle");
    options.add(String.join(",", kinds.stream().sorted().map(OracleKind::word).toList()));
    if (!decoders.isEmpty()) {
      options.addAll(List.of("--decoders", String.join(",", decoders)));
    }
    if (executor != ExecutorKind.EMULATOR) {
      options.addAll(List.of("--executor", executor.word()));
    }
    if (states != STATES) {
      options.addAll(List.of("--states", "" + states));
    }
    known.forEach(file -> options.addAll(List.of("--known", file)));
    return options;
  }
}
