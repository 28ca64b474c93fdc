package io.github.optprobe.examples.mutants;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.PreparedTrampoline;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.PokeSequence;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextMemory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Mutants that go wrong under a registry only, at returns, or with threads: A310 to A601. */
final class RegistryMutants {
  private static final String HOOKS = "a call is hooked by setting its return address";

  private RegistryMutants() {}

  static Stream<Mutant> all() {
    return Stream.of(hits(), handlers(), slots(), returns(), threads()).flatMap(each -> each);
  }

  private static Stream<Mutant> hits() {
    return Stream.of(
        Mutant.of("A305", "a call is done at the trap, without a hit", PassesCalls::new),
        Mutant.of(
            "A310",
            "a call is done at the trap, without a hit, where there is no jump",
            PassesInTraps::new),
        Mutant.of("A310", "a buffer calls the gate twice", CallsTwice::new));
  }

  private static Stream<Mutant> handlers() {
    return Stream.of(
        Mutant.of(
            "A311",
            "a buffer does not restore what functions keep",
            () ->
                new WindowMutants.Detours(
                    detour -> Site.inBuffer(detour, site -> RelocationMutants.drop(site, 27)))),
        Mutant.of("A311", "what a handler writes to ra is lost", () -> new Loses("ra")),
        Mutant.of("A311", "what a handler writes to s11 is lost", () -> new Loses("s11")),
        Mutant.of(
            "A312, A401",
            "a handler can't set the program counter",
            "where a call returns to is set in the same way",
            () -> new Loses("pc")));
  }

  private static Stream<Mutant> slots() {
    return Stream.of(Mutant.of("A313", "a second slot is taken and forgotten", Leaks::new));
  }

  private static Stream<Mutant> returns() {
    return Stream.of(
        Mutant.of(
            "A400, A401",
            "return addresses are kept without their low bits",
            HOOKS,
            KeepsPages::new),
        Mutant.of(
            "A400, A401", "to set a return address moves the stack pointer", HOOKS, Pushes::new),
        Mutant.of("A401", "what calls return to begins with nothing", () -> new Late(false)),
        Mutant.of(
            "A401",
            "what calls return to begins with nothing, without a gate",
            () -> new Late(true)));
  }

  private static Stream<Mutant> threads() {
    return Stream.of(
        Mutant.of("A600", "what is being prepared is in a field", OneAtATime::new),
        Mutant.of("A601", "a hit is handled by the thread that armed only", OwnThread::new));
  }

  /** Computes calls and addresses at once, and says that their condition fails. */
  private static class PassesCalls extends MutantArchitecture {
    @Override
    public boolean passes(PreparedProbe probe, Registers registers) {
      int word = Site.word(probe.original(), 0);
      boolean computed = Site.isJal(word) || Site.isAuipc(word);
      if (computed) {
        super.emulate(probe, registers, new NoMemory());
      }
      return computed;
    }
  }

  /** What is emulated needs none. */
  private static final class NoMemory implements DataMemory {
    @Override
    public long load(long address, int bytes) {
      throw new IllegalStateException("loads");
    }

    @Override
    public void store(long address, int bytes, long value) {
      throw new IllegalStateException("stores");
    }
  }

  /** The same where there are no jumps, whose buffers would show it. */
  private static final class PassesInTraps extends PassesCalls {
    @Override
    public WindowPlan planWindow(Preparation preparation) {
      throw refused(CapabilityMutants.unmovable(this, preparation));
    }
  }

  /** A buffer in front of the buffer, without the instruction. */
  private static final class CallsTwice extends MutantArchitecture {
    @Override
    public PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, Gate gate) {
      PreparedDetour last = super.prepareDetour(plan, preparation, gate);
      PreparedDetour first = super.prepareDetour(plan, preparation, gate);
      return new Twice(last, inFrontOf(last, first));
    }

    private static RelocatedCode inFrontOf(PreparedDetour last, PreparedDetour first) {
      return Site.inBuffer(first, site -> leadTo(site, last.buffer().start())).buffer();
    }

    private static void leadTo(Site site, long address) {
      site.words[site.from] = Site.jump((int) (address - site.code.entry()));
    }

    @Override
    public void optimize(List<PreparedDetour> detours, TextMemory text) {
      PokeSequence sequence = new PokeSequence();
      PokeSequence.Round round = sequence.round();
      detours.forEach(each -> round.store(each.address().value(), each.jump()));
      sequence.run(text);
    }
  }

  private static final class Twice extends MutantDetour {
    private final RelocatedCode first;

    Twice(PreparedDetour last, RelocatedCode first) {
      super(last);
      this.first = first;
    }

    @Override
    public byte[] jump() {
      return Site.bytes(Site.jump((int) (first.start() - address().value())));
    }

    @Override
    public Optional<RelocatedCode> link() {
      return Optional.of(first);
    }
  }

  private static final class Loses extends MutantArchitecture {
    private final String register;

    Loses(String register) {
      this.register = register;
    }

    @Override
    public GateFrame newGateFrame(DataMemory memory) {
      return new RelocationMutants.Frames(super.newGateFrame(memory)) {
        @Override
        public void set(int index, long value) {
          if (index != file().indexOf(register)) {
            super.set(index, value);
          }
        }
      };
    }
  }

  private static final class Leaks extends MutantArchitecture {
    private final AtomicInteger taken = new AtomicInteger();

    @Override
    public PreparedProbe prepare(Preparation preparation) {
      preparation
          .slots()
          .allocate(16, instructionSet().addresses())
          .ifPresent(second -> taken.incrementAndGet());
      return super.prepare(preparation);
    }
  }

  /** A convention that is right, until it is overridden. */
  private static class Calls implements CallConvention {
    private final CallConvention base;

    Calls(CallConvention base) {
      this.base = base;
    }

    @Override
    public long returnAddress(Registers atEntry, DataMemory memory) {
      return base.returnAddress(atEntry, memory);
    }

    @Override
    public void setReturnAddress(Registers atEntry, DataMemory memory, long address) {
      base.setReturnAddress(atEntry, memory, address);
    }

    @Override
    public long stackPointerAfterReturn(long atEntry) {
      return base.stackPointerAfterReturn(atEntry);
    }

    @Override
    public boolean keepsReturnAddressOnStack() {
      return base.keepsReturnAddressOnStack();
    }

    @Override
    public long returnValue(Registers atReturn) {
      return base.returnValue(atReturn);
    }
  }

  private static final class KeepsPages extends MutantArchitecture {
    @Override
    public Optional<CallConvention> calls() {
      return super.calls().map(KeepsPages::wrong);
    }

    private static CallConvention wrong(CallConvention right) {
      return new Calls(right) {
        @Override
        public void setReturnAddress(Registers atEntry, DataMemory memory, long address) {
          super.setReturnAddress(atEntry, memory, address & -32);
        }
      };
    }
  }

  private static final class Pushes extends MutantArchitecture {
    @Override
    public Optional<CallConvention> calls() {
      return super.calls().map(Pushes::wrong);
    }

    private static CallConvention wrong(CallConvention right) {
      return new Calls(right) {
        @Override
        public void setReturnAddress(Registers atEntry, DataMemory memory, long address) {
          super.setReturnAddress(atEntry, memory, address);
          atEntry.set("sp", atEntry.stackPointer() - 16);
        }
      };
    }
  }

  /** What calls return to has its breakpoint, or its call of the gate, at the wrong place. */
  private static final class Late extends MutantArchitecture {
    private final boolean withoutGate;

    Late(boolean withoutGate) {
      this.withoutGate = withoutGate;
    }

    @Override
    public PreparedTrampoline prepareTrampoline(SlotAllocator slots, Optional<Gate> gate) {
      PreparedTrampoline right = super.prepareTrampoline(slots, gate);
      return gate.isEmpty() == withoutGate ? late(slots, right) : right;
    }

    private PreparedTrampoline late(SlotAllocator slots, PreparedTrampoline right) {
      byte[] bytes = new byte[right.bytes().length + 4];
      System.arraycopy(Site.bytes(Site.NOP), 0, bytes, 0, 4);
      System.arraycopy(right.bytes(), 0, bytes, 4, right.bytes().length);
      Slot slot = slots.allocate(bytes.length, instructionSet().addresses()).orElseThrow();
      return new PreparedTrampoline(new CodeAddress(slot.address(), instructionSet()), slot, bytes);
    }
  }

  /** Notices that it is called by two threads at once, as one that keeps state would not. */
  private static final class OneAtATime extends MutantArchitecture {
    private static final int YIELDS = 50;
    private final Thread first = Thread.currentThread();
    private final AtomicInteger inside = new AtomicInteger();

    @Override
    public PreparedProbe prepare(Preparation preparation) {
      boolean alone = inside.incrementAndGet() == 1;
      try {
        for (int i = 0; Thread.currentThread() != first && i < YIELDS; i++) {
          Thread.onSpinWait();
          alone &= inside.get() == 1;
        }
        if (!alone) {
          throw new IllegalStateException("two threads prepare at once");
        }
        return super.prepare(preparation);
      } finally {
        inside.decrementAndGet();
      }
    }
  }

  private static final class OwnThread extends MutantArchitecture {
    private final AtomicReference<Thread> owner = new AtomicReference<>(Thread.currentThread());

    @Override
    public void arm(List<PreparedProbe> probes, TextMemory text) {
      owner.set(Thread.currentThread());
      super.arm(probes, text);
    }

    @Override
    public void resume(PreparedProbe probe, Registers registers) {
      requireOwner();
      super.resume(probe, registers);
    }

    @Override
    public void detour(PreparedDetour detour, Registers registers) {
      requireOwner();
      super.detour(detour, registers);
    }

    private void requireOwner() {
      if (owner.get() != Thread.currentThread()) {
        throw new IllegalStateException("a hit on another thread");
      }
    }
  }
}
