/** Small programs, one per situation, and the {@code optprobe} command, on the public API only. */
module io.github.optprobe.examples {
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires transitive io.github.optprobe;
  requires io.github.optprobe.arm32;
  requires transitive io.github.optprobe.elf;
  requires io.github.optprobe.live;
  requires transitive io.github.optprobe.testkit;
  requires io.github.optprobe.x86;
  requires java.xml;
  requires jdk.attach;
  requires me.tongfei.progressbar;
  requires static org.jspecify;

  exports io.github.optprobe.examples.riscv;

  provides io.github.optprobe.arch.Architecture with
      io.github.optprobe.examples.riscv.Rv32I,
      io.github.optprobe.examples.riscv.Rv64I;
  provides io.github.optprobe.testkit.decode.Decoder with
      io.github.optprobe.examples.decoder.RiscVJumps;
  provides io.github.optprobe.testkit.emulator.EmulatorProfiles with
      io.github.optprobe.examples.riscv.RiscVProfiles;

  // The command line library fills the fields of the commands.
  opens io.github.optprobe.examples to
      info.picocli;
  opens io.github.optprobe.examples.command to
      info.picocli;
}
