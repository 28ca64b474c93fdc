package io.github.optprobe.testkit.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The text as CPUs may fetch it: what every CPU sees, what was stored since, and all mixtures of
 * these that a {@link FetchModel} allows.
 */
final class FetchedText {
  /** More pieces than that make more mixtures than anybody wants to wait for. */
  private static final int MOST_PIECES = 18;

  private final OriginalCode code;
  private final FetchModel model;
  private final byte[] settled;
  private final byte[] current;
  private final List<Step.Store> pending = new ArrayList<>();

  FetchedText(OriginalCode code, FetchModel model, byte[] initial) {
    this.code = code;
    this.model = model;
    settled = initial.clone();
    current = initial.clone();
  }

  void store(Step.Store store) {
    pending.add(store);
    if (isInCode(store)) {
      put(current, store.bytes(), store.address());
    }
  }

  void synchronizeCpus() {
    pending.clear();
    System.arraycopy(current, 0, settled, 0, current.length);
  }

  private boolean isInCode(Step.Store store) {
    return code.range().contains(store.range());
  }

  private void put(byte[] into, byte[] bytes, long address) {
    System.arraycopy(bytes, 0, into, code.offset(address), bytes.length);
  }

  /** Whether a CPU may not see yet what was stored at an address. */
  boolean isPending(long address) {
    return pending.stream().anyMatch(store -> store.range().contains(address));
  }

  /** What a CPU fetches that sees everything. */
  String latest(int offset, int length) {
    return Step.hex(current, offset, length);
  }

  /** What a CPU fetches that sees nothing since the last synchronisation. */
  String settled(int offset, int length) {
    return Step.hex(settled, offset, length);
  }

  /** What CPUs may fetch that see each store whole or not at all. */
  Set<String> ofWholeStores(int offset, int length) {
    return mixtures(offset, length, false);
  }

  /** What CPUs may fetch that see any part of the stores that are not atomic. */
  Set<String> ofTornStores(int offset, int length) {
    return mixtures(offset, length, true);
  }

  private Set<String> mixtures(int offset, int length, boolean torn) {
    List<Piece> pieces = pieces(offset, length, torn);
    if (pieces.size() > MOST_PIECES) {
      throw new IllegalArgumentException(
          "%d pieces of stores may be seen or not; at most %d can be enumerated"
              .formatted(pieces.size(), MOST_PIECES));
    }
    Set<String> mixtures = new LinkedHashSet<>();
    for (int subset = (1 << pieces.size()) - 1; subset >= 0; subset--) {
      mixtures.add(mixture(offset, length, pieces, subset));
    }
    return mixtures;
  }

  private String mixture(int offset, int length, List<Piece> pieces, int subset) {
    byte[] view = Arrays.copyOfRange(settled, offset, offset + length);
    for (int i = 0; i < pieces.size(); i++) {
      if ((subset >> i & 1) == 1) {
        pieces.get(i).putInto(view, offset);
      }
    }
    return Step.hex(view, 0, length);
  }

  private List<Piece> pieces(int offset, int length, boolean torn) {
    List<Piece> pieces = new ArrayList<>();
    for (Step.Store store : pending) {
      if (isInCode(store)) {
        int at = code.offset(store.address());
        boolean whole = !torn || model.isWhole(store.address(), store.length());
        cut(at, store.bytes(), whole).stream()
            .filter(piece -> piece.at() < offset + length && piece.end() > offset)
            .forEach(pieces::add);
      }
    }
    return pieces;
  }

  private static List<Piece> cut(int at, byte[] bytes, boolean whole) {
    if (whole) {
      return List.of(new Piece(at, bytes));
    }
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < bytes.length; i++) {
      pieces.add(new Piece(at + i, new byte[] {bytes[i]}));
    }
    return pieces;
  }

  /** What is seen at once or not at all. */
  private static final class Piece {
    private final int at;
    private final byte[] bytes;

    Piece(int at, byte[] bytes) {
      this.at = at;
      this.bytes = bytes;
    }

    int at() {
      return at;
    }

    int end() {
      return at + bytes.length;
    }

    /** Puts what lies in a view of the text from an offset on into that view. */
    void putInto(byte[] view, int offset) {
      for (int i = Math.max(at, offset); i < Math.min(end(), offset + view.length); i++) {
        view[i - offset] = bytes[i - at];
      }
    }
  }
}
