/**
 * Probes on native code of the running process, on x86-64 Linux: text that is patched while threads
 * run it, traps that machine code catches, handlers in Java and handlers without.
 */
module io.github.optprobe.live {
  requires transitive io.github.optprobe;
  requires io.github.optprobe.x86;
  requires com.sun.jna;
  requires io.github.optprobe.elf;
  requires static transitive org.jspecify;

  exports io.github.optprobe.live;

  // JNA binds their native methods, and calls what is to be called back.
  opens io.github.optprobe.live to
      com.sun.jna;
  opens io.github.optprobe.live.memory to
      com.sun.jna;
}
