package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.decode.Decoded;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Detail;

/** Asks a decoder, and takes whatever it throws for an answer. */
final class SafeDecode {
  private SafeDecode() {}

  static Decoded decode(Decoder decoder, CodeInput input, Detail detail, Decoded result) {
    result.reset();
    try {
      decoder.decode(input, detail, result);
    } catch (RuntimeException | Error thrown) {
      result.crashed(thrown.toString());
    }
    return result;
  }

  /** What an answer looks like in the name of a bin. */
  static String shape(Decoded answer) {
    if (answer.status().isDecoded()) {
      return answer.mnemonic().isEmpty() ? "decoded" : answer.mnemonic();
    }
    return answer.status().name();
  }
}
