package io.github.optprobe.live.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.NativeLibrary;
import io.github.optprobe.Kprobe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.live.Counter;
import io.github.optprobe.live.LiveProcess;
import io.github.optprobe.live.LoadedLibrary;
import io.github.optprobe.x86.X86_64;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Very many functions of real libraries at once, while these do their own work. */
class ThousandFunctionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @BeforeAll
  static void here() {
    Here.assumeItRuns();
  }

  private static NativeLibrary orSkip(String... names) {
    NativeLibrary library = LibrariesAtWork.find(names).orElse(null);
    assumeTrue(library != null, () -> "this machine has no " + String.join(", ", names));
    return library;
  }

  private static boolean isOptimized(ProbeHandle probe) {
    return probe.tier().stream().anyMatch(tier -> tier == Tier.OPTIMIZED);
  }

  /** What became of the probes. */
  private static final class Probed {
    private final List<ProbeHandle> handles = new ArrayList<>();
    private final Map<String, Integer> refusals = new TreeMap<>();

    /** Probes exported functions, first those that the work is known to call. */
    void probe(LiveProcess live, LoadedLibrary library, String first, int most, boolean java) {
      Pattern called = Pattern.compile(first);
      List<String> names = new ArrayList<>(new TreeSet<>(library.exported()));
      names.sort(Comparator.comparing(name -> !called.matcher(name).lookingAt()));
      Set<Long> addresses = new HashSet<>();
      for (int i = 0; i < names.size() && addresses.size() < most; i++) {
        long address = Objects.requireNonNull(library.functions().get(names.get(i))).first();
        if (addresses.add(address)) {
          probe(live, address, java);
        }
      }
    }

    private void probe(LiveProcess live, long address, boolean java) {
      Kprobe.Builder probe = Kprobe.at(X86_64.at(address));
      try {
        handles.add(
            live.kprobes()
                .register(
                    java
                        ? probe.onHit(registers -> registers.programCounter()).build()
                        : probe.preHandler(Counter.create()).build()));
      } catch (RefusedException refused) {
        refusals.merge(refused.refusal().code(), 1, Integer::sum);
      }
    }

    long optimized() {
      return handles.stream().filter(ThousandFunctionsTest::isOptimized).count();
    }

    long hits() {
      return handles.stream().mapToLong(ProbeHandle::hits).sum();
    }

    @Override
    public String toString() {
      return "%d probed, %d optimized, refused %s, %d hits"
          .formatted(handles.size(), optimized(), refusals, hits());
    }
  }

  private static Probed worksTheSame(
      Supplier<String> work, String library, String first, int most, boolean java)
      throws InterruptedException {
    String expected = work.get();
    Probed probed = new Probed();
    try (LiveProcess live = LiveProcess.builder().optimizerByHand().open()) {
      LoadedLibrary loaded =
          live.libraries().all().stream()
              .filter(each -> each.name().startsWith(library))
              .findFirst()
              .orElseThrow();
      probed.probe(live, loaded, first, most, java);
      assertThat(work.get()).as("breakpoints").isEqualTo(expected);
      assertThat(live.kprobes().awaitOptimizer(PATIENCE)).isTrue();
      assertThat(work.get()).as("jumps").isEqualTo(expected);
      System.out.println(library + ": " + probed);
      assertThat(probed.hits()).isPositive();
      assertThat(probed.optimized()).isPositive();
      for (ProbeHandle each : probed.handles) {
        assertThat(each.whyNotOptimized().isPresent())
            .as("%s has a reason if it is no jump", each)
            .isNotEqualTo(isOptimized(each));
      }
      assertThat(live.lost()).isZero();
    }
    assertThat(work.get()).as("closed").isEqualTo(expected);
    return probed;
  }

  @Test
  void zlib_works_the_same_under_java() throws Exception {
    NativeLibrary zlib = orSkip("libz.so.1");
    LibrariesAtWork work = new LibrariesAtWork();
    worksTheSame(() -> work.zlib(zlib), "libz.so", "", 100, true);
  }

  @Test
  @Tag("corpus")
  void libcrypto_works_the_same_with_a_thousand_probes() throws Exception {
    NativeLibrary crypto = orSkip("libcrypto.so.3", "libcrypto.so.1.1");
    LibrariesAtWork work = new LibrariesAtWork();
    Probed probed =
        worksTheSame(
            () -> work.digests(crypto) + work.ciphers(crypto),
            "libcrypto.so",
            "EVP_|CRYPTO_|OPENSSL_",
            1000,
            false);
    assertThat(probed.handles.size() + probed.refusals.values().stream().mapToInt(n -> n).sum())
        .isEqualTo(1000);
  }

  @Test
  @Tag("campaign")
  void libcrypto_works_the_same_under_java() throws Exception {
    NativeLibrary crypto = orSkip("libcrypto.so.3", "libcrypto.so.1.1");
    LibrariesAtWork work = new LibrariesAtWork();
    worksTheSame(
        () -> work.digests(crypto) + work.ciphers(crypto),
        "libcrypto.so",
        "EVP_|CRYPTO_|OPENSSL_",
        1000,
        true);
  }

  @Test
  @Tag("campaign")
  void libstdcpp_works_the_same_with_a_thousand_probes() throws Exception {
    NativeLibrary cpp = orSkip("libstdc++.so.6");
    LibrariesAtWork work = new LibrariesAtWork();
    worksTheSame(() -> work.cpp(cpp), "libstdc++.so", "__cxa_|_Zn|_Zd", 1000, false);
  }
}
