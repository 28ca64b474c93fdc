/**
 * Shared libraries and programs as ELF files: which functions they have, with symbols or without,
 * where these may be entered, and what a loader has to do. Nothing is mapped and nothing is run.
 */
@SuppressWarnings("requires-automatic") // jelf names no module of its own
module io.github.optprobe.elf {
  requires transitive io.github.optprobe;
  requires jelf;
  requires static transitive org.jspecify;

  exports io.github.optprobe.elf;
}
