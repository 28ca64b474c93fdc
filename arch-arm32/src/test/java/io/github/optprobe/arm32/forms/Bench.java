package io.github.optprobe.arm32.forms;

import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.arm32.A32;
import io.github.optprobe.arm32.T32;
import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.registers.SavedRegisters;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.text.TextException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Executes subjects without and with a probe, and says what differs. Not thread-safe. */
final class Bench implements AutoCloseable {
  /**
   * Below the stack pointer a detour buffer saves registers; nearer than that it writes nothing.
   */
  private static final int LEFT_ALONE = 128;

  /** Around the subject text is patched; what it stores there itself is of no interest. */
  private static final int PATCHED_BYTES = 64;

  /** The longest jump. */
  private static final int OVERWRITTEN_BYTES = 10;

  private static final int IT_BITS = 0x0600_FC00;
  private static final Architecture A32_ARCHITECTURE = new A32();
  private static final Architecture T32_ARCHITECTURE = new T32();

  private final Space space = new Space();
  private final Machine machine = new Machine(space);
  private Specimen subject;
  private Architecture architecture;
  private byte[] patchedBefore = {};
  private Contents contents = new Contents(0);

  /** One probe of a subject in one tier. */
  record Probed(
      Tier tier, String form, Optional<PreparedProbe> probe, Optional<PreparedDetour> detour) {
    @Override
    public String toString() {
      return form;
    }
  }

  /** What a subject offers, and what it refuses. */
  record Offer(List<Probed> probed, List<String> refusals) {}

  Space space() {
    return space;
  }

  /** Takes a subject; all that follows is about it. */
  void take(Specimen next) {
    if (subject != null) {
      machine.forget(patchedStart(), PATCHED_BYTES);
    }
    subject = next;
    architecture = next.set() == ArmSet.A32 ? A32_ARCHITECTURE : T32_ARCHITECTURE;
    next.writeInto(space);
    machine.forget(patchedStart(), PATCHED_BYTES);
    patchedBefore = space.readFully(patchedStart(), PATCHED_BYTES);
  }

  private long patchedStart() {
    return subject.address() - 8;
  }

  /** All tiers and jumps that there are for it. */
  Offer offer() {
    List<Probed> all = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    try {
      PreparedProbe probe = architecture.prepare(preparation(space.near));
      for (Tier tier : probe.tiers()) {
        all.add(new Probed(tier, tier.toString(), Optional.of(probe), Optional.empty()));
      }
    } catch (RefusedException refused) {
      refusals.add("probe: " + refused.refusal().code());
      return new Offer(all, refusals);
    }
    for (Space.Arena arena : List.of(space.close, space.near, space.far)) {
      boolean far = arena.start() == Space.FAR_SLOTS;
      try {
        PreparedDetour detour = detour(arena, far);
        String name = detour.form().name();
        if (all.stream().noneMatch(each -> each.form().equals(name))) {
          all.add(new Probed(Tier.OPTIMIZED, name, Optional.empty(), Optional.of(detour)));
        }
      } catch (RefusedException refused) {
        String refusal = (far ? "literal: " : "branch: ") + refused.refusal().code();
        if (!refusals.contains(refusal)) {
          refusals.add(refusal);
        }
      }
    }
    return new Offer(all, refusals);
  }

  private PreparedDetour detour(Space.Arena arena, boolean far) {
    Preparation preparation = preparation(arena);
    JumpForm other = architecture.otherForms(null).get(0);
    WindowPlan plan =
        far ? architecture.planWindow(preparation, other) : architecture.planWindow(preparation);
    return architecture.prepareDetour(plan, preparation, Gate.at(Space.GATE));
  }

  private Preparation preparation(Space.Arena slots) {
    return new Preparation(
        subject.codeAddress(),
        subject.original(space),
        Space.slotsIn(slots),
        (bytes, within) -> Optional.empty(),
        () -> Optional.of(subject.function()),
        false);
  }

  /** Runs it as it is. */
  Outcome original(State start, Contents memory, Offer offer) {
    contents = memory;
    contents.writeInto(space);
    State state = start.copy();
    Machine.End end = machine.run(state);
    byte[] around = space.readFully(patchedStart(), PATCHED_BYTES);
    boolean modified = !Arrays.equals(around, patchedBefore);
    if (modified) {
      unpatch();
    }
    Outcome outcome = outcome(end, state, modified);
    boolean strange = readsDeadStack(start, state) || meetsItself(start, offer);
    return strange ? outcome(end, state, true) : outcome;
  }

  /**
   * Whether it loads from so far below the stack pointer that a detour buffer, or a signal, may
   * have changed what was there: the ABI forbids it. Found by changing that.
   */
  private boolean readsDeadStack(State start, State end) {
    if (!subject.mayReadDeadStack()) {
      return false;
    }
    List<byte[]> before = watchedNow();
    contents.writeInto(space);
    long dead = start.get(ArmRegisters.SP) - LEFT_ALONE - Space.STACK;
    byte[] other = new byte[(int) dead];
    Arrays.fill(other, (byte) 0x5A);
    space.write(Space.STACK, other);
    State again = start.copy();
    machine.run(again);
    restore(before);
    return !again.difference(end).isEmpty();
  }

  /**
   * Runs it under a probe.
   *
   * @return what differs; empty if nothing does
   */
  String differences(State start, Outcome original, Probed probed) {
    contents.writeInto(space);
    State state = start.copy();
    State before = start.copy();
    Machine.End end;
    if (probed.detour().isPresent()) {
      PreparedDetour detour = probed.detour().get();
      String wrongGate = "";
      write(detour.buffer());
      patch(detour.address().value(), detour.jump());
      end = machine.run(state, Space.GATE);
      boolean reached = end == Machine.End.STOP;
      if (reached != holds(before)) {
        wrongGate = "the gate was %sreached".formatted(reached ? "" : "not ");
      }
      if (reached) {
        wrongGate += wrongAtGate(state, before);
        returnFromGate(state);
        end = machine.run(state);
      }
      unpatch();
      if (!wrongGate.isEmpty()) {
        return wrongGate;
      }
      return compare(end, state, original, detour.buffer(), start);
    }
    PreparedProbe probe = probed.probe().orElseThrow();
    if (architecture.passes(probe, state)) {
      end = machine.run(state);
      return holds(before)
          ? "passed although the condition holds"
          : compare(end, state, original, null, start);
    }
    if (!holds(before)) {
      return "not passed although the condition fails";
    }
    return switch (probed.tier()) {
      case EMULATED -> emulated(probe, state, original, start);
      case SINGLE_STEP -> stepped(probe, state, original, start);
      default -> boosted(probe, state, original, start);
    };
  }

  /**
   * Whether the subject, from that state, reads the bytes that a probe overwrites, or branches into
   * the middle of them: no probe can be right about that. The emulation tells where it goes.
   */
  private boolean meetsItself(State start, Offer offer) {
    PreparedProbe probe =
        offer.probed().stream().flatMap(each -> each.probe().stream()).findFirst().orElse(null);
    if (probe == null || !probe.tiers().contains(Tier.EMULATED)) {
      return false;
    }
    boolean[] reads = {false};
    long from = subject.address();
    DataMemory noting =
        new DataMemory() {
          @Override
          public long load(long address, int bytes) {
            reads[0] |= address + bytes > from && address < from + OVERWRITTEN_BYTES;
            return space.load(address, bytes);
          }

          @Override
          public void store(long address, int bytes, long value) {}
        };
    State after = start.copy();
    try {
      architecture.emulate(probe, after, noting);
    } catch (TextException fault) {
      return reads[0];
    }
    long to = after.programCounter();
    boolean near = to >= patchedStart() && to < patchedStart() + PATCHED_BYTES;
    boolean other = ProgramStatus.set(after) != subject.set() || to < from + subject.length();
    return reads[0] || (near && other) || landsBetweenWords(start, after);
  }

  /**
   * Whether it branches to A32 code with bit 1 set: the emulation aligns it, Unicorn goes there.
   */
  private boolean landsBetweenWords(State start, State after) {
    long to = after.programCounter();
    boolean branch = to != subject.decoded().nextAddress();
    if (!branch || ProgramStatus.set(after) != ArmSet.A32) {
      return false;
    }
    List<byte[]> before = watchedNow();
    contents.writeInto(space);
    // Where to stop is looked at when code is translated.
    machine.forget(to, Long.BYTES);
    boolean between = machine.run(start.copy(), to + 2) == Machine.End.STOP;
    machine.forget(to, Long.BYTES);
    restore(before);
    return between;
  }

  private String emulated(PreparedProbe probe, State state, Outcome original, State start) {
    try {
      architecture.emulate(probe, state, space);
    } catch (TextException fault) {
      State unchanged = start.copy();
      boolean same = original.end() == Machine.End.DATA;
      return same && unchanged.difference(state).isEmpty()
          ? ""
          : "fault in the emulation: %s; %s".formatted(original.end(), start.difference(state));
    }
    return compare(machine.run(state), state, original, null, start);
  }

  private String boosted(PreparedProbe probe, State state, Outcome original, State start) {
    write(probe.copy());
    architecture.resume(probe, state);
    return compare(machine.run(state), state, original, probe.copy(), start);
  }

  private String stepped(PreparedProbe probe, State state, Outcome original, State start) {
    write(probe.copy());
    architecture.resume(probe, state);
    machine.forget(probe.copy().start(), probe.copy().bytes().length);
    Machine.End end = machine.run(state, probe.copy().end());
    machine.forget(probe.copy().start(), probe.copy().bytes().length);
    if (end != Machine.End.STOP) {
      return compare(end, state, original, probe.copy(), start);
    }
    if (!architecture.stepped(probe, state)) {
      return "the step is not complete at " + Long.toHexString(state.programCounter());
    }
    return compare(machine.run(state), state, original, null, start);
  }

  private boolean holds(State state) {
    ItState now = subject.set() == ArmSet.T32 ? ProgramStatus.itState(state) : ItState.OUTSIDE;
    Condition condition = now.inBlock() ? now.condition() : subject.decoded().condition();
    return condition.holds(ProgramStatus.cpsr(state));
  }

  private void write(RelocatedCode code) {
    space.write(code.start(), code.bytes());
    machine.forget(code.start(), code.bytes().length);
  }

  private void patch(long address, byte[] jump) {
    space.write(address, jump);
    machine.forget(address, jump.length);
  }

  private void unpatch() {
    space.write(patchedStart(), patchedBefore);
    machine.forget(patchedStart(), PATCHED_BYTES);
  }

  /** What handlers see has to be what the program had. */
  private String wrongAtGate(State atGate, State start) {
    SavedRegisters saved = new SavedRegisters(space, subject.set());
    if (saved.probedAddress(atGate) != subject.address()) {
      return "wrong address at the gate";
    }
    if ((atGate.get(ArmRegisters.SP) & 7) != 0) {
      return "the stack is not aligned at the gate";
    }
    saved.attach(atGate);
    State seen = start.copy();
    for (int i = 0; i < saved.file().size(); i++) {
      seen.set(i, saved.get(i));
    }
    // The mode is the machine's own, and the buffer is in no IT block.
    seen.core[ArmRegisters.CPSR] &= 0xF80F_0020;
    State wanted = start.copy();
    wanted.core[ArmRegisters.CPSR] &= 0xF80F_0020;
    return wanted.difference(seen);
  }

  /** As a function does that changes all that it may. */
  private static void returnFromGate(State state) {
    for (int i : new int[] {0, 1, 2, 3, 12}) {
      state.core[i] = 0xDEAD_0000 | i;
    }
    state.core[ArmRegisters.CPSR] ^= 0xF80F_0000;
    ProgramStatus.exchange(state, state.get(ArmRegisters.LR));
  }

  private String compare(
      Machine.End end, State state, Outcome original, RelocatedCode code, State start) {
    State mine = state;
    if (end == Machine.End.DATA && code != null) {
      mine = state.copy();
      long pc = faultOf(state, code);
      OptionalLong at = code.originalOf(pc);
      if (at.isEmpty()) {
        return "fault outside of the copy at " + Long.toHexString(state.programCounter());
      }
      code.repairFault(pc, mine, space);
      mine.setProgramCounter(at.getAsLong());
    }
    State theirs = original.state().copy();
    if (end == Machine.End.DATA && original.end() == Machine.End.DATA) {
      // A jump has left the IT block already; who gets the fault sees no more than that.
      mine = withoutItState(mine);
      theirs = withoutItState(theirs);
      theirs.setProgramCounter(subject.faultAddress(theirs.programCounter()));
    }
    String difference = theirs.difference(mine);
    if (end != original.end()) {
      return "ended with %s, not %s; %s".formatted(end, original.end(), difference);
    }
    return difference.isEmpty() ? memoryDifference(original, start) : difference;
  }

  /** Unicorn 2.0.1 may have gone on already where an instruction of an IT block faults. */
  private long faultOf(State state, RelocatedCode code) {
    long pc = state.programCounter();
    boolean behind = subject.it().inBlock() && code.originalOf(pc).isEmpty();
    return behind ? pc - 1 : pc;
  }

  private static State withoutItState(State state) {
    State copy = state.copy();
    copy.core[ArmRegisters.CPSR] &= ~IT_BITS;
    return copy;
  }

  private String memoryDifference(Outcome original, State start) {
    List<Space.Arena> watched = space.watched();
    // What is taken off the stack is dead too.
    long stack = stackPointer(start, original.state());
    for (int i = 0; i < watched.size(); i++) {
      Space.Arena arena = watched.get(i);
      byte[] wanted = original.memory().get(i);
      byte[] found = arena.content();
      if (!Arrays.equals(wanted, found)) {
        for (int k = 0; k < wanted.length; k++) {
          long address = arena.start() + k;
          if (wanted[k] != found[k] && isMeant(arena, address, wanted[k], stack)) {
            return "memory at 0x%x: %02x / %02x".formatted(address, wanted[k], found[k]);
          }
        }
      }
    }
    return "";
  }

  /** What the original did not store, and what lies far below its stack, may differ. */
  private boolean isMeant(Space.Arena arena, long address, byte wanted, long stack) {
    if (arena.start() == Space.TEXT) {
      return address < patchedStart() || address >= patchedStart() + PATCHED_BYTES;
    }
    boolean belowStack = address < stack - LEFT_ALONE;
    return arena.start() != Space.STACK || !belowStack || wanted != contents.stackByte(address);
  }

  /** What has been popped is below the stack as well. */
  private long stackPointer(State start, State end) {
    long after = end.get(ArmRegisters.SP);
    long before = start.get(ArmRegisters.SP);
    return space.stack.holds(after, 0) ? Math.max(before, after) : before;
  }

  private Outcome outcome(Machine.End end, State state, boolean modified) {
    return new Outcome(end, state, watchedNow(), modified);
  }

  private List<byte[]> watchedNow() {
    return space.watched().stream().map(Space.Arena::content).toList();
  }

  private void restore(List<byte[]> watched) {
    for (int i = 0; i < watched.size(); i++) {
      space.watched().get(i).memory().put(0, watched.get(i));
    }
  }

  @Override
  public void close() {
    machine.close();
  }
}
