package io.github.optprobe.live.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exceptions of C++, and the end of a thread, unwind through probed functions. */
@Tag("classpath-only") // Long, or in a JVM of its own that it starts with the class path
class CppThrowTest {
  private static final String SOURCE =
      """
      #include <pthread.h>
      #include <stdexcept>
      #include <string>

      #define VISIBLE extern "C" __attribute__((noinline, visibility("default")))

      static thread_local int destroyed;
      struct Counted { int weight; ~Counted() { destroyed += weight; } };

      VISIBLE int throw_from_bottom(int depth, int value) {
        Counted counted{depth + 1};
        if (depth == 0) {
          throw std::runtime_error(std::to_string(value));
        }
        return throw_from_bottom(depth - 1, value) + counted.weight;
      }

      VISIBLE int pass_through(int depth, int value) {
        Counted counted{100};
        int result = throw_from_bottom(depth, value);
        return result + counted.weight;
      }

      VISIBLE int rethrow(int depth, int value) {
        Counted counted{1000};
        try {
          return pass_through(depth, value) + counted.weight;
        } catch (const std::runtime_error&) {
          destroyed += 7;
          throw;
        }
      }

      VISIBLE int nested(int depth, int value) {
        try {
          return rethrow(depth, value);
        } catch (const std::exception& outer) {
          int first = std::stoi(outer.what());
          try {
            return pass_through(depth, value + 1);
          } catch (const std::exception& inner) {
            return first * 1000 + std::stoi(inner.what());
          }
        }
      }

      VISIBLE int simple(int n) {
        destroyed = 0;
        try {
          return pass_through(0, n);
        } catch (const std::runtime_error& caught) {
          return std::stoi(caught.what()) * 100000 + destroyed;
        }
      }

      VISIBLE int recursion(int n) {
        destroyed = 0;
        try {
          return pass_through(10 + n, n);
        } catch (const std::runtime_error& caught) {
          return std::stoi(caught.what()) * 100000 + destroyed;
        }
      }

      VISIBLE int rethrown(int n) {
        destroyed = 0;
        try {
          return rethrow(n, n);
        } catch (const std::runtime_error& caught) {
          return std::stoi(caught.what()) * 100000 + destroyed;
        }
      }

      VISIBLE int inside_catch(int n) {
        destroyed = 0;
        return nested(n, n) * 10 + destroyed;
      }

      VISIBLE int caught_by_caller(int n) {
        int sum = 0;
        for (int i = 0; i < 5; i++) {
          try {
            sum += rethrow(i, n);
          } catch (...) {
            sum += i * n;
          }
        }
        return sum;
      }

      VISIBLE void leave_thread(int depth, int* place) {
        struct Last { int* place; ~Last() { *place += 1; } } last{place};
        if (depth == 0) {
          pthread_exit(place);
        }
        leave_thread(depth - 1, place);
        *place += 1000;
      }

      struct Work { int depth; int count; };
      static void* body(void* argument) {
        Work* work = static_cast<Work*>(argument);
        leave_thread(work->depth, &work->count);
        return nullptr;
      }

      VISIBLE int thread_exit(int n) {
        Work work{n, 0};
        pthread_t thread;
        if (pthread_create(&thread, nullptr, body, &work) != 0) {
          return -1;
        }
        pthread_join(thread, nullptr);
        return work.count;
      }
      """;

  @BeforeAll
  static void here() {
    Here.assumeItRuns();
    assumeTrue(Here.has("g++"), "there is no g++");
  }

  private static Path compile(Path folder) throws Exception {
    Path source = Files.writeString(folder.resolve("throwing.cpp"), SOURCE);
    Path library = folder.resolve("libthrowing.so");
    Process compiler =
        new ProcessBuilder(
                "g++",
                "-O1",
                "-fno-optimize-sibling-calls",
                "-fno-semantic-interposition",
                "-shared",
                "-fPIC",
                "-pthread",
                "-o",
                library.toString(),
                source.toString())
            .redirectErrorStream(true)
            .start();
    byte[] output = compiler.getInputStream().readAllBytes();
    assertThat(compiler.waitFor()).as(new String(output, StandardCharsets.UTF_8)).isZero();
    return library;
  }

  @Test
  void exceptions_pass_probed_functions(@TempDir Path folder) throws Exception {
    ChildJvm.Ended ended = ChildJvm.run(CppProgram.class, compile(folder).toString());
    assertThat(ended.status()).as(ended.output()).isZero();
    assertThat(ended.output()).contains("RESULTS 101 ").contains("CLOSED true").contains("LOST 0");
    assertThat(ended.output().lines().filter(line -> line.contains("same=")))
        .as(ended.output())
        .hasSize(6)
        .allMatch(line -> line.contains("same=true") && !line.contains("hits=0 "));
  }
}
