package io.github.optprobe.arm32.forms;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.elf.ElfFunction;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.List;
import java.util.Random;

/**
 * Every n-th instruction of a library, and the first of each function, in every tier, from seeded
 * states. A page of the library at a time is moved to where the text of the bench is.
 */
final class RealCodeSweep {
  private static final int PAGE_BYTES = 0x1000;
  private static final long PAGE = Space.TEXT + 0x2000;
  private static final int N = 8;
  private static final int Z = 4;

  private final RealLibrary library;
  private final int every;
  private final RealTally tally;
  private final Random random = new Random(5);
  private Contents contents = new Contents(0);

  RealCodeSweep(RealLibrary library, int every, RealTally tally) {
    this.library = library;
    this.every = every;
    this.tally = tally;
  }

  void run() {
    library.functions().forEach(this::sweep);
  }

  private void sweep(ElfFunction function) {
    tally.count("functions");
    AddressRange body = function.body();
    long last = body.last() & -PAGE_BYTES;
    for (long page = body.first() & -PAGE_BYTES; page <= last; page += PAGE_BYTES) {
      try (Bench bench = new Bench()) {
        sweep(bench, function, page);
      }
    }
  }

  private void sweep(Bench bench, ElfFunction function, long page) {
    long moved = PAGE - page;
    contents = new Contents(page);
    ByteArrayText text = library.library().text(RealLibrary.BASE + moved);
    Architecture architecture = RealLibrary.architecture(function.instructionSet());
    CodeScan scan = architecture.scan(text, moved(function, moved));
    ArmSet set = RealLibrary.set(function.instructionSet());
    ItState it = ItState.OUTSIDE;
    long expected = 0;
    for (long address : scan.boundaries()) {
      it = address == expected ? it : ItState.OUTSIDE;
      RealCode code = RealCode.at(text, scan, set, address, it);
      if (address >= PAGE && address < PAGE + PAGE_BYTES) {
        tally.count("boundaries");
        boolean entry = address - moved == function.body().first();
        if (entry || random.nextInt(every) == 0) {
          sweep(bench, code);
        }
      }
      it = code.decoded().nextIt();
      expected = code.decoded().nextAddress();
    }
  }

  static ScanScope moved(ElfFunction function, long by) {
    return new ScanScope(
        moved(function.body(), by),
        function.function().landings().addresses().stream().map(each -> each + by).toList(),
        function.function().mayBranchIn().stream().map(each -> moved(each, by)).toList());
  }

  private static AddressRange moved(AddressRange range, long by) {
    return AddressRange.ofLength(range.first() + by, range.length());
  }

  /** The tiers of a plain probe on the instruction alone, each jump on its window. */
  private void sweep(Bench bench, RealCode code) {
    tally.count("boundaries swept");
    bench.take(code);
    Bench.Offer offer = bench.offer();
    offer.refusals().forEach(each -> tally.count("refused " + each));
    List<Bench.Probed> plain =
        offer.probed().stream().filter(each -> each.probe().isPresent()).toList();
    if (!plain.isEmpty()) {
      tally.count("boundaries that can be probed");
      execute(bench, code, offer, plain);
    }
    offer.probed().stream()
        .filter(each -> each.detour().isPresent())
        .forEach(each -> sweepWindow(bench, code, each));
  }

  private void sweepWindow(Bench bench, RealCode code, Bench.Probed detour) {
    tally.count("windows of " + detour);
    RealCode window = code.upTo(detour.detour().orElseThrow().window());
    if (window.hasLoop()) {
      tally.count("windows not executed: a loop");
      return;
    }
    bench.take(window);
    execute(bench, window, new Bench.Offer(List.of(detour), List.of()), List.of(detour));
  }

  private void execute(Bench bench, RealCode code, Bench.Offer offer, List<Bench.Probed> probes) {
    long seed = random.nextLong();
    StartStates states = new StartStates(seed);
    int flags = random.nextInt(16);
    for (int nzcv : new int[] {flags, flags ^ 15, flags ^ N, flags ^ Z}) {
      State start = states.next(code, nzcv);
      if (code.addsToPc()) {
        leadAway(start);
      }
      Outcome original = bench.original(start, contents, offer);
      if (mayBeCompared(code, original)) {
        probes.forEach(each -> compare(bench, code, start, original, each));
      }
    }
  }

  /**
   * Small numbers, added to PC, lead into the window, of which a probe overwrites the beginning.
   */
  private static void leadAway(State start) {
    for (int i = 0; i < ArmRegisters.PC; i++) {
      boolean small = Math.abs(start.core[i]) < PAGE_BYTES;
      start.core[i] += small ? (int) Space.DATA + Space.ARENA_BYTES / 2 : 0;
    }
  }

  private boolean mayBeCompared(RealCode code, Outcome original) {
    long pc = original.state().programCounter();
    boolean within = pc >= code.address() && pc < code.address() + code.length();
    if (original.end() == Machine.End.TRAP && within) {
      tally.count("not on this CPU: " + code);
      return false;
    }
    if (original.end() == Machine.End.DATA && !within) {
      // The emulator goes on behind a store that faults in the middle of an IT block.
      tally.count("runs not compared: a fault behind which it went on");
      return false;
    }
    if (original.end() == Machine.End.LOOP || original.isUnpredictable()) {
      tally.count("runs not compared: " + original.end());
      return false;
    }
    tally.count("runs that ended with " + original.end());
    return true;
  }

  private void compare(
      Bench bench, RealCode code, State start, Outcome original, Bench.Probed probed) {
    tally.count("cases of " + probed);
    String difference = bench.differences(start, original, probed);
    if (!difference.isEmpty()) {
      tally.differs("%s %s: %s%n  from %s".formatted(code, probed, difference, start));
    }
  }
}
