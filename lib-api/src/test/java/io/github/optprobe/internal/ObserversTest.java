package io.github.optprobe.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.ProbeListener;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who is told, with and without Flight Recorder. */
class ObserversTest {
  @Test
  void flightRecorderComesBehindTheUsersListeners() {
    ProbeListener mine = new ProbeListener() {};

    assertThat(Observers.of(List.of(mine))).hasSize(2).startsWith(mine);
    assertThat(Observers.of(List.of())).hasOnlyElementsOfType(FlightRecorder.class);
    assertThat(Observers.hitEvents()).isNotSameAs(HitEvents.NONE);
  }

  /** Where main and test classes come from; on the module path the two are one. */
  @Test
  @Tag("classpath-only")
  void libraryWorksInAnImageWithoutFlightRecorder() throws Exception {
    String classes = placeOf(Observers.class) + File.pathSeparator + placeOf(ObserversTest.class);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--limit-modules",
                "java.base",
                "-cp",
                classes,
                WithoutFlightRecorder.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(output).isEqualToIgnoringNewLines("recorder false, observers 0, hits 1");
    assertThat(process.waitFor()).isZero();
  }

  private static Path placeOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
