package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.decode.DecodeStatus;
import io.github.optprobe.testkit.decode.Decoded;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Detail;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Each decoder against itself, about where its input ends. One that says length n has to say the
 * same when there are exactly n bytes, must find no instruction in fewer of them, must not say more
 * than there are, and must not care for what lies behind.
 *
 * <p>Categories: {@code CRASH}, {@code TOO_LONG} (longer than its input), {@code EXACT} (other with
 * exactly n bytes), {@code TRUNCATED} (an instruction in fewer), {@code READ_PAST} (another answer
 * for the same input, with other bytes behind it).
 */
public final class BoundsOracle implements CaseOracle {
  private static final byte OTHER_BEHIND = (byte) 0xFF;

  private final List<Decoder> decoders;
  private final CodeInput part;
  private final byte[] bytes = new byte[CodeInput.CAPACITY];
  private final Decoded whole = new Decoded();
  private final Decoded other = new Decoded();

  /**
   * Creates an oracle.
   *
   * @param instructionSet that of the inputs
   */
  public BoundsOracle(String instructionSet, List<Decoder> decoders) {
    this.decoders = List.copyOf(decoders);
    this.part = CodeInput.of(instructionSet);
  }

  @Override
  public String name() {
    return "bounds(" + String.join(",", decoders.stream().map(Decoder::name).toList()) + ")";
  }

  @Override
  public void check(CodeInput input, long seed, Consumer<? super Finding> findings) {
    input.memory().get(input.offset(), bytes, 0, input.available());
    for (Decoder decoder : decoders) {
      check(decoder, input, findings);
    }
  }

  private void check(Decoder decoder, CodeInput input, Consumer<? super Finding> findings) {
    SafeDecode.decode(decoder, input, Detail.FLOW, whole);
    if (whole.status() == DecodeStatus.CRASHED) {
      findings.accept(finding("CRASH", decoder, input.available()));
    } else if (whole.length() > input.available()) {
      findings.accept(finding("TOO_LONG", decoder, input.available()));
    } else if (!sameAgain(decoder, input.available(), input.address())) {
      findings.accept(finding("READ_PAST", decoder, input.available()));
    } else if (whole.status().isDecoded()) {
      checkParts(decoder, input.address(), findings);
    }
  }

  private void checkParts(Decoder decoder, long address, Consumer<? super Finding> findings) {
    int length = whole.length();
    if (!sameAgain(decoder, length, address)) {
      findings.accept(finding("EXACT", decoder, length));
      return;
    }
    for (int i = 0; i < length; i++) {
      part.set(bytes, i, address, (byte) 0);
      if (SafeDecode.decode(decoder, part, Detail.FLOW, other).status().isDecoded()) {
        findings.accept(finding("TRUNCATED", decoder, length));
        return;
      }
    }
  }

  /** Whether the first so many bytes give the same answer as all, with something else behind. */
  private boolean sameAgain(Decoder decoder, int length, long address) {
    part.set(bytes, length, address, OTHER_BEHIND);
    SafeDecode.decode(decoder, part, Detail.FLOW, other);
    return other.status() == whole.status()
        && other.length() == whole.length()
        && other.flow() == whole.flow()
        && other.sameTarget(whole);
  }

  private Finding finding(String category, Decoder decoder, int used) {
    return new Finding(category, decoder.name(), SafeDecode.shape(whole), used);
  }

  /** What each decoder says to each number of bytes. */
  @Override
  public String explain(CodeInput input, long seed) {
    input.memory().get(input.offset(), bytes, 0, input.available());
    List<String> lines = new ArrayList<>();
    for (Decoder decoder : decoders) {
      for (int i = 0; i <= input.available(); i++) {
        part.set(bytes, i, input.address(), (byte) 0);
        Decoded answer = SafeDecode.decode(decoder, part, Detail.TEXT, other);
        lines.add("%-10s of %2d: %s".formatted(decoder.name(), i, answer));
      }
    }
    return String.join("\n", lines);
  }
}
