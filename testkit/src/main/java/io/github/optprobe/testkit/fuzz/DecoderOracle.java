package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.testkit.decode.BatchDecoder;
import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.decode.DecodeStatus;
import io.github.optprobe.testkit.decode.Decoded;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Detail;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decoders against each other, each against each: whether it is an instruction, length, flow of
 * control, target, and the registers if wanted. Where one of them does not tell, they agree.
 *
 * <p>Categories: {@code CRASH} (of one decoder), {@code STATUS}, {@code LENGTH}, {@code FLOW},
 * {@code TARGET}, {@code READ}, {@code WRITTEN}. If status or length differ nothing else is looked
 * at.
 */
public final class DecoderOracle implements CaseOracle {
  private final List<Decoder> decoders;
  private final Decoded[] answers;
  private final Detail detail;

  /**
   * Creates an oracle.
   *
   * @param decoders two or more; in the order in which reports are to name them
   * @param registers whether registers are to be compared, which takes longer
   * @throws IllegalArgumentException if there are fewer than two
   */
  public DecoderOracle(List<Decoder> decoders, boolean registers) {
    if (decoders.size() < 2) {
      throw new IllegalArgumentException("nothing to compare: " + decoders.size() + " decoders");
    }
    this.decoders = List.copyOf(decoders);
    this.detail = registers ? Detail.REGISTERS : Detail.FLOW;
    this.answers = new Decoded[decoders.size()];
    for (int i = 0; i < answers.length; i++) {
      answers[i] = new Decoded();
    }
  }

  @Override
  public String name() {
    return "decoders("
        + String.join(",", decoders.stream().map(Decoder::name).toList())
        + (detail == Detail.REGISTERS ? ",registers)" : ")");
  }

  @Override
  public void check(CodeInput input, long seed, Consumer<? super Finding> findings) {
    for (int i = 0; i < answers.length; i++) {
      Decoded answer = SafeDecode.decode(decoders.get(i), input, detail, answers[i]);
      if (answer.status() == DecodeStatus.CRASHED) {
        findings.accept(crash(decoders.get(i), input, answer));
      }
    }
    for (int i = 0; i < answers.length; i++) {
      for (int j = i + 1; j < answers.length; j++) {
        compare(i, j, findings);
      }
    }
  }

  private static Finding crash(Decoder decoder, CodeInput input, Decoded answer) {
    String thrown = answer.text().split("[:\\n]", 2)[0];
    return new Finding("CRASH", decoder.name(), thrown, input.available());
  }

  private void compare(int i, int j, Consumer<? super Finding> findings) {
    Decoded a = answers[i];
    Decoded b = answers[j];
    if (!isOpinion(a) || !isOpinion(b)) {
      return;
    }
    if (a.status().isDecoded() != b.status().isDecoded()) {
      findings.accept(finding("STATUS", i, j));
    } else if (a.status().isDecoded()) {
      compareInstructions(i, j, findings);
    }
  }

  private static boolean isOpinion(Decoded answer) {
    return answer.status() != DecodeStatus.CRASHED && answer.status() != DecodeStatus.UNSUPPORTED;
  }

  private void compareInstructions(int i, int j, Consumer<? super Finding> findings) {
    Decoded a = answers[i];
    Decoded b = answers[j];
    if (a.length() != b.length()) {
      findings.accept(finding("LENGTH", i, j));
      return;
    }
    if (!a.flow().agreesWith(b.flow())) {
      findings.accept(finding("FLOW", i, j));
    } else if (!a.sameTarget(b)) {
      findings.accept(finding("TARGET", i, j));
    }
    if (a.hasRegisters() && b.hasRegisters()) {
      compareRegisters(i, j, findings);
    }
  }

  private void compareRegisters(int i, int j, Consumer<? super Finding> findings) {
    if (answers[i].registersRead() != answers[j].registersRead()) {
      findings.accept(finding("READ", i, j));
    }
    if (answers[i].registersWritten() != answers[j].registersWritten()) {
      findings.accept(finding("WRITTEN", i, j));
    }
  }

  private Finding finding(String category, int i, int j) {
    Decoded a = answers[i];
    Decoded b = answers[j];
    return new Finding(
        category,
        decoders.get(i).name() + "/" + decoders.get(j).name(),
        SafeDecode.shape(a) + "/" + SafeDecode.shape(b),
        Math.max(a.length(), b.length()));
  }

  /** One line for each decoder. */
  @Override
  public String explain(CodeInput input, long seed) {
    List<String> lines = new ArrayList<>();
    for (Decoder decoder : decoders) {
      Decoded answer = SafeDecode.decode(decoder, input, Detail.TEXT, new Decoded());
      lines.add("%-10s %s".formatted(decoder.name(), answer));
    }
    return String.join("\n", lines);
  }

  @Override
  public boolean wantsBatches() {
    return decoders.stream().anyMatch(BatchDecoder.class::isInstance);
  }

  @Override
  public void announce(String instructionSet, List<byte[]> inputs, long address) {
    for (Decoder decoder : decoders) {
      if (decoder instanceof BatchDecoder batch && decoder.supports(instructionSet)) {
        batch.announce(instructionSet, inputs, address);
      }
    }
  }
}
