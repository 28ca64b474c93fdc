package io.github.optprobe.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Records written by hand after the specification. */
class FrameTableTest {
  private static final long ADDRESS = 0x2000;

  /**
   * zPLR, personality udata4, tables of call sites pcrel sdata4, pointers pcrel sdata4; padding.
   */
  private static final String COMMON =
      "18000000 00000000 01 7a504c5200 01 78 10 07 03 44332211 1b 1b 00 0000";

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  @Test
  void reads_extents_and_tables_of_call_sites() {
    // The record stands at 0x1c: its pointers at 0x2024 and, behind the length, at 0x202d.
    byte[] section =
        bytes(COMMON + "14000000 20000000 dcefffff 34000000 04 d3ffffff 000000" + "00000000");

    assertThat(FrameTable.read(section, ADDRESS, 8))
        .containsExactly(new FrameTable.Frame(0x1000, 0x34, OptionalLong.of(0x2000)));
  }

  @Test
  void a_table_at_0_is_none() {
    byte[] section = bytes(COMMON + "14000000 20000000 dcefffff 34000000 04 00000000 000000");

    assertThat(FrameTable.read(section, ADDRESS, 8))
        .containsExactly(new FrameTable.Frame(0x1000, 0x34, OptionalLong.empty()));
  }

  @Test
  void what_is_broken_says_where() {
    assertThatThrownBy(() -> FrameTable.read(bytes("18000000 0000"), ADDRESS, 8))
        .isInstanceOfSatisfying(
            DwarfException.class, broken -> assertThat(broken.address()).isEqualTo(ADDRESS + 4))
        .hasMessageContaining("0x2004")
        .hasMessageContaining("ends too early");
    assertThatThrownBy(() -> FrameTable.read(bytes("04000000 70000000"), ADDRESS, 8))
        .isInstanceOf(DwarfException.class)
        .hasMessageContaining("no common record");
    assertThatThrownBy(() -> FrameTable.read(bytes("08000000 00000000 09 000000"), ADDRESS, 8))
        .isInstanceOf(DwarfException.class)
        .hasMessageContaining("version 9");
    String unknown = "0c000000 00000000 01 7a5100 01 78 10 00";
    assertThatThrownBy(() -> FrameTable.read(bytes(unknown), ADDRESS, 8))
        .isInstanceOf(DwarfException.class)
        .hasMessageContaining("zQ");
  }

  @Test
  void reads_landing_pads() {
    // Sites: 0x10 bytes from 5 on land at 0x80; 4 bytes from 0x20 on nowhere; with types.
    byte[] table = bytes("ff 9b 10 01 09 05 10 8001 01 20 04 00 00");

    assertThat(new CallSites(table, ADDRESS, 8).landingPads(ADDRESS, 0x1000))
        .containsExactly(0x1080L);
  }

  @Test
  void reads_landing_pads_relative_to_a_start_of_their_own() {
    byte[] table = bytes("03 00500000 ff 03 0d 05000000 10000000 80000000 01");

    assertThat(new CallSites(table, ADDRESS, 8).landingPads(ADDRESS, 0x1000))
        .containsExactly(0x5080L);
  }

  @Test
  void tables_that_are_broken_say_so() {
    CallSites cut = new CallSites(bytes("ff ff 01 20 05"), ADDRESS, 8);
    assertThatThrownBy(() -> cut.landingPads(ADDRESS, 0x1000)).isInstanceOf(DwarfException.class);
    assertThatThrownBy(() -> cut.landingPads(ADDRESS - 1, 0x1000))
        .isInstanceOf(DwarfException.class);
    assertThatThrownBy(() -> cut.landingPads(ADDRESS + 6, 0x1000))
        .isInstanceOf(DwarfException.class);
    CallSites strange = new CallSites(bytes("ff ff 05 02 0000"), ADDRESS, 8);
    assertThatThrownBy(() -> strange.landingPads(ADDRESS, 0x1000))
        .isInstanceOf(DwarfException.class)
        .hasMessageContaining("0x5");
  }
}
