package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arm32.plan.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RefusalDocumentationTest {
  @Test
  void every_rule_of_this_architecture_is_explained() throws IOException {
    String page = Files.readString(Path.of("../docs/refusals.md"));

    assertThat(Rule.values()).allMatch(rule -> page.contains("`" + rule.name() + "`"));
  }
}
