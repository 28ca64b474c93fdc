package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.Slot;
import io.github.optprobe.toy.ToyArchitecture;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jetbrains.kotlinx.lincheck.annotations.Operation;
import org.jetbrains.kotlinx.lincheck.annotations.Param;
import org.jetbrains.kotlinx.lincheck.paramgen.IntGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One thread changes the table while others look up: it is a map for all of them. By Lincheck's
 * stress strategy: its model checker can not read records, such as the addresses of probes.
 */
@Tag("classpath-only") // Lincheck finds and changes classes on the class path
class ProbeTableLinearizabilityTest {
  @Test
  void tableIsAMap() {
    Linearizability.stress(Table.class, MapOfSerials.class);
  }

  @Test
  void tableThatIsRebuiltIsAMap() {
    Linearizability.stress(AlmostFullTable.class, MapOfSerials.class);
  }

  /** The table, each probe with a serial number, so that an old one is not taken for a new one. */
  @Param(name = "key", gen = IntGen.class, conf = "0:2")
  public static class Table {
    /** These share their first slot in a table of 64. */
    private static final long[] COLLIDING = colliding();

    final ProbeTable table = new ProbeTable();
    private final Map<Integer, Aggregate> known = new HashMap<>();
    private int serials;

    /** Adds a probe, unless one is there. */
    @Operation(nonParallelGroup = "writer")
    public void add(@Param(name = "key") int key) {
      if (!known.containsKey(key)) {
        Aggregate fresh = probe(COLLIDING[key], ++serials);
        known.put(key, fresh);
        table.add(fresh);
      }
    }

    /** Removes a probe, if one is there. */
    @Operation(nonParallelGroup = "writer")
    public void remove(@Param(name = "key") int key) {
      Aggregate there = known.remove(key);
      if (there != null) {
        table.remove(there);
      }
    }

    /** The serial number of the probe that is there; 0 if there is none. */
    @Operation
    public int find(@Param(name = "key") int key) {
      Aggregate found = table.find(COLLIDING[key]);
      return found == null ? 0 : ((Numbered) found.prepared()).serial();
    }

    static Aggregate probe(long address, int serial) {
      return new Aggregate(
          new ToyArchitecture(),
          new Numbered(new CodeAddress(address, ToyArchitecture.TOY), serial));
    }

    private static long[] colliding() {
      long[] found = new long[3];
      int count = 0;
      for (long address = 1; count < found.length; address++) {
        if ((((address * 0x9E3779B97F4A7C15L) >>> 32) & 63) == 5) {
          found[count++] = address;
        }
      }
      return found;
    }
  }

  /** A table that the first probes that are added make too small. */
  public static final class AlmostFullTable extends Table {
    private boolean filled;

    @Override
    @Operation(nonParallelGroup = "writer")
    public void add(@Param(name = "key") int key) {
      // Not in a constructor: Lincheck walks through what that makes, and can not read records.
      if (!filled) {
        filled = true;
        fill();
      }
      super.add(key);
    }

    private void fill() {
      for (int i = 0; i < 30; i++) {
        Aggregate probe = probe(0x8000 + i, 0);
        table.add(probe);
        if (i % 3 > 0) {
          table.remove(probe);
        }
      }
    }
  }

  /** What a table must be. */
  public static final class MapOfSerials {
    private final Map<Integer, Integer> map = new HashMap<>();
    private int serials;

    /** As the table. */
    public void add(int key) {
      if (!map.containsKey(key)) {
        map.put(key, ++serials);
      }
    }

    /** As the table. */
    public void remove(int key) {
      map.remove(key);
    }

    /** As the table. */
    public int find(int key) {
      return map.getOrDefault(key, 0);
    }
  }

  private static final class Numbered implements PreparedProbe {
    private final CodeAddress address;
    private final int serial;

    Numbered(CodeAddress address, int serial) {
      this.address = address;
      this.serial = serial;
    }

    int serial() {
      return serial;
    }

    @Override
    public CodeAddress address() {
      return address;
    }

    @Override
    public byte[] original() {
      return new byte[1];
    }

    @Override
    public byte[] breakpoint() {
      return new byte[1];
    }

    @Override
    public RelocatedCode copy() {
      return new RelocatedCode(
          new Slot(0x8000, 4), new byte[4], new int[] {0}, new long[] {address.value()}, 1);
    }

    @Override
    public Set<Tier> tiers() {
      return Set.of(Tier.BOOSTED);
    }
  }
}
