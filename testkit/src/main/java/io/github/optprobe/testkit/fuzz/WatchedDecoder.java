package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.decode.Decoded;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Detail;

/** Notes that a decoder is asked, so that whoever watches knows which one never answered. */
final class WatchedDecoder implements Decoder {
  private final Decoder decoder;
  private final Activity activity;
  private final int number;

  WatchedDecoder(Decoder decoder, Activity activity, int number) {
    this.decoder = decoder;
    this.activity = activity;
    this.number = number;
  }

  @Override
  public String name() {
    return decoder.name();
  }

  @Override
  public boolean supports(String instructionSet) {
    return decoder.supports(instructionSet);
  }

  @Override
  public void decode(CodeInput input, Detail detail, Decoded result) {
    activity.asks(number);
    decoder.decode(input, detail, result);
  }
}
