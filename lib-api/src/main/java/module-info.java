/**
 * Probes on machine instructions: the registry, text memory and the interfaces that an architecture
 * module implements. It knows no instruction and has no run-time dependency.
 */
module io.github.optprobe {
  requires static transitive org.jspecify;
  requires static jdk.jfr;

  exports io.github.optprobe;
  exports io.github.optprobe.arch;
  exports io.github.optprobe.text;

  uses io.github.optprobe.arch.Architecture;
}
