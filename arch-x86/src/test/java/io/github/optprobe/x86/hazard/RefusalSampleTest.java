package io.github.optprobe.x86.hazard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.WindowPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A sample of the refusals of jumps over real libraries: each says what is so, by objdump and
 * readelf.
 */
@Tag("corpus")
class RefusalSampleTest {
  private static final int SAMPLE = 200;

  @Test
  void refusals_in_the_library_inside_jna(@TempDir Path directory) throws IOException {
    check(RealLibraries.jna(directory), 1);
  }

  @Test
  void refusals_in_a_sample_of_libc() throws IOException {
    system("libc.so.6", 40);
  }

  @Tag("campaign")
  @ParameterizedTest
  @CsvSource({"libz.so.1, 1", "libc.so.6, 1", "libcrypto.so.3, 4", "libstdc++.so.6, 2"})
  void refusals_in_a_library(String name, int every) throws IOException {
    system(name, every);
  }

  private static void system(String name, int every) throws IOException {
    Optional<Path> file = RealLibraries.system(name);
    assumeTrue(file.isPresent(), "this machine does not have " + name);
    check(file.orElseThrow(), every);
  }

  private static void check(Path file, int every) throws IOException {
    Survey survey = new Survey(RealLibraries.read(file));
    RefusalRules rules = new RefusalRules(file);
    List<String> wrong = new ArrayList<>();
    for (WindowPolicy policy : WindowPolicy.values()) {
      Map<String, List<Survey.Refused>> byCode = new TreeMap<>();
      survey
          .boundaries(policy, every)
          .refusals
          .forEach(
              each ->
                  byCode
                      .computeIfAbsent(each.refusal().code(), unused -> new ArrayList<>())
                      .add(each));
      byCode.forEach(
          (code, all) -> {
            Collections.shuffle(all, new Random(code.hashCode()));
            List<Survey.Refused> inStep =
                all.stream().filter(each -> rules.isInStep(each.at(), each.refusal())).toList();
            List<Survey.Refused> sample = inStep.subList(0, Math.min(SAMPLE, inStep.size()));
            List<Survey.Refused> notSo =
                sample.stream().filter(each -> !rules.isRight(each.at(), each.refusal())).toList();
            System.out.printf(
                "%-18s %-12s %-28s %6d refused, %3d where objdump is out of step,"
                    + " %3d sampled, %3d shown right%n",
                file.getFileName(),
                policy,
                code,
                all.size(),
                all.size() - inStep.size(),
                sample.size(),
                sample.size() - notSo.size());
            notSo.stream()
                .limit(5)
                .forEach(each -> wrong.add(rules.describe(each.at(), each.refusal())));
          });
      assertThat(byCode).isNotEmpty();
    }
    assertThat(wrong).isEmpty();
  }
}
