package io.github.optprobe.arm32.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The structure of the tables, whatever they say. */
class DecodeTableTest {
  private static final int WITNESSES = 4000;

  enum Space {
    A32(32),
    T32_NARROW(16),
    T32_WIDE(32);

    private final int width;

    Space(int width) {
      this.width = width;
    }

    DecodeTable table() {
      return switch (this) {
        case A32 -> DecodeTable.a32();
        case T32_NARROW -> DecodeTable.t32Narrow();
        case T32_WIDE -> DecodeTable.t32Wide();
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyRowHasTheWidthOfItsTable(Space space) {
    assertThat(space.table().rows()).isNotEmpty().allMatch(row -> row.width() == space.width);
  }

  @ParameterizedTest
  @EnumSource
  void noValueBitStandsOutsideTheMask(Space space) {
    assertThat(space.table().rows()).allMatch(row -> (row.value() & ~row.mask()) == 0);
  }

  @ParameterizedTest
  @EnumSource
  void everyBitHasOneMeaning(Space space) {
    assertThat(space.table().rows())
        .allSatisfy(
            row -> {
              int seen = row.mask();
              List<Integer> masks =
                  new ArrayList<>(row.fields().stream().map(f -> f.mask()).toList());
              masks.add(row.shouldBeZero());
              masks.add(row.shouldBeOne());
              for (int mask : masks) {
                assertThat(seen & mask).isZero();
                seen |= mask;
              }
            });
  }

  @ParameterizedTest
  @EnumSource
  void noRowIsShadowedByAnEarlierOne(Space space) {
    List<TableRow> rows = space.table().rows();
    List<String> shadowed = new ArrayList<>();
    for (int late = 0; late < rows.size(); late++) {
      for (int early = 0; early < late; early++) {
        if (covers(rows.get(early), rows.get(late))) {
          shadowed.add(rows.get(late) + " by " + rows.get(early));
        }
      }
    }
    assertThat(shadowed).isEmpty();
  }

  private static boolean covers(TableRow early, TableRow late) {
    return (early.mask() & ~late.mask()) == 0 && early.matches(late.value());
  }

  @ParameterizedTest
  @EnumSource
  void everyRowDecidesAboutSomeWord(Space space) {
    assertThat(space.table().rows())
        .allSatisfy(
            row -> {
              int[] decided = {0};
              witnesses(row, word -> decided[0] += space.table().rowOf(word) == row ? 1 : 0);
              assertThat(decided[0]).as(row.toString()).isPositive();
            });
  }

  @ParameterizedTest
  @EnumSource
  void everyRowThatIsNotRefusedAcceptsSomeWord(Space space) {
    assertThat(space.table().rows())
        .filteredOn(row -> row.treatment() != Treatment.REFUSE)
        .allSatisfy(
            row -> {
              int[] accepted = {0};
              witnesses(row, word -> accepted[0] += isAccepted(space, row, word) ? 1 : 0);
              assertThat(accepted[0]).as(row.toString()).isPositive();
            });
  }

  private static boolean isAccepted(Space space, TableRow row, int word) {
    return space.table().rowOf(word) == row && !space.table().judge(word).isRefused();
  }

  @ParameterizedTest
  @EnumSource
  void rowsAreRefusedWithAReasonAndOthersWithout(Space space) {
    assertThat(space.table().rows())
        .allMatch(row -> (row.treatment() == Treatment.REFUSE) == (row.objection() != null));
  }

  @ParameterizedTest
  @EnumSource
  void theIndexFindsWhatASearchFromTheTopFinds(Space space) {
    Random random = new Random(1);
    for (int i = 0; i < 200_000; i++) {
      int word = random.nextInt() >>> (Integer.SIZE - space.width);
      TableRow first =
          space.table().rows().stream().filter(row -> row.matches(word)).findFirst().orElse(null);
      assertThat(space.table().rowOf(word)).isSameAs(first);
    }
  }

  /** Words of the row, should-be bits as they should be: corners first, then random ones. */
  private static void witnesses(TableRow row, Consumer<Integer> consumer) {
    Random random = new Random(row.value());
    int fixed = row.mask() | row.shouldBeZero() | row.shouldBeOne();
    int value = row.value() | row.shouldBeOne();
    int all = row.width() == 32 ? -1 : 0xFFFF;
    for (int i = 0; i < WITNESSES; i++) {
      consumer.accept(value | (random.nextInt() & ~fixed & all));
    }
  }
}
