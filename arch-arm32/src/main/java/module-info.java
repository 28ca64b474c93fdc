/**
 * The 32-bit ARM architectures, A32 and T32: decoding by tables and by Capstone through JNA,
 * relocation, emulation, detour buffers and the patch protocol.
 */
// arm32 is the name, digits and all; capstone, needed for its native library, names no module.
@SuppressWarnings({"module", "requires-automatic"})
module io.github.optprobe.arm32 {
  requires transitive io.github.optprobe;
  requires com.sun.jna;
  requires capstone;
  requires static transitive org.jspecify;

  exports io.github.optprobe.arm32;

  provides io.github.optprobe.arch.Architecture with
      io.github.optprobe.arm32.A32,
      io.github.optprobe.arm32.T32;
}
