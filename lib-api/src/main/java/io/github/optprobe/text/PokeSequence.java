package io.github.optprobe.text;

import java.util.ArrayList;
import java.util.List;

/**
 * A patch protocol as data: rounds of stores, every CPU synchronised after each round. Running it
 * is all or nothing: when a store or a synchronisation fails, the rounds done so far are taken back
 * in reverse order by the same protocol, and the failure is thrown.
 *
 * <p>One sequence may patch any number of places: they share the synchronisations, so that the cost
 * of a batch is that of its rounds and not of its probes. Source of the idea: the kernel's {@code
 * text_poke_bp_batch()}.
 *
 * <p>Not thread-safe.
 */
public final class PokeSequence {
  private final List<Round> rounds = new ArrayList<>();

  /** Creates a sequence without rounds. */
  public PokeSequence() {}

  /**
   * Adds a round and returns it, to be filled with stores.
   *
   * @return the new, empty round
   */
  public Round round() {
    Round round = new Round();
    rounds.add(round);
    return round;
  }

  /**
   * Runs all rounds.
   *
   * @throws TextException if a step failed; the text is as it was before, unless {@link
   *     TextException#isTextAsBefore} says that taking back failed too
   */
  public void run(TextMemory text) {
    int done = 0;
    try {
      for (Round round : rounds) {
        done++;
        round.apply(text);
      }
    } catch (TextException failure) {
      takeBack(text, done, failure);
      throw failure;
    }
  }

  private void takeBack(TextMemory text, int roundsBegun, TextException failure) {
    try {
      for (int i = roundsBegun - 1; i >= 0; i--) {
        rounds.get(i).takeBack(text);
      }
    } catch (TextException again) {
      // Going on would put old bytes behind a new head. Stopping leaves a state that the protocol
      // passes through anyway, which CPUs survive.
      failure.notTakenBack(again);
    }
  }

  /** The stores between two synchronisations. */
  public static final class Round {
    private final List<Store> stores = new ArrayList<>();
    private final List<Store> undo = new ArrayList<>();

    private Round() {}

    /**
     * Adds a store. An empty one is left out.
     *
     * @param address where
     * @param bytes what; copied
     * @return this round
     */
    public Round store(long address, byte[] bytes) {
      if (bytes.length > 0) {
        stores.add(new Store(address, bytes.clone()));
      }
      return this;
    }

    private void apply(TextMemory text) {
      undo.clear();
      if (stores.isEmpty()) {
        return;
      }
      for (Store store : stores) {
        byte[] before = text.readFully(store.address, store.bytes.length);
        // Noted before the write, because a failing write may have written a part.
        undo.add(new Store(store.address, before));
        text.write(store.address, store.bytes);
      }
      text.synchronizeCpus();
    }

    private void takeBack(TextMemory text) {
      if (undo.isEmpty()) {
        return;
      }
      for (int i = undo.size() - 1; i >= 0; i--) {
        text.write(undo.get(i).address, undo.get(i).bytes);
      }
      undo.clear();
      text.synchronizeCpus();
    }
  }

  private static final class Store {
    private final long address;
    private final byte[] bytes;

    Store(long address, byte[] bytes) {
      this.address = address;
      this.bytes = bytes;
    }
  }
}
