package io.github.optprobe.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.elf.UnwindIndex.Entry;
import io.github.optprobe.elf.UnwindIndex.Kind;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Entries written by hand after the specification. */
class UnwindIndexTest {
  private static final long ADDRESS = 0x2000;

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  @Test
  void reads_entries_of_each_kind() {
    // The second is at 0x2008, its table is 0x100 behind 0x200c; its function's start is marked.
    byte[] section =
        bytes(
            "00f0ff7f 01000000" + "fdf0ff7f 00010000" + "00f2ff7f b0b0b080" + "f8ffff7f 01000000");

    assertThat(UnwindIndex.read(section, ADDRESS))
        .containsExactly(
            new Entry(0x1000, Kind.NONE, 0),
            new Entry(0x1104, Kind.TABLE, 0x210C),
            new Entry(0x1210, Kind.INLINE, 0),
            new Entry(0x2010, Kind.NONE, 0));
    assertThatThrownBy(() -> UnwindIndex.read(bytes("00f0ff7f 0100"), ADDRESS))
        .isInstanceOf(DwarfException.class);
  }

  @Test
  void compact_tables_have_no_landing_pads() {
    assertThat(pads("b0b0a880 00000000", ADDRESS)).isEqualTo(List.of());
    assertThat(pads("40ab0281 00000000 b0b0b0b0 00000000", ADDRESS)).isEqualTo(List.of());
    assertThat(pads("40ab0082 00000000", ADDRESS)).isEqualTo(List.of());
  }

  /** Descriptors of the routines that the ABI itself has, which no compiler here writes. */
  @Test
  void what_is_not_understood_is_not_known() {
    assertThat(tables("b0b0a880 10000400").landingPads(ADDRESS, 0x1000)).isEmpty();
    assertThat(tables("b0b0a883 00000000").landingPads(ADDRESS, 0x1000)).isEmpty();
    HandlerTables cut = tables("b0b0a880");
    assertThatThrownBy(() -> cut.landingPads(ADDRESS, 0x1000)).isInstanceOf(DwarfException.class);
    assertThatThrownBy(() -> cut.landingPads(ADDRESS - 4, 0x1000))
        .isInstanceOf(DwarfException.class);
  }

  /** Sites: 0x10 bytes from 5 on land at 0x80; 4 bytes from 0x20 on nowhere. */
  @Test
  void tables_of_a_languages_own_routine_are_read() {
    String own = "00f0ff7f b0b0a801 00000000" + "ff 00 10 01 09 05 10 8001 01 20 04 00 00";

    assertThat(pads(own, ADDRESS)).isEqualTo(List.of(0x1080L));
  }

  private static HandlerTables tables(String hex) {
    return new HandlerTables(bytes(hex), ADDRESS);
  }

  private static List<Long> pads(String hex, long table) {
    return tables(hex).landingPads(table, 0x1000).orElseThrow();
  }
}
