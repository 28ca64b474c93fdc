/**
 * The x86-64 and x86-32 architectures: decoding by Zydis through JNA, relocation of instructions,
 * detour buffers and the int3 poke protocol.
 */
// x86 is the name, digits and all; the benchmarks are built later.
@SuppressWarnings("module")
module io.github.optprobe.x86 {
  requires transitive io.github.optprobe;
  requires com.sun.jna;
  requires static transitive org.jspecify;

  exports io.github.optprobe.x86;
  // To be measured, not to be used.
  exports io.github.optprobe.x86.decode to
      io.github.optprobe.benchmarks;
  // To write machine code of the same kind, in the module beside.
  exports io.github.optprobe.x86.emit to
      io.github.optprobe.live;

  provides io.github.optprobe.arch.Architecture with
      io.github.optprobe.x86.X86_64,
      io.github.optprobe.x86.X86_32;
}
