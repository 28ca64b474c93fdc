package io.github.optprobe.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.optprobe.text.AddressRange;
import org.junit.jupiter.api.Test;

class CodeScanTest {
  /** Lies across the middle of the unsigned address space. */
  private static final long FIRST = Long.parseLong("7ffffffffffffffc", 16);

  private final CodeScan scan =
      CodeScan.of(AddressRange.ofLength(FIRST, 10))
          .instruction(FIRST)
          .instruction(FIRST + 2)
          .branch(FIRST + 2, FIRST + 6)
          .undecodable(FIRST + 5)
          .instruction(FIRST + 6)
          .indirectJump(FIRST + 6)
          .branch(FIRST + 6, 0x10)
          .instruction(FIRST + 8)
          .indirectJump(FIRST + 8)
          .branch(FIRST + 8, FIRST + 6)
          .branch(FIRST + 8, FIRST + 2)
          .build();

  @Test
  void knowsWhereInstructionsStart() {
    assertThat(scan.isBoundary(FIRST + 2)).isTrue();
    assertThat(scan.isBoundary(FIRST + 3)).isFalse();
    assertThat(scan.isBoundary(FIRST - 1)).isFalse();
    assertThat(scan.isBoundary(FIRST + 10)).isFalse();
    assertThat(scan.boundaries()).containsExactly(FIRST, FIRST + 2, FIRST + 6, FIRST + 8);
  }

  @Test
  void findsTheInstructionThatCovers() {
    assertThat(scan.boundaryAtOrBelow(FIRST + 2)).isEqualTo(FIRST + 2);
    assertThat(scan.boundaryAtOrBelow(FIRST + 4)).isEqualTo(FIRST + 2);
    assertThat(scan.boundaryAtOrBelow(FIRST + 9)).isEqualTo(FIRST + 8);
    assertThatIllegalArgumentException().isThrownBy(() -> scan.boundaryAtOrBelow(FIRST + 10));
    assertThatIllegalArgumentException().isThrownBy(() -> scan.boundaryAtOrBelow(FIRST - 1));
  }

  @Test
  void findsNoInstructionWhereNoneStarts() {
    CodeScan none = CodeScan.of(new AddressRange(8, 12)).undecodable(8).instruction(10).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.boundaryAtOrBelow(9))
        .withMessageContaining("0x9");
    assertThat(none.boundaryAtOrBelow(11)).isEqualTo(10);
  }

  @Test
  void findsBranchesByWhereTheyLead() {
    assertThat(scan.branchesInto(new AddressRange(FIRST + 3, FIRST + 6)))
        .containsExactly(
            new CodeScan.Branch(FIRST + 2, FIRST + 6), new CodeScan.Branch(FIRST + 8, FIRST + 6));
    assertThat(scan.branchesInto(new AddressRange(FIRST + 7, FIRST + 9))).isEmpty();
    assertThat(scan.branchesInto(AddressRange.ALL)).hasSize(4);
    assertThat(scan.branchesInto(new AddressRange(0x10, 0x10)))
        .containsExactly(new CodeScan.Branch(FIRST + 6, 0x10));
  }

  @Test
  void namesTheFirstOfWhatIsInTheWay() {
    assertThat(scan.firstIndirectJump()).hasValue(FIRST + 6);
    assertThat(scan.firstUndecodable()).hasValue(FIRST + 5);
    CodeScan clean = CodeScan.of(new AddressRange(8, 8)).instruction(8).build();
    assertThat(clean.firstIndirectJump()).isEmpty();
    assertThat(clean.firstUndecodable()).isEmpty();
    assertThat(clean.range()).isEqualTo(new AddressRange(8, 8));
  }

  @Test
  void tellsWhatRewritingABranchDoesNotChange() {
    CodeScan table =
        CodeScan.of(new AddressRange(8, 12)).indirectBranch(8, 10).branch(9, 10).build();

    assertThat(table.branchesInto(AddressRange.ALL))
        .containsExactly(new CodeScan.Branch(8, 10, false), new CodeScan.Branch(9, 10, true));
  }

  @Test
  void findsBranchesThatLeave() {
    CodeScan some =
        CodeScan.of(new AddressRange(8, 12)).branch(8, 7).branch(8, 12).branch(9, 13).build();

    assertThat(some.branchesOut())
        .containsExactly(new CodeScan.Branch(8, 7), new CodeScan.Branch(9, 13));
    assertThat(CodeScan.of(new AddressRange(0, 3)).branch(1, 2).build().branchesOut()).isEmpty();
  }

  @Test
  void computedJumpsAreThoseThatMayLeadAnywhere() {
    CodeScan some =
        CodeScan.of(new AddressRange(8, 12))
            .indirectJump(8, CodeScan.IndirectJump.LEAVING)
            .indirectJump(9, CodeScan.IndirectJump.TABLE)
            .indirectJump(10, CodeScan.IndirectJump.COMPUTED)
            .build();

    assertThat(some.firstIndirectJump()).hasValue(8);
    assertThat(some.firstComputedJump()).hasValue(10);
    assertThat(scan.firstComputedJump()).isEqualTo(scan.firstIndirectJump());
  }

  @Test
  void isNotChangedByItsBuilderAfterwards() {
    CodeScan.Builder builder = CodeScan.of(new AddressRange(8, 12)).instruction(8);
    CodeScan built = builder.build();
    builder.instruction(9).branch(8, 9).undecodable(10).indirectJump(11);

    assertThat(built.boundaries()).containsExactly(8);
    assertThat(built.branchesInto(AddressRange.ALL)).isEmpty();
    assertThat(built.firstUndecodable()).isEmpty();
    assertThat(built.firstIndirectJump()).isEmpty();
  }

  @Test
  void refusesRangesThatNobodyScans() {
    assertThatIllegalArgumentException().isThrownBy(() -> CodeScan.of(AddressRange.ALL));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodeScan.of(AddressRange.ofLength(0, 1L << 31)));
  }
}
