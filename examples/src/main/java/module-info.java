/** Small programs, one per situation, and the {@code optprobe} command, on the public API only. */
module io.github.optprobe.examples {
  requires info.picocli;
  requires io.github.optprobe;
  requires io.github.optprobe.arm32;
  requires io.github.optprobe.testkit;
  requires io.github.optprobe.x86;
  requires static org.jspecify;

  // The command line library fills the fields of the commands.
  opens io.github.optprobe.examples to
      info.picocli;
}
