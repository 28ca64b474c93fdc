package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.decode.DecodeStatus;
import io.github.optprobe.testkit.decode.Decoded;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Detail;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;

/**
 * One case, shown again in full: by its bytes, or by its place in a campaign.
 *
 * @param instructionSet such as {@code "x86-64"}
 * @param bytes of the case, as hex digits
 * @param answers what each decoder says
 * @param findings what the oracles object to, known or not
 * @param detail what the oracles have to say beside
 */
public record Replay(
    String instructionSet,
    String bytes,
    List<Answer> answers,
    List<Finding> findings,
    String detail) {

  /** Creates a replay. */
  public Replay {
    answers = List.copyOf(answers);
    findings = List.copyOf(findings);
  }

  /**
   * What a decoder says.
   *
   * @param decoder its name
   * @param status what came of it
   * @param length in bytes; 0 unless decoded
   * @param flow name of the class of flow
   * @param target the constant address that it leads to
   * @param text mnemonic and operands, or how the decoder crashed
   */
  public record Answer(
      String decoder,
      DecodeStatus status,
      int length,
      String flow,
      OptionalLong target,
      String text) {}

  /**
   * Replays bytes.
   *
   * @param bytes of the case
   * @param decoders whose answers are to be shown
   * @param oracles that are to judge it
   */
  public static Replay of(
      String instructionSet, byte[] bytes, List<Decoder> decoders, List<CaseOracle> oracles) {
    return of(instructionSet, bytes, 0, decoders, oracles);
  }

  /**
   * Replays bytes with the seed of a case, on which oracles that execute depend.
   *
   * @param bytes of the case
   * @param seed of the case, such as {@link #seedOf} tells
   * @param decoders whose answers are to be shown
   * @param oracles that are to judge it
   */
  public static Replay of(
      String instructionSet,
      byte[] bytes,
      long seed,
      List<Decoder> decoders,
      List<CaseOracle> oracles) {
    CodeInput input = CodeInput.of(instructionSet);
    input.set(bytes, bytes.length, FuzzRun.ADDRESS);
    List<Answer> answers = decoders.stream().map(decoder -> answer(decoder, input)).toList();
    List<Finding> findings = new ArrayList<>();
    List<String> details = new ArrayList<>();
    for (CaseOracle oracle : oracles) {
      oracle.check(input, seed, findings::add);
      details.add(oracle.explain(input, seed));
    }
    return new Replay(
        instructionSet,
        HexFormat.of().formatHex(bytes),
        answers,
        findings,
        String.join("\n", details));
  }

  /**
   * The seed that oracles are given for a case.
   *
   * @param seed of the campaign
   * @param index of the case
   */
  public static long seedOf(long seed, long index) {
    return CaseLoop.caseSeed(seed, index);
  }

  /**
   * Replays a case of a campaign.
   *
   * @param generator that of the campaign
   * @param seed of the campaign
   * @param index of the case
   */
  public static Replay ofCase(
      String instructionSet,
      Generator generator,
      long seed,
      long index,
      List<Decoder> decoders,
      List<CaseOracle> oracles) {
    byte[] bytes = new byte[CodeInput.CAPACITY];
    int length = generator.generate(seed, index, bytes);
    return of(
        instructionSet,
        Arrays.copyOf(bytes, length),
        CaseLoop.caseSeed(seed, index),
        decoders,
        oracles);
  }

  private static Answer answer(Decoder decoder, CodeInput input) {
    Decoded decoded = SafeDecode.decode(decoder, input, Detail.TEXT, new Decoded());
    return new Answer(
        decoder.name(),
        decoded.status(),
        decoded.length(),
        decoded.flow().name(),
        decoded.target(),
        decoded.text().isEmpty() ? decoded.mnemonic() : decoded.text());
  }
}
