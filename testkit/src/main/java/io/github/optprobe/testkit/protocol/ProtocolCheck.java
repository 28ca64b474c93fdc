package io.github.optprobe.testkit.protocol;

import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Checks a patch protocol by enumeration. The patcher runs over a text in memory, alone and once
 * more with a thread preempted at each place that it asks about, for a while and for ever. Between
 * any two of its steps, a CPU stands wherever one can have come by then, and fetches everything
 * that a {@link FetchModel} lets it see there. Each fetch must be the whole original instruction, a
 * whole breakpoint that somebody answers, or the whole jump from its first byte on.
 *
 * <pre>{@code
 * ProtocolReport report =
 *     ProtocolCheck.of(new X86_64(), 0x400000, code).probes(0x400000).checkProbes();
 * assert report.isSafe() : report;
 * }</pre>
 *
 * <p>A CPU enters the code at its first byte, comes back from copies and buffers, follows the
 * branches that the architecture's scan finds, and may already stand at any instruction when the
 * patcher begins. It may wait anywhere for any number of steps. Not thread-safe.
 */
public final class ProtocolCheck {
  private static final int DEFAULT_ATOMIC = 8;

  private final Architecture architecture;
  private final OriginalCode code;
  private final Map<Long, byte[]> mapped = new LinkedHashMap<>();
  private final List<Long> probes = new ArrayList<>();
  private final TreeMap<Long, byte[]> patches = new TreeMap<>(Long::compareUnsigned);
  private FetchModel model = FetchModel.aligned(DEFAULT_ATOMIC);
  private UnaryOperator<TextMemory> decorator = text -> text;
  private CodeMap codeMap;
  private boolean batch;
  private boolean startsPatched;

  private ProtocolCheck(Architecture architecture, long base, byte[] bytes) {
    this.architecture = architecture;
    code = new OriginalCode(architecture, base, bytes);
    codeMap = CodeMap.of(new CodeMap.Function("code", code.range()));
  }

  /**
   * Begins a check.
   *
   * @param architecture reads the code and, for {@link #checkProbes}, patches it
   * @param base the address of the first byte
   * @param code one function, whole instructions from its first byte to its last; copied
   * @throws IllegalArgumentException if some of it does not decode
   */
  public static ProtocolCheck of(Architecture architecture, long base, byte[] code) {
    return new ProtocolCheck(architecture, base, code);
  }

  /** Says what the CPUs promise; aligned stores of 8 bytes are whole if it is not called. */
  public ProtocolCheck model(FetchModel newModel) {
    model = newModel;
    return this;
  }

  /** Maps further text, such as padding behind the code; copied. */
  public ProtocolCheck map(long base, byte[] bytes) {
    mapped.put(base, bytes.clone());
    return this;
  }

  /** Says what is known of the code, instead of that all of it is one function. */
  public ProtocolCheck codeMap(CodeMap map) {
    codeMap = map;
    return this;
  }

  /** Has the text decorated before it is patched: one whose memory is scarce, say. */
  public ProtocolCheck through(UnaryOperator<TextMemory> newDecorator) {
    decorator = newDecorator;
    return this;
  }

  // The real thing.

  /** Says where probes go, in this order; at the first byte of the code if it is not called. */
  public ProtocolCheck probes(long... addresses) {
    for (long address : addresses) {
      probes.add(address);
    }
    return this;
  }

  /** Has all probes registered, and unregistered, by one operation. */
  public ProtocolCheck asBatch() {
    batch = true;
    return this;
  }

  /**
   * Checks what a registry does with the architecture's arm, optimize, unoptimize and disarm: it
   * registers the probes one after the other, runs the optimizer after each, and unregisters them
   * in reverse order, the optimizer running again after each. Whether a probe became a jump shows
   * in the report: then some fetches are {@link Verdict#NEW}.
   *
   * @throws io.github.optprobe.RefusedException if a probe is refused
   */
  public ProtocolReport checkProbes() {
    List<Long> addresses = probes.isEmpty() ? List.of(code.base()) : List.copyOf(probes);
    return check(
        "%s probes at %s".formatted(code.setName(), names(addresses)),
        true,
        stander -> new ProbeRun(this, addresses, stander).run());
  }

  // A protocol on its own.

  /**
   * Says that a patch may stand at an address, whole: the jump, and all that belongs to it.
   *
   * @param jump copied
   * @throws IllegalArgumentException if it does not lie in the code
   */
  public ProtocolCheck patch(long address, byte[] jump) {
    if (!code.range().contains(AddressRange.ofLength(address, jump.length))) {
      throw new IllegalArgumentException("the patch at 0x%x is not in the code".formatted(address));
    }
    patches.put(address, jump.clone());
    return this;
  }

  /** Has all patches stand in the text at first: the protocol is to take them away. */
  public ProtocolCheck startingPatched() {
    startsPatched = true;
    return this;
  }

  /**
   * Checks a protocol written by hand.
   *
   * @throws IllegalStateException if no {@linkplain #patch patch} was given
   */
  public ProtocolReport check(PatchProtocol protocol) {
    if (patches.isEmpty()) {
      throw new IllegalStateException("say by patch(...) what the protocol writes");
    }
    return check(
        "%s patch at %s".formatted(code.setName(), names(List.copyOf(patches.keySet()))),
        false,
        stander -> new ProtocolRun(this, protocol, stander).run());
  }

  private ProtocolReport check(String name, boolean probed, Runs.Patcher patcher) {
    Tally tally = new Tally();
    byte[] bytes = code.bytes();
    String original = Step.hex(bytes, 0, bytes.length);
    for (Recording recording : new Runs(code, patcher).all()) {
      new Exploration(code, model, initial(), recording, tally).run();
      if (probed && !recording.end().equals(original)) {
        notRestored(recording, tally);
      }
    }
    return tally.report(name);
  }

  private void notRestored(Recording recording, Tally tally) {
    Flaw flaw = Flaw.NOT_RESTORED;
    if (tally.isFirst(flaw, code.base())) {
      String picture =
          "%s: %s, %s%n  %s".formatted(flaw, flaw.meaning(), recording.name(), recording.end());
      tally.add(new Violation(flaw, code.base(), recording.end(), recording.name(), picture));
    }
  }

  private String names(List<Long> addresses) {
    return String.join(
        ", ", addresses.stream().map(address -> Names.offset(address, code.base())).toList());
  }

  // What the runs need.

  Architecture architecture() {
    return architecture;
  }

  OriginalCode code() {
    return code;
  }

  FetchModel model() {
    return model;
  }

  CodeMap codeMap() {
    return codeMap;
  }

  boolean isBatch() {
    return batch;
  }

  Map<Long, byte[]> patches() {
    return patches;
  }

  /** The text of the code as it is at first. */
  byte[] initial() {
    byte[] initial = code.bytes();
    if (startsPatched) {
      patches.forEach(
          (at, jump) -> System.arraycopy(jump, 0, initial, code.offset(at), jump.length));
    }
    return initial;
  }

  /** A fresh text. */
  TextMemory newText() {
    ByteArrayText text = ByteArrayText.at(code.base(), initial());
    mapped.forEach((base, bytes) -> text.map(base, bytes.clone()));
    return decorator.apply(text);
  }
}
