/**
 * What architecture modules and users test with: the conformance kit, executors and relocation
 * trials, a checker for patch protocols, fuzzing of decoders against each other and against
 * relocated instructions, an emulated target, a loader for ELF files, and text memories that fail
 * or record on demand.
 *
 * <p>It knows no architecture module. The emulator itself, libunicorn, is GPL-2.0, optional, and
 * looked for when the first target is created.
 */
module io.github.optprobe.testkit {
  requires transitive io.github.optprobe;
  requires transitive io.github.optprobe.elf;
  requires static com.sun.jna;
  requires static transitive org.jspecify;
  requires static org.junit.jupiter.api; // not transitive: only the kit needs it

  exports io.github.optprobe.testkit.conformance;
  exports io.github.optprobe.testkit.decode;
  exports io.github.optprobe.testkit.elf;
  exports io.github.optprobe.testkit.emulator;
  exports io.github.optprobe.testkit.execute;
  exports io.github.optprobe.testkit.fuzz;
  exports io.github.optprobe.testkit.libc;
  exports io.github.optprobe.testkit.oracle;
  exports io.github.optprobe.testkit.protocol;
  exports io.github.optprobe.testkit.text;
  exports io.github.optprobe.testkit.traced;
  exports io.github.optprobe.testkit.trial;

  uses io.github.optprobe.testkit.decode.Decoder;
  uses io.github.optprobe.testkit.emulator.EmulatorProfiles;
}
