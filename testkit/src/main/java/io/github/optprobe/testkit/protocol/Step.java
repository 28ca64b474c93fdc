package io.github.optprobe.testkit.protocol;

import io.github.optprobe.text.AddressRange;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

/** One thing that a patcher did, and how traps were answered from then on. */
sealed interface Step {

  /** What the step is called in pictures. */
  String describe(long base);

  /** A store. */
  record Store(long address, String before, String after) implements Step {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    static Store of(long address, byte[] before, byte[] after) {
      return new Store(address, HEX.formatHex(before), HEX.formatHex(after));
    }

    byte[] bytes() {
      return HEX.parseHex(after);
    }

    int length() {
      return (after.length() + 1) / 3;
    }

    AddressRange range() {
      return AddressRange.ofLength(address, length());
    }

    @Override
    public String describe(long base) {
      return "store %s  %s -> %s"
          .formatted(Names.offset(address, base), Names.few(before), Names.few(after));
    }
  }

  /** All CPUs are synchronised. */
  record Synchronize() implements Step {
    @Override
    public String describe(long base) {
      return "synchronize";
    }
  }

  /** Whether a range is quiescent was asked. */
  record Question(AddressRange range, boolean quiet) implements Step {
    @Override
    public String describe(long base) {
      return "quiescent %s..%s? %s"
          .formatted(
              Names.offset(range.first(), base),
              Names.offset(range.last(), base),
              quiet ? "yes" : "no");
    }
  }

  /** An operation, of several steps, is over. */
  record Operation(String name) implements Step {
    @Override
    public String describe(long base) {
      return "-- " + name + " done";
    }
  }

  /**
   * How a trap is answered.
   *
   * @param ours whether it is answered at all
   * @param goesTo where the CPU goes on
   * @param code the code there, if it is not in the text under test, all of it
   * @param then where in the text that code leads on to
   */
  record Answer(boolean ours, long goesTo, AddressRange code, long then) {
    static Answer nobody(long address) {
      return new Answer(false, address, AddressRange.ofLength(address, 1), address);
    }
  }

  /** A step, and the answers to traps behind it, by address. */
  record Moment(Step step, Map<Long, Answer> answers) {
    public Moment {
      answers = Map.copyOf(answers);
    }
  }

  /** Bytes as they are written in pictures and compared in sets. */
  static String hex(byte[] bytes, int from, int length) {
    return Store.HEX.formatHex(Arrays.copyOfRange(bytes, from, from + length));
  }
}
