/**
 * The 32-bit ARM architectures: decoding by tables and by Capstone through JNA. It provides no
 * architecture yet.
 */
// arm32 is the name, digits and all; capstone, needed for its native library, names no module.
@SuppressWarnings({"module", "requires-automatic"})
module io.github.optprobe.arm32 {
  requires transitive io.github.optprobe;
  requires com.sun.jna;
  requires capstone;
  requires static transitive org.jspecify;

  exports io.github.optprobe.arm32;
}
