package io.github.optprobe.x86.hazard;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.hazard.SecondDecoder.Piece;
import io.github.optprobe.x86.plan.JumpForms;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/**
 * Has instructions relocated, one by one and as windows of jumps, to anywhere where a slot may lie,
 * and has a second decoder read both: the same operation, operands and absolute targets.
 */
final class RelocationCheck {
  private static final long NEAR = 1L << 33;
  private static final int MOST_PIECES = 40_000;
  private static final int MOST_SHOWN = 20;

  private final Architecture architecture;
  private final TextReader text;
  private final Gate gate;
  private final Random random = new Random(0xD15A);
  private final int bits;

  final Map<SameMeaning.Kind, Integer> compared = new EnumMap<>(SameMeaning.Kind.class);
  final List<String> differences = new ArrayList<>();
  int jumpsBack;
  int refused;

  private SecondDecoder decoder;
  private final List<Pair> pairs = new ArrayList<>();
  private final List<Back> backs = new ArrayList<>();

  /** An instruction, and what it has become. */
  private record Pair(Piece original, Piece moved, RelocatedCode code, AddressRange window) {
    /** A branch inside the window stays in the code, but for one to its start: that is a hit. */
    long target(long to) {
      boolean inside = window.contains(to) && to != window.first();
      OptionalLong relocated = inside ? code.relocatedOf(to) : OptionalLong.empty();
      return relocated.orElse(to);
    }
  }

  /** The jump back. */
  private record Back(Piece piece, long to) {}

  RelocationCheck(Architecture architecture, TextReader text, long gate) {
    this.architecture = architecture;
    this.text = text;
    this.gate = Gate.at(gate);
    bits = architecture.instructionSet().addressBits();
    decoder = new SecondDecoder(bits);
  }

  /** Copies of the instruction at an address, and windows that start there; near and far. */
  void at(long address) throws IOException {
    one(address, false);
    window(address, JumpForms.RELATIVE, false);
    if (bits == Long.SIZE) {
      one(address, true);
      window(address, JumpForms.ABSOLUTE, true);
    }
    if (decoder.size() > MOST_PIECES) {
      compare();
    }
  }

  private void one(long address, boolean far) {
    try {
      PreparedProbe probe = architecture.prepare(preparation(address, far));
      if (probe.tiers().contains(Tier.BOOSTED)) {
        note(probe.copy(), AddressRange.ofLength(address, probe.original().length));
      }
    } catch (RefusedException notMovable) {
      refused++;
    }
  }

  private void window(long address, JumpForm form, boolean far) {
    Preparation preparation = preparation(address, far);
    try {
      PreparedDetour detour =
          architecture.prepareDetour(architecture.planWindow(preparation, form), preparation, gate);
      note(detour.buffer(), detour.window());
    } catch (RefusedException notMovable) {
      refused++;
    }
  }

  private Preparation preparation(long address, boolean far) {
    return new Preparation(
        new CodeAddress(address, architecture.instructionSet()),
        text,
        (bytes, within) -> slot(bytes, within, far));
  }

  /** Anywhere in the interval; where only a far slot is wanted, not in one that is near. */
  private Optional<Slot> slot(int bytes, AddressRange within, boolean far) {
    long length = within.length();
    boolean all = length == 0;
    if (far && !all && Long.compareUnsigned(length, NEAR) < 0) {
      return Optional.empty();
    }
    long room = all ? Long.MAX_VALUE : length - bytes;
    long offset = (random.nextLong() & Long.MAX_VALUE) % room;
    return Optional.of(new Slot(within.first() + offset, bytes));
  }

  /** Splits the code where its instructions start. */
  private void note(RelocatedCode code, AddressRange window) {
    List<Long> originals = new ArrayList<>();
    for (long at = window.first(); at <= window.last(); at++) {
      if (code.relocatedOf(at).isPresent()) {
        originals.add(at);
      }
    }
    for (int i = 0; i < originals.size(); i++) {
      boolean last = i + 1 == originals.size();
      long next = last ? window.last() + 1 : originals.get(i + 1);
      long from = code.relocatedOf(originals.get(i)).orElseThrow();
      long to = last ? code.end() : code.relocatedOf(next).orElseThrow();
      Piece original = decoder.add(originals.get(i), originalBytes(originals.get(i), next));
      pairs.add(new Pair(original, decoder.add(from, bytes(code, from, to)), code, window));
    }
    long behind = code.start() + code.bytes().length;
    backs.add(
        new Back(decoder.add(code.end(), bytes(code, code.end(), behind)), window.last() + 1));
  }

  private static byte[] bytes(RelocatedCode code, long from, long to) {
    return Arrays.copyOfRange(code.bytes(), (int) (from - code.start()), (int) (to - code.start()));
  }

  private byte[] originalBytes(long from, long to) {
    byte[] bytes = new byte[(int) (to - from)];
    text.read(from, bytes, 0, bytes.length);
    return bytes;
  }

  /** Compares what has been collected. */
  void compare() throws IOException {
    decoder.run();
    pairs.forEach(this::compare);
    backs.forEach(this::compare);
    pairs.clear();
    backs.clear();
    decoder = new SecondDecoder(bits);
  }

  private void compare(Pair pair) {
    List<SecondDecoder.Line> lines = pair.original().lines;
    if (lines.size() != 1 || lines.get(0).next() != pair.original().end()) {
      differ("not one instruction: " + pair.original());
      return;
    }
    SameMeaning meaning = new SameMeaning(bits, lines.get(0), pair.moved(), pair::target);
    compared.merge(meaning.kind(), 1, Integer::sum);
    if (!meaning.holds()) {
      differ(meaning.kind() + " " + pair.original() + " became " + pair.moved());
    }
  }

  private void compare(Back back) {
    jumpsBack++;
    if (!SameMeaning.isJump(back.piece(), back.to())) {
      differ("back to %x: %s".formatted(back.to(), back.piece()));
    }
  }

  private void differ(String how) {
    if (differences.size() < MOST_SHOWN) {
      differences.add(how);
    }
  }

  @Override
  public String toString() {
    return "compared %s and %d jumps back; %d refused; differences %s"
        .formatted(compared, jumpsBack, refused, differences);
  }
}
