package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.decode.DecodeStatus;
import io.github.optprobe.testkit.decode.Decoded;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Detail;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Relocation as an oracle for decoders, and decoders as one for relocation: an architecture copies
 * the instruction into slots at several distances, and another decoder reads the copy. Where the
 * copy is one instruction, it has to be the same operation, with the same operands and the same
 * absolute targets. Copies of several instructions are counted, not judged: they have to be
 * executed. One instruction for another on purpose, such as a load of a constant for one of PC, is
 * a known disagreement of {@code architecture/} and the decoder, to be executed as well.
 *
 * <p>What the other decoder does not know is not judged. Categories: {@code CRASH} (the
 * architecture threw something else than a refusal), {@code ORIGINAL} (another length of the
 * original), {@code COPY} (the copy does not decode), {@code OPERATION}, {@code OPERANDS}, {@code
 * TARGET}.
 */
public final class RelocationOracle implements CaseOracle {
  private static final Pattern WIDTH = Pattern.compile("(?<=^[a-z]{1,9})\\.[nw](?= |$)");

  private final Architecture architecture;
  private final Decoder decoder;
  private final List<Long> distances;
  private final CodeInput copyInput;
  private final Decoded original = new Decoded();
  private final Decoded copied = new Decoded();
  private long refused;
  private long judged;
  private long rewritten;

  /**
   * Creates an oracle.
   *
   * @param decoder reads originals and copies; not the architecture's own
   * @param distances from the original to its slot, in bytes; of those that are out of reach
   *     nothing is asked
   */
  public RelocationOracle(Architecture architecture, Decoder decoder, List<Long> distances) {
    this.architecture = architecture;
    this.decoder = decoder;
    this.distances = List.copyOf(distances);
    this.copyInput = CodeInput.of(architecture.instructionSet().name());
  }

  @Override
  public String name() {
    return "relocation";
  }

  /** How many copies were refused. */
  public long refused() {
    return refused;
  }

  /** How many copies of one instruction were compared with their originals. */
  public long judged() {
    return judged;
  }

  /** How many copies have several instructions, or are computed instead of executed. */
  public long rewritten() {
    return rewritten;
  }

  @Override
  public void check(CodeInput input, long seed, Consumer<? super Finding> findings) {
    SafeDecode.decode(decoder, input, Detail.TEXT, original);
    if (!original.status().isDecoded()) {
      return;
    }
    EnumSet<Kind> found = EnumSet.noneOf(Kind.class);
    for (long distance : distances) {
      Kind kind = judge(input, distance);
      if (kind != null && found.add(kind)) {
        findings.accept(
            new Finding(
                kind.name(),
                "architecture/" + decoder.name(),
                original.mnemonic() + "/" + SafeDecode.shape(copied),
                original.length()));
      }
    }
  }

  /** What can be wrong. */
  private enum Kind {
    CRASH,
    ORIGINAL,
    COPY,
    OPERATION,
    OPERANDS,
    TARGET
  }

  private @Nullable Kind judge(CodeInput input, long distance) {
    copied.reset();
    PreparedProbe probe;
    try {
      probe = prepare(input, distance);
    } catch (RefusedException refusal) {
      refused++;
      return null;
    } catch (RuntimeException | Error thrown) {
      copied.crashed(thrown.toString());
      return Kind.CRASH;
    }
    if (probe.original().length != original.length()) {
      return Kind.ORIGINAL;
    }
    if (probe.tiers().equals(EnumSet.of(Tier.EMULATED))) {
      rewritten++;
      return null;
    }
    return judge(probe.copy());
  }

  private PreparedProbe prepare(CodeInput input, long distance) {
    CodeAddress address = new CodeAddress(input.address(), architecture.instructionSet());
    return architecture.prepare(
        new Preparation(address, textOf(input), slotsAt(input.address() + distance)));
  }

  private static TextReader textOf(CodeInput input) {
    byte[] bytes = input.bytes();
    return (address, into, offset, length) -> {
      long from = address - input.address();
      if (from < 0 || from >= bytes.length) {
        return 0;
      }
      int count = Math.min(length, bytes.length - (int) from);
      System.arraycopy(bytes, (int) from, into, offset, count);
      return count;
    };
  }

  private static SlotAllocator slotsAt(long address) {
    return (bytes, within) -> {
      Slot slot = new Slot(address, bytes);
      boolean fits = within.contains(address) && within.contains(slot.range().last());
      return fits ? Optional.of(slot) : Optional.empty();
    };
  }

  private @Nullable Kind judge(RelocatedCode copy) {
    byte[] bytes = copy.bytes();
    int from = (int) (copy.entry() - copy.start());
    int length = (int) (copy.end() - copy.entry());
    byte[] relocated = new byte[length];
    System.arraycopy(bytes, from, relocated, 0, length);
    if (length > CodeInput.CAPACITY) {
      rewritten++;
      return null;
    }
    copyInput.set(relocated, length, copy.entry());
    SafeDecode.decode(decoder, copyInput, Detail.TEXT, copied);
    if (copied.status() != DecodeStatus.DECODED) {
      return Kind.COPY;
    }
    if (copied.length() != length) {
      rewritten++;
      return null;
    }
    judged++;
    return difference();
  }

  private @Nullable Kind difference() {
    boolean same = anyWidth(original.mnemonic()).equals(anyWidth(copied.mnemonic()));
    if (!same || original.flow() != copied.flow()) {
      return Kind.OPERATION;
    }
    if (!original.sameTarget(copied)) {
      return Kind.TARGET;
    }
    return anyWidth(original.text()).equals(anyWidth(copied.text())) ? null : Kind.OPERANDS;
  }

  /** Without the mark that T32 has for the length of an encoding. */
  private static String anyWidth(String text) {
    return WIDTH.matcher(text).replaceFirst("");
  }

  /** The original, and the copy at each distance. */
  @Override
  public String explain(CodeInput input, long seed) {
    SafeDecode.decode(decoder, input, Detail.TEXT, original);
    List<String> lines = new ArrayList<>();
    lines.add("original   " + original);
    for (long distance : distances) {
      Kind kind = judge(input, distance);
      String verdict = kind == null ? "" : " " + kind;
      lines.add("at %+d%s: %s".formatted(distance, verdict, copied));
    }
    return String.join("\n", lines);
  }
}
