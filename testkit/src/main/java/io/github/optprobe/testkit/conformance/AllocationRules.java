package io.github.optprobe.testkit.conformance;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException.Operation;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/** What is asked of allocating and giving back. */
final class AllocationRules {
  private static final long NEAR = 1 << 20;
  private static final int ALIGNMENT = 16;
  private static final int[] SIZES = {1, 16, 100, 4096, 5000};

  /** Room for a few pages, so that it is soon full. */
  private static final int SMALL = 1 << 16;

  private static final int PIECE = 5000;
  private static final int MORE_THAN_FIT = SMALL / ALIGNMENT + 1;

  private AllocationRules() {}

  static AddressRange near(TextUnderTest under) {
    return AddressRange.around(under.start(), NEAR, NEAR);
  }

  private static AddressRange allocated(TextUnderTest under, int bytes, AddressRange within) {
    OptionalLong at = under.text().allocate(bytes, within);
    Claims.that(at.isPresent(), "nothing is free for %d bytes in %s", bytes, within);
    return AddressRange.ofLength(at.getAsLong(), bytes);
  }

  static void findsMemorySomewhere(TextUnderTest under) {
    for (int bytes : SIZES) {
      allocated(under, bytes, AddressRange.ALL);
    }
  }

  static void findsMemoryNear(TextUnderTest under) {
    for (int bytes : SIZES) {
      allocated(under, bytes, near(under));
    }
  }

  /** Around what it finds by itself, until there is no room: the last pieces are the proof. */
  static void staysInsideTheInterval(TextUnderTest under) {
    long start = allocated(under, 16, AddressRange.ALL).first() & -SMALL;
    for (long interval : new long[] {start - SMALL, start, start + SMALL}) {
      AddressRange within = AddressRange.ofLength(interval, SMALL);
      for (int i = 0; i < 2 * SMALL / PIECE; i++) {
        OptionalLong at = under.text().allocate(PIECE, within);
        AddressRange found = AddressRange.ofLength(at.orElse(interval), PIECE);
        Claims.that(within.contains(found), "%s was found for %s", found, within);
      }
    }
  }

  static void isAligned(TextUnderTest under) {
    for (int bytes : SIZES) {
      AddressRange found = allocated(under, bytes, AddressRange.ALL);
      Claims.that(found.first() % ALIGNMENT == 0, "%s is not aligned to 16", found);
    }
  }

  static void overlapsNothing(TextUnderTest under) {
    List<AddressRange> taken = new ArrayList<>(List.of(under.mapped()));
    for (int i = 0; i < 4 * SIZES.length; i++) {
      AddressRange found = allocated(under, SIZES[i % SIZES.length], AddressRange.ALL);
      taken.forEach(other -> Claims.that(!found.overlaps(other), "%s is in %s", found, other));
      taken.add(found);
    }
  }

  static void canBeWrittenAndReadWholly(TextUnderTest under, Random random) {
    for (int bytes : SIZES) {
      byte[] content = new byte[bytes];
      random.nextBytes(content);
      long at = allocated(under, bytes, AddressRange.ALL).first();
      under.text().write(at, content);
      under.text().synchronizeCpus();
      Claims.sameBytes(content, under.text().readFully(at, bytes), "allocated memory");
    }
  }

  static void findsNothingWhereThereIsNoRoom(TextUnderTest under) {
    empty(under, 16, under.mapped());
    AddressRange first = allocated(under, 64, AddressRange.ALL);
    under.text().free(first.first());
    empty(under, 64, AddressRange.ofLength(first.first(), 63));
  }

  private static void empty(TextUnderTest under, int bytes, AddressRange within) {
    OptionalLong at = under.text().allocate(bytes, within);
    Claims.that(at.isEmpty(), "%d bytes do not fit in %s, found %x", bytes, within, at.orElse(0));
  }

  static void endsWhereTheIntervalIsFull(TextUnderTest under) {
    AddressRange start = allocated(under, 16, AddressRange.ALL);
    fillUp(under, AddressRange.around(start.first(), 0, SMALL));
  }

  private static List<Long> fillUp(TextUnderTest under, AddressRange within) {
    List<Long> found = new ArrayList<>();
    OptionalLong at = under.text().allocate(16, within);
    while (at.isPresent()) {
      found.add(at.getAsLong());
      Claims.that(found.size() <= MORE_THAN_FIT, "%s is never full", within);
      at = under.text().allocate(16, within);
    }
    return found;
  }

  static void givesBackForUseAgain(TextUnderTest under) {
    AddressRange start = allocated(under, 16, AddressRange.ALL);
    AddressRange within = AddressRange.around(start.first(), 0, SMALL);
    List<Long> found = fillUp(under, within);
    found.add(start.first());
    long middle = found.get(found.size() / 2);
    under.text().free(middle);
    OptionalLong again = under.text().allocate(16, within);
    Claims.that(again.isPresent(), "nothing is free in %s behind a free", within);
  }

  static void refusesToAllocateNothing(TextUnderTest under) {
    for (int bytes : new int[] {0, -1, Integer.MIN_VALUE}) {
      try {
        OptionalLong at = under.text().allocate(bytes, AddressRange.ALL);
        throw new AssertionError("%d bytes were allocated: %s".formatted(bytes, at));
      } catch (RuntimeException refused) {
        Claims.that(refused.getMessage() != null, "%s has no message", refused);
      }
    }
  }

  static void freesOnceOnly(TextUnderTest under) {
    long at = allocated(under, 64, AddressRange.ALL).first();
    under.text().free(at);
    Claims.fails(Operation.FREE, at, 0, () -> under.text().free(at));
  }

  static void freesOnlyWhatWasAllocated(TextUnderTest under, Random random) {
    byte[] code = ReadRules.fill(under, random, 16);
    TextMemory text = under.text();
    Claims.fails(Operation.FREE, under.start(), 0, () -> text.free(under.start()));
    Claims.sameBytes(code, text.readFully(under.start(), 16), "the code");
  }

  static void freesFromTheFirstByteOnly(TextUnderTest under) {
    long inside = allocated(under, 64, AddressRange.ALL).first() + ALIGNMENT;
    Claims.fails(Operation.FREE, inside, 0, () -> under.text().free(inside));
  }

  static void freeingLeavesTheOthers(TextUnderTest under, Random random) {
    byte[] content = new byte[64];
    random.nextBytes(content);
    long first = allocated(under, 64, AddressRange.ALL).first();
    long second = allocated(under, 64, AddressRange.ALL).first();
    long third = allocated(under, 64, AddressRange.ALL).first();
    under.text().write(first, content);
    under.text().write(third, content);
    under.text().free(second);
    under.text().synchronizeCpus();
    Claims.sameBytes(content, under.text().readFully(first, 64), "what was allocated before");
    Claims.sameBytes(content, under.text().readFully(third, 64), "what was allocated after");
  }

  static void findsNothing(TextUnderTest under, AddressRange within) {
    for (int bytes : SIZES) {
      empty(under, bytes, within);
    }
  }
}
