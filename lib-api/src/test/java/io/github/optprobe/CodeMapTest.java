package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodeMapTest {
  private static CodeMap.Function function(String name, long first, long last) {
    return new CodeMap.Function(name, new AddressRange(first, last));
  }

  @Test
  void findsTheFunctionAroundAnAddress() {
    CodeMap map = CodeMap.of(function("high", -16, -1), function("low", 10, 19));

    assertThat(map.functionAt(9)).isEmpty();
    assertThat(map.functionAt(10).orElseThrow().name()).isEqualTo("low");
    assertThat(map.functionAt(19).orElseThrow().name()).isEqualTo("low");
    assertThat(map.functionAt(20)).isEmpty();
    assertThat(map.functionAt(-17)).isEmpty();
    assertThat(map.functionAt(-1).orElseThrow().name()).isEqualTo("high");
    assertThat(CodeMap.empty().functionAt(10)).isEmpty();
  }

  @Test
  void functionsMayTouchButNotOverlap() {
    assertThat(CodeMap.of(function("a", 0, 9), function("b", 10, 19)).functionAt(10)).isPresent();
    assertOverlap(function("a", 0, 9), function("b", 9, 19));
    assertOverlap(function("b", 9, 19), function("a", 0, 9));
    assertOverlap(function("a", 0, 9), function("b", 3, 4));
    assertOverlap(function("b", 3, 4), function("a", 0, 9));
    assertOverlap(function("a", 0, 9), function("b", 0, 9));
  }

  private static void assertOverlap(CodeMap.Function one, CodeMap.Function two) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodeMap.of(one, two))
        .withMessageContaining("overlaps");
  }

  @Test
  void functionCopiesItsRanges() {
    List<AddressRange> ranges = new ArrayList<>();
    CodeMap.Function function = new CodeMap.Function("f", AddressRange.ALL, ranges);
    ranges.add(AddressRange.ALL);

    assertThat(function.mayBranchIn()).isEmpty();
  }
}
