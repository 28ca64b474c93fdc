package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {
  private static final int THREADS = 4;

  @Test
  void threadsSharingADecoderSeeWhatOneThreadSees() throws Exception {
    X86Decoder decoder = X86Decoder.for64Bit();
    List<byte[]> corpus = RandomBytes.sequences(7, 20_000);
    List<String> alone = describeAll(decoder, corpus);
    CountDownLatch start = new CountDownLatch(THREADS);
    Callable<List<String>> task =
        () -> {
          start.countDown();
          start.await();
          return describeAll(decoder, corpus);
        };

    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    try {
      for (Future<List<String>> result : executor.invokeAll(Collections.nCopies(THREADS, task))) {
        assertThat(result.get()).isEqualTo(alone);
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private static List<String> describeAll(X86Decoder decoder, List<byte[]> corpus) {
    return corpus.stream().map(code -> describe(decoder, decoder.decode(code, 0x1000))).toList();
  }

  private static String describe(X86Decoder decoder, Decoded decoded) {
    return decoded instanceof Instruction instruction
        ? FieldSummary.of(instruction) + " " + decoder.format(instruction)
        : decoded.toString();
  }
}
