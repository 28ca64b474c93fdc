/**
 * What architecture modules and users test with: an emulated target that runs x86 and 32-bit ARM
 * code on the Unicorn emulator, a loader for shared libraries, an oracle that compares unprobed
 * runs with probed ones, and text memories that fail or record on demand.
 *
 * <p>It knows no architecture module. The emulator itself, libunicorn, is GPL-2.0, optional, and
 * looked for when the first target is created.
 */
@SuppressWarnings("requires-automatic") // jelf names no module of its own
module io.github.optprobe.testkit {
  requires transitive io.github.optprobe;
  requires static com.sun.jna;
  requires jelf;
  requires static transitive org.jspecify;

  exports io.github.optprobe.testkit.elf;
  exports io.github.optprobe.testkit.emulator;
  exports io.github.optprobe.testkit.libc;
  exports io.github.optprobe.testkit.oracle;
  exports io.github.optprobe.testkit.text;
  exports io.github.optprobe.testkit.traced;
}
