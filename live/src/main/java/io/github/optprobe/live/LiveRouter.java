package io.github.optprobe.live;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.HitRouter;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.HeadCells;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.PreparedTrampoline;
import io.github.optprobe.live.machine.Machinery;
import io.github.optprobe.live.machine.Positions;
import io.github.optprobe.live.machine.TrapTable;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.X86_64;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends hits on their way: for each probed address a program that a breakpoint leads to and one
 * that its detour buffer begins with, made anew when other handlers are to run. What is not needed
 * any more is freed after a look at the threads that finds nobody there.
 */
final class LiveRouter implements HitRouter, HeadCells, Looks {
  /** So many programs wait at most before the threads are looked at for their sake. */
  private static final int MOST_RETIRED = 2048;

  private final Machinery machinery;
  private final LiveText text;
  private final X86_64 architecture;
  private final SafetyRules rules;
  private final ProgramWriter programs;
  private final NearCells cells = new NearCells();
  private final Map<Long, Site> sites = new HashMap<>();
  private final Map<Long, Long> cellOf = new HashMap<>();
  private List<Retired> retired = new ArrayList<>();
  private List<Retired> underLook = new ArrayList<>();
  private @Nullable LiveCpus cpus;

  /** Something that can be given back once no thread is in some places. */
  private record Retired(List<AddressRange> places, Runnable giveBack) {}

  LiveRouter(Machinery machinery, LiveText text, X86_64 architecture, SafetyRules rules) {
    this.machinery = machinery;
    this.text = text;
    this.architecture = architecture;
    this.rules = rules;
    programs = new ProgramWriter(text);
  }

  void setCpus(LiveCpus newCpus) {
    cpus = newCpus;
  }

  @Override
  public Optional<Refusal> objection(Probe probe, PreparedProbe prepared, Culprit culprit) {
    return rules.objection(probe, prepared, culprit);
  }

  @Override
  public synchronized void prepared(PreparedProbe probe) {
    Site site =
        new Site(probe, Site.workOf(initialTier(probe), List.of(), rules.mayCallJava(probe)));
    site.setTrapProgram(write(site, machinery.trapGate(), probe.copy().entry()));
    sites.put(site.address(), site);
    lead(site);
    lookIfManyRetired();
  }

  private static Tier initialTier(PreparedProbe probe) {
    return probe.tiers().contains(Tier.BOOSTED) ? Tier.BOOSTED : Tier.EMULATED;
  }

  @Override
  public synchronized void prepared(PreparedDetour detour) {
    Site site = Objects.requireNonNull(sites.get(detour.address().value()));
    Program old = site.jumpProgram();
    site.setDetour(detour);
    writeJump(site);
    if (old != null) {
      retire(old);
    }
  }

  private void writeJump(Site site) {
    PreparedDetour detour = Objects.requireNonNull(site.detour());
    Gate gate =
        rules.isConventionalEntry(site.address()) ? machinery.entryGate() : machinery.jumpGate();
    Program program = write(site, gate, detour.buffer().entry());
    site.setJumpProgram(program);
    Long cell = Objects.requireNonNull(cellOf.get(site.address()));
    NearCells.store(cell, program.start());
  }

  private Program write(Site site, Gate gate, long goesOn) {
    return programs.write(goesOn, out -> writeWork(out, site, gate));
  }

  private static void writeWork(CodeBuffer out, Site site, Gate gate) {
    if (site.work() instanceof Site.Work.Java) {
      ProgramWriter.callGate(out, site.address(), gate);
    } else if (site.work() instanceof Site.Work.Compiled compiled) {
      Handlers.emit(
          out,
          site.address(),
          compiled.handlers(),
          java -> ProgramWriter.callGate(java, site.address(), gate));
    }
  }

  @Override
  public void prepared(PreparedTrampoline trampoline) {
    machinery.setTrampoline(trampoline.address().value(), trampoline.bytes().length);
  }

  @Override
  public synchronized void diverted(CodeAddress address, Optional<PreparedDetour> into) {
    Site site = sites.get(address.value());
    if (site != null) {
      site.setDiverted(into.isPresent());
      lead(site);
    }
  }

  private void lead(Site site) {
    PreparedDetour detour = site.detour();
    long target =
        site.isDiverted() && detour != null
            ? detour.buffer().start()
            : Objects.requireNonNull(site.trapProgram()).start();
    machinery.traps().put(site.address(), target);
  }

  @Override
  public synchronized void members(CodeAddress address, Tier trapTier, List<ProbeHandle> active) {
    Site site = sites.get(address.value());
    if (site == null) {
      return;
    }
    Site.Work work = Site.workOf(trapTier, active, rules.mayCallJava(site.probe()));
    if (work.equals(site.work())) {
      return;
    }
    site.setWork(work);
    Program oldTrap = Objects.requireNonNull(site.trapProgram());
    Program oldJump = site.jumpProgram();
    site.setTrapProgram(write(site, machinery.trapGate(), site.probe().copy().entry()));
    lead(site);
    retire(oldTrap);
    if (oldJump != null) {
      writeJump(site);
      retire(oldJump);
    }
    lookIfManyRetired();
  }

  @Override
  public synchronized void removed(CodeAddress address) {
    Site site = sites.remove(address.value());
    if (site == null) {
      return;
    }
    // A thread that trapped before and was not sent on its way yet executes what stands there now.
    machinery.traps().put(site.address(), site.address());
    retire(Objects.requireNonNull(site.trapProgram()));
    retired.add(new Retired(List.of(), () -> forgetIfUnused(site.address(), site.address())));
    for (int i = 0; i < site.steps().size(); i++) {
      long key = site.stepKeys().get(i);
      retire(site.steps().get(i));
      retired.add(new Retired(List.of(), () -> machinery.traps().remove(key)));
    }
    Program jump = site.jumpProgram();
    PreparedDetour detour = site.detour();
    Long cell = cellOf.remove(site.address());
    if (cell != null && jump != null && detour != null) {
      // A thread at the buffer's first instruction has not read the cell yet.
      NearCells.store(cell, detour.buffer().entry());
      retire(jump);
      retired.add(new Retired(List.of(detour.buffer().slot().range()), () -> cells.give(cell)));
    } else if (cell != null) {
      retired.add(new Retired(List.of(), () -> cells.give(cell)));
    }
  }

  private void forgetIfUnused(long key, long target) {
    if (machinery.traps().get(key) == target) {
      machinery.traps().remove(key);
    }
  }

  private void retire(Program program) {
    retired.add(new Retired(List.of(program.range()), () -> programs.free(program)));
  }

  private void lookIfManyRetired() {
    if (retired.size() > MOST_RETIRED) {
      text.look();
    }
  }

  @Override
  public long hits(ProbeHandle probe) {
    return Handlers.machineHits(probe.probe());
  }

  @Override
  public synchronized long cellFor(CodeAddress probed, long bufferStart) {
    Long known = cellOf.get(probed.value());
    if (known != null && NearCells.isInReach(known, bufferStart)) {
      return known;
    }
    long cell = cells.take(bufferStart);
    if (!sites.containsKey(probed.value())) {
      // Only tried: nothing will ever jump through it.
      cells.give(cell);
      return cell;
    }
    // The one before stays taken: the buffer that jumps through it may have threads at its start.
    cellOf.put(probed.value(), cell);
    return cell;
  }

  /**
   * A thread that trapped at an address of ours found somebody else's breakpoint there: the next
   * time it is theirs.
   */
  synchronized void disown(long address) {
    if (!sites.containsKey(address)) {
      machinery.traps().remove(address);
    }
  }

  /** Makes what a step that begins at an address in a copy comes to, if it is not there yet. */
  synchronized void prepareSteps(long inCopy) {
    if (machinery.traps().get(inCopy | TrapTable.STEP) != 0) {
      return;
    }
    Site site = siteWithCopy(inCopy);
    if (site == null || !site.steps().isEmpty()) {
      return;
    }
    long place = site.probe().copy().entry();
    long end = site.probe().copy().end();
    AddressRange code = new AddressRange(place, end - 1);
    for (InstructionText each : architecture.disassemble(text, code)) {
      addStep(site, each.address());
    }
    addStep(site, end);
  }

  private void addStep(Site site, long place) {
    Program program =
        programs.write(place, out -> ProgramWriter.callGate(out, place, machinery.stepGate()));
    site.steps().add(program);
    site.stepKeys().add(place | TrapTable.STEP);
    machinery.traps().put(place | TrapTable.STEP, program.start());
  }

  private @Nullable Site siteWithCopy(long address) {
    for (Site site : sites.values()) {
      if (site.probe().copy().covers(address)) {
        return site;
      }
    }
    return null;
  }

  // Looks at the threads.

  @Override
  public synchronized void begin() {
    underLook.addAll(retired);
    retired = new ArrayList<>();
  }

  @Override
  public synchronized Positions complete(Positions seen) {
    LongStream.Builder more = LongStream.builder();
    LiveCpus known = cpus;
    if (known != null) {
      LongConsumer add = more::add;
      known.places(add);
    }
    return seen.and(more.build().toArray()).with(programs::goesOn);
  }

  @Override
  public synchronized void end(Positions all) {
    if (all.isComplete()) {
      List<Retired> stay = new ArrayList<>();
      for (Retired each : underLook) {
        if (each.places().stream().allMatch(all::isFree)) {
          each.giveBack().run();
        } else {
          stay.add(each);
        }
      }
      underLook = stay;
    }
  }
}
