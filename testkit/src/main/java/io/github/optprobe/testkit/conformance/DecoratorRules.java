package io.github.optprobe.testkit.conformance;

import io.github.optprobe.testkit.text.Fault;
import io.github.optprobe.testkit.text.FaultInjectingText;
import io.github.optprobe.testkit.text.RecordingText;
import io.github.optprobe.testkit.text.TextEvent;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.PokeSequence;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import io.github.optprobe.text.TextMemory;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** What is asked where a text is decorated, or patched by poke sequences. */
final class DecoratorRules {
  private static final byte[] PATCH = {1, 2, 3, 4, 5};

  private DecoratorRules() {}

  private static PokeSequence patch(long address) {
    PokeSequence pokes = new PokeSequence();
    pokes.round().store(address, new byte[] {0x66});
    pokes.round().store(address + 1, new byte[] {2, 3, 4, 5});
    pokes.round().store(address, new byte[] {1});
    return pokes;
  }

  static void aRecordTellsWhatWasThere(TextUnderTest under, Random random) {
    byte[] before = ReadRules.fill(under, random, 5);
    RecordingText recording = new RecordingText(under.text());
    recording.write(under.start(), PATCH);
    recording.synchronizeCpus();
    Claims.that(recording.events().size() == 2, "not two events: %s", recording.events());
    TextEvent.Write write = recording.writes().get(0);
    Claims.sameBytes(PATCH, write.bytes(), "recorded");
    HexFormat hex = HexFormat.ofDelimiter(" ");
    Claims.sameBytes(before, hex.parseHex(write.before()), "recorded as it was before");
  }

  static void aForwardingTextIsTheSameText(TextUnderTest under, Random random) {
    TextMemory text = new Forward(under.text());
    byte[] bytes = ReadRules.fill(under, random, 16);
    Claims.sameBytes(bytes, text.readFully(under.start(), 16), "through the decorator");
    text.write(under.start(), PATCH);
    text.synchronizeCpus();
    Claims.sameBytes(PATCH, under.text().readFully(under.start(), 5), "written through it");
    Claims.that(text.atomicStoreBytes() == under.text().atomicStoreBytes(), "another atomic width");
    for (AddressRange range : QuiescenceRules.ranges(under)) {
      Claims.that(
          text.isQuiescent(range) == under.text().isQuiescent(range), "another answer: %s", range);
    }
  }

  static void pokesAreWritten(TextUnderTest under) {
    patch(under.start()).run(under.text());
    Claims.sameBytes(PATCH, under.text().readFully(under.start(), 5), "the patch");
  }

  /** Every store and synchronisation fails once, with nothing and with a part written. */
  static void failingPokesAreTakenBack(TextUnderTest under, Random random) {
    byte[] before = ReadRules.fill(under, random, 8);
    FaultInjectingText faulty = new FaultInjectingText(under.text());
    for (Operation operation : List.of(Operation.WRITE, Operation.SYNCHRONIZE)) {
      for (int nth = 1; nth <= 3; nth++) {
        for (int written = 0; written <= 2; written++) {
          faulty.inject(Fault.at(operation, nth).afterWriting(written));
          failOnce(faulty, under.start());
          byte[] after = under.text().readFully(under.start(), 8);
          Claims.sameBytes(before, after, "%s %d failed".formatted(operation, nth));
        }
      }
    }
  }

  private static void failOnce(FaultInjectingText faulty, long address) {
    try {
      patch(address).run(faulty);
    } catch (TextException expected) {
      Claims.that(expected.isTextAsBefore(), "taking back failed: %s", expected);
      return;
    } finally {
      faulty.heal();
    }
    throw new AssertionError("an injected fault did not show");
  }

  /** Changes nothing. */
  private static final class Forward extends ForwardingText {
    Forward(TextMemory text) {
      super(text);
    }
  }
}
