package io.github.optprobe.testkit.protocol;

import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** What a CPU may fetch at an address, and what that is. */
final class Fetches {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  private final OriginalCode code;
  private final FetchedText text;
  private final Map<Long, Set<String>> jumps;

  Fetches(OriginalCode code, FetchedText text, Map<Long, Set<String>> jumps) {
    this.code = code;
    this.text = text;
    this.jumps = jumps;
  }

  static byte[] bytes(String fetched) {
    return HEX.parseHex(fetched);
  }

  /**
   * A fetch.
   *
   * @param bytes what is fetched, as hex
   * @param verdict what that is
   * @param flaw what it shows if it is neither old, trap nor new
   */
  record Fetch(String bytes, Verdict verdict, Flaw flaw) {
    boolean isSound() {
      return verdict != Verdict.NEITHER;
    }
  }

  /**
   * Every fetch that is possible at an address. The worst kinds come first; if one of them shows
   * its flaw, the others are left out, which would show the same once more.
   */
  Collection<Fetch> at(long address) {
    int offset = code.offset(address);
    int length = length(address);
    Map<String, Fetch> fetches = new LinkedHashMap<>();
    // What the text was when the CPUs were last synchronised is no matter of what they see since.
    List<String> whole = List.of(text.latest(offset, length), text.settled(offset, length));
    if (add(fetches, whole, address, Flaw.WRONG_ORDER)
        && add(fetches, text.ofWholeStores(offset, length), address, Flaw.UNSYNCHRONIZED)) {
      add(fetches, text.ofTornStores(offset, length), address, Flaw.TORN_STORE);
    }
    return fetches.values();
  }

  /** Where no jump begins, nobody should be while bytes change, however they are stored. */
  private boolean add(
      Map<String, Fetch> fetches, Collection<String> more, long address, Flaw flaw) {
    boolean sound = true;
    Flaw here = jumps.containsKey(address) ? flaw : Flaw.STANDING_INSIDE;
    for (String each : more) {
      Fetch fetch =
          fetches.computeIfAbsent(each, bytes -> new Fetch(bytes, verdict(bytes, address), here));
      sound &= fetch.isSound();
    }
    return sound;
  }

  /** How much of the text decides. */
  private int length(long address) {
    int longestJump =
        jumpsAt(address).stream().mapToInt(jump -> bytes(jump).length).max().orElse(0);
    int most = Math.max(longestJump, Math.max(code.lengthAt(address), code.breakpointBytes()));
    return (int) Math.min(most, code.range().last() + 1 - address);
  }

  Set<String> jumpsAt(long address) {
    return jumps.getOrDefault(address, Set.of());
  }

  Verdict verdict(String fetched, long address) {
    if (isOld(fetched, address)) {
      return Verdict.OLD;
    }
    if (jumpBytes(fetched, address).isPresent()) {
      return Verdict.NEW;
    }
    boolean trap = code.isBoundary(address) && code.isBreakpoint(bytes(fetched), address);
    return trap ? Verdict.TRAP : Verdict.NEITHER;
  }

  private boolean isOld(String fetched, long address) {
    return code.isBoundary(address) && fetched.startsWith(code.instructionAt(address));
  }

  /** How long the jump is that was fetched; empty if none was. */
  OptionalInt jumpBytes(String fetched, long address) {
    for (String jump : jumpsAt(address)) {
      if (fetched.startsWith(jump)) {
        return OptionalInt.of(bytes(jump).length);
      }
    }
    return OptionalInt.empty();
  }
}
