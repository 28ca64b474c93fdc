/** JMH benchmarks; run from the class path by the command in the README. */
@SuppressWarnings("requires-automatic") // JMH and jelf name no modules of their own
module io.github.optprobe.benchmarks {
  requires com.sun.jna;
  requires io.github.optprobe;
  requires io.github.optprobe.live;
  requires io.github.optprobe.x86;
  requires jelf;
  requires jmh.core;
  requires static org.jspecify;
}
