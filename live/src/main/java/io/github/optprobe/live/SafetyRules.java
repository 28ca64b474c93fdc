package io.github.optprobe.live;

import io.github.optprobe.Culprit;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.PlaceRefusal;
import io.github.optprobe.Probe;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.live.machine.Machinery;
import io.github.optprobe.live.memory.Mapping;
import io.github.optprobe.live.memory.MemoryMap;
import io.github.optprobe.text.AddressRange;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What must not be probed in this process, and what not with a handler in Java: code that the way
 * to a handler itself runs through, and code that is run where Java can not be called.
 */
final class SafetyRules {
  /**
   * Functions of the C library that a child runs, with all signals blocked, between vfork(2) and
   * execve(2): a breakpoint would kill it.
   */
  private static final List<String> IN_VFORKED_CHILD =
      List.of(
          "vfork",
          "clone",
          "execve",
          "execveat",
          "execv",
          "execvp",
          "execvpe",
          "_exit",
          "close",
          "dup2",
          "sigaction",
          "sigprocmask",
          "pthread_sigmask",
          "setpgid",
          "setsid",
          "open",
          "open64",
          "fcntl",
          "fcntl64",
          "fchdir",
          "chdir",
          "sched_setscheduler",
          "sched_setparam",
          "setegid",
          "seteuid",
          "setresuid",
          "setresgid",
          "tcsetpgrp");

  private static final int SIGNAL_RETURN_BYTES = 16;
  private static final int LANDING_MARK_BYTES = 4;
  private static final String JVM = "libjvm.so";
  private static final String DISPATCH = "jnidispatch";
  private static final Pattern UNPACKED_DISPATCH = Pattern.compile("/jna\\d+\\.tmp");
  private static final String WAY_TO_JAVA = "JNA, through which handlers in Java are reached";

  private final LoadedLibraries libraries;
  private final Map<AddressRange, String> withoutJava = new LinkedHashMap<>();

  SafetyRules(LoadedLibraries libraries) {
    this.libraries = libraries;
    for (LoadedLibrary library : libraries.all()) {
      if (library.name().equals(JVM)) {
        library.needed().forEach(this::forbidJava);
      }
    }
  }

  private void forbidJava(String needed) {
    String reason =
        "%s is called by the JVM itself, also where Java can not run; handlers without Java may"
                .formatted(needed)
            + " stand there";
    for (LoadedLibrary library : libraries.named(needed)) {
      library.code().forEach(range -> withoutJava.put(range, reason));
    }
  }

  /** Forbids what no probe may stand on. */
  void blacklist(Kprobes kprobes, Machinery machinery) {
    for (LoadedLibrary library : libraries.all()) {
      reasonAgainst(library.name())
          .ifPresent(
              reason -> {
                library.forbid();
                library.code().forEach(range -> kprobes.blacklist(range, reason));
              });
    }
    kprobes.blacklist(
        AddressRange.ofLength(machinery.signalReturn(), SIGNAL_RETURN_BYTES),
        "handlers of signals return through it");
    blacklistVforkedChild(kprobes);
    for (Mapping mapping : MemoryMap.now().all()) {
      if (mapping.executable() && !mapping.isOfFile()) {
        kprobes.blacklist(mapping.range(), "code that is generated, by the JVM or by others");
      } else if (mapping.executable() && UNPACKED_DISPATCH.matcher(mapping.file()).find()) {
        // It removes the file as soon as it is loaded.
        kprobes.blacklist(mapping.range(), WAY_TO_JAVA);
      }
    }
  }

  private static Optional<String> reasonAgainst(String name) {
    if (name.equals(JVM)) {
      return Optional.of("the JVM: a handler would run in the middle of it");
    }
    if (name.contains(DISPATCH)) {
      return Optional.of(WAY_TO_JAVA);
    }
    return name.startsWith("ld-linux") || name.startsWith("ld-musl")
        ? Optional.of("the dynamic linker, which keeps to no calling convention")
        : Optional.empty();
  }

  private void blacklistVforkedChild(Kprobes kprobes) {
    Set<AddressRange> done = new HashSet<>();
    for (LoadedLibrary library : libraries.named("libc.so.6")) {
      for (String name : IN_VFORKED_CHILD) {
        library
            .body(name)
            .filter(done::add)
            .ifPresent(
                body ->
                    kprobes.blacklist(
                        body,
                        name
                            + " runs with all signals blocked in children that are about to"
                            + " execute a program"));
      }
    }
  }

  /** Why a probe can not be had where others could; empty if it can. */
  Optional<Refusal> objection(Probe probe, PreparedProbe prepared, Culprit culprit) {
    if (probe instanceof Kprobe kprobe && kprobe.faultHandler().isPresent()) {
      return Optional.of(
          new Refusal.Unmovable(
              culprit,
              "NO_FAULT_HANDLERS",
              "faults of this process are the program's own, no handler can be called for them",
              "leave the fault handler out"));
    }
    long address = culprit.address().value();
    for (Map.Entry<AddressRange, String> each : withoutJava.entrySet()) {
      if (each.getKey().contains(address) && wouldCallJava(probe, prepared)) {
        return Optional.of(new PlaceRefusal.Blacklisted(culprit, each.getKey(), each.getValue()));
      }
    }
    return Optional.empty();
  }

  private static boolean wouldCallJava(Probe probe, PreparedProbe prepared) {
    boolean needsJava =
        Optional.ofNullable(Handlers.compilable(probe)).map(Handlers::needsJava).orElse(true);
    return needsJava
        || !prepared.tiers().contains(Tier.BOOSTED)
        || probe.ceiling().compareTo(Tier.BOOSTED) < 0;
  }

  /** Whether Java may be called from a probe at all. */
  boolean mayCallJava(PreparedProbe probe) {
    long address = probe.address().value();
    return withoutJava.keySet().stream().noneMatch(range -> range.contains(address));
  }

  /**
   * Whether an address is the entry of a function that a library exports, which therefore keeps to
   * the calling convention: no vector register but those of arguments holds anything there.
   */
  boolean isConventionalEntry(long address) {
    return libraries.at(address).filter(each -> isConventionalEntry(each, address)).isPresent();
  }

  /** A probe stands behind the mark of an entry that indirect branches may lead to. */
  private static boolean isConventionalEntry(LoadedLibrary library, long address) {
    return library.isExportedEntry(address)
        || (library.isExportedEntry(address - LANDING_MARK_BYTES)
            && library.hasLandingMark(address - LANDING_MARK_BYTES));
  }
}
