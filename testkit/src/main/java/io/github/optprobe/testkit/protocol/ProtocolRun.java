package io.github.optprobe.testkit.protocol;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** One run of a protocol that was written by hand. */
final class ProtocolRun {
  private final ProtocolCheck check;
  private final PatchProtocol protocol;
  private final Recorder recorder;

  ProtocolRun(ProtocolCheck check, PatchProtocol protocol, Stander stander) {
    this.check = check;
    this.protocol = protocol;
    recorder = new Recorder(check, stander, this::answers);
    check.patches().forEach(recorder::jump);
  }

  Recording run() {
    try {
      protocol.patch(recorder.text());
      recorder.happened(new Step.Operation("patch"));
    } catch (TextException gaveUp) {
      recorder.happened(new Step.Operation("giving up (" + gaveUp.getMessage() + ")"));
    }
    return recorder.finish();
  }

  private Map<Long, Step.Answer> answers() {
    Map<Long, Step.Answer> answers = new HashMap<>();
    check.patches().forEach((at, jump) -> answers.put(at, answer(at, jump.length)));
    return answers;
  }

  private Step.Answer answer(long address, int patched) {
    OptionalLong goesTo = protocol.trapped(address);
    if (goesTo.isEmpty()) {
      return Step.Answer.nobody(address);
    }
    AddressRange code = AddressRange.ofLength(goesTo.getAsLong(), 1);
    long then = check.code().boundaryFrom(address + patched);
    return new Step.Answer(true, goesTo.getAsLong(), code, then);
  }
}
