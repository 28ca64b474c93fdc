package io.github.optprobe.x86.sweep;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.WindowPolicy;
import io.github.optprobe.x86.X86_64;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.X86Decoder;
import java.util.Arrays;

/** Sweeps over the chosen boundaries of a library: asks the registry, and executes. */
final class LibrarySweep implements AutoCloseable {
  private static final int THROUGH_JUMP_EVERY = 100;

  private final X86_64 architecture = new X86_64();
  private final Sandbox sandbox;
  private final Boundaries boundaries;
  private final Kprobes relaxed;
  private final Kprobes conservative;
  private final Executions executions;
  private final ThroughJump throughJump;
  private final SweepTally tally;

  /**
   * Prepares a sweep.
   *
   * @param functions how many functions are looked at; all of them if it is 0
   * @param sample how many boundaries besides the functions' entries
   * @param states how many start states for each
   */
  LibrarySweep(NativeLibraries.Found library, int functions, int sample, int states) {
    tally = new SweepTally(library.name());
    sandbox = new Sandbox(architecture, library.image());
    boundaries =
        functions == 0
            ? Boundaries.all(architecture, sandbox.target().text(), library.image(), sample)
            : Boundaries.some(
                architecture, sandbox.target().text(), library.image(), functions, sample);
    CodeMap map = CodeMap.of(boundaries.functions());
    relaxed = registry(map, WindowPolicy.RELAXED);
    conservative = registry(map, WindowPolicy.CONSERVATIVE);
    StartStates starts = new StartStates(sandbox, sample);
    executions = new Executions(architecture, sandbox, starts, states, tally);
    throughJump = new ThroughJump(sandbox, relaxed, tally);
  }

  private Kprobes registry(CodeMap map, WindowPolicy policy) {
    return Kprobes.builder(sandbox.target().text())
        .architecture(architecture)
        .codeMap(map)
        .windowPolicy(policy)
        .gate(sandbox.target().gate())
        .build();
  }

  SweepTally run() {
    sandbox
        .target()
        .call(
            () -> {
              boundaries.functions().forEach(f -> tally.count(SweepTally.Count.ENTRIES));
              for (long address : boundaries.chosen()) {
                one(address);
              }
              return true;
            });
    return tally;
  }

  private void one(long address) {
    tally.count(SweepTally.Count.TRIED);
    Explanation explanation = relaxed.explain(X86_64.at(address));
    if (!explanation.isProbeable()) {
      tally.refused(code(explanation.verdict(Tier.SINGLE_STEP)), mnemonicAt(address));
      return;
    }
    boolean jump = explanation.verdict(Tier.OPTIMIZED).isAccepted();
    tally.count(SweepTally.Count.PROBED);
    tally.countIf(explanation.verdict(Tier.BOOSTED).isAccepted(), SweepTally.Count.BOOSTED);
    tally.countIf(explanation.verdict(Tier.EMULATED).isAccepted(), SweepTally.Count.EMULATED);
    tally.countIf(jump, SweepTally.Count.OPTIMIZED_RELAXED);
    if (jump) {
      Explanation strict = conservative.explain(X86_64.at(address));
      tally.countIf(
          strict.verdict(Tier.OPTIMIZED).isAccepted(), SweepTally.Count.OPTIMIZED_CONSERVATIVE);
    } else {
      tally.notOptimized(code(explanation.verdict(Tier.OPTIMIZED)));
    }
    // Behind a landing mark, if there is one.
    Executions.Case done = executions.run(explanation.instruction().address().value());
    if (jump && tally.get(SweepTally.Count.OPTIMIZED_RELAXED) % THROUGH_JUMP_EVERY == 1) {
      throughJump.run(done);
    }
    sandbox.closeAll();
  }

  private static String code(Explanation.Verdict verdict) {
    return verdict.refusal().map(Refusal::code).orElse("none");
  }

  private String mnemonicAt(long address) {
    byte[] bytes = new byte[Instruction.MAX_LENGTH];
    int count = sandbox.target().text().read(address, bytes, 0, bytes.length);
    return X86Decoder.for64Bit().decode(Arrays.copyOf(bytes, count), address)
            instanceof Instruction instruction
        ? instruction.mnemonic()
        : "(undecodable)";
  }

  @Override
  public void close() {
    relaxed.close();
    conservative.close();
    sandbox.close();
  }
}
