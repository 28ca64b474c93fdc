package io.github.optprobe.examples.mutants;

import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arch.WindowPlan;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Mutants whose copies, buffers and emulations do something else than the original: A300-A306. */
final class RelocationMutants {
  private static final int MIB = 1 << 20;
  private static final String ALL_COPIES =
      "the same relocation makes the copy for steps, the boosted copy and the buffer";

  private RelocationMutants() {}

  static Stream<Mutant> all() {
    return Stream.of(
            oneWay(),
            addresses(),
            branches(),
            links(),
            jumpsBack(),
            emulations(),
            faults(),
            gates())
        .flatMap(each -> each);
  }

  private static Mutant copies(String rule, String defect, Consumer<Site> change) {
    return Mutant.of(
        rule, defect, () -> new PreparingMutants.Prepares(probe -> Site.inCopy(probe, change)));
  }

  private static Mutant buffers(String rule, String defect, Consumer<Site> change) {
    return Mutant.of(
        rule, defect, () -> new WindowMutants.Detours(detour -> Site.inBuffer(detour, change)));
  }

  /** A mutant that changes copies and buffers. */
  private static final class Both extends MutantArchitecture {
    private final Consumer<Site> change;

    Both(Consumer<Site> change) {
      this.change = change;
    }

    @Override
    public PreparedProbe prepare(Preparation preparation) {
      return Site.inCopy(super.prepare(preparation), change);
    }

    @Override
    public PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, Gate gate) {
      return Site.inBuffer(super.prepareDetour(plan, preparation, gate), change);
    }
  }

  private static Consumer<Site> toAuipc(Consumer<Site> change) {
    return site -> {
      if (site.isAuipc() && Site.isAuipc(site.words[site.from])) {
        change.accept(site);
      }
    };
  }

  private static Consumer<Site> toBranch(Consumer<Site> change) {
    return site -> {
      if (site.isBranch() && site.to == site.from + 3) {
        change.accept(site);
      }
    };
  }

  private static Stream<Mutant> oneWay() {
    return Stream.of(Mutant.of("A306", "branches backward are refused", OneWay::new));
  }

  /** Takes branches forward only, and says so in good order. */
  private static final class OneWay extends MutantArchitecture {
    private static final int BRANCH = 0x63;
    private static final int JAL = 0x6f;

    @Override
    public PreparedProbe prepare(Preparation preparation) {
      PreparedProbe probe = super.prepare(preparation);
      int word = ByteBuffer.wrap(probe.original()).order(ByteOrder.LITTLE_ENDIAN).getInt();
      boolean jumps = (word & 0x7f) == BRANCH || (word & 0x7f) == JAL;
      if (jumps && word < 0) {
        throw new RefusedException(
            new Refusal.Unmovable(
                culprit(preparation.original(), preparation.address()),
                "BACKWARD",
                "branches backward are not taken",
                "Probe another instruction."));
      }
      return probe;
    }
  }

  private static Stream<Mutant> addresses() {
    return Stream.of(
        Mutant.of(
            "A300, A301, A303",
            "an address is loaded as it stands",
            ALL_COPIES,
            () ->
                new Both(
                    toAuipc(
                        site -> {
                          site.words[site.from] = site.original;
                          site.words[site.from + 1] = Site.NOP;
                        }))),
        Mutant.of(
            "A300, A301, A303",
            "the upper part of an address is not rounded",
            ALL_COPIES,
            () ->
                new Both(
                    toAuipc(
                        site -> {
                          if (site.words[site.from + 1] < 0) {
                            site.words[site.from] -= 0x1000;
                          }
                        }))),
        copies(
            "A300",
            "an address is wrong if the copy is far away",
            toAuipc(
                site -> {
                  if (site.distance() > MIB) {
                    site.add(site.from + 1, 4);
                  }
                })),
        buffers(
            "A303",
            "an address in front of the code is wrong in a buffer",
            toAuipc(
                site -> {
                  if (site.isBackward()) {
                    site.add(site.from + 1, 4);
                  }
                })));
  }

  private static Stream<Mutant> branches() {
    return Stream.of(
        copies(
            "A301",
            "a branch back leads four bytes too far",
            toBranch(
                site -> {
                  if (site.isBackward()) {
                    site.lengthenJump(site.takenJump(), 4);
                  }
                })),
        copies(
            "A301",
            "a branch forward leads four bytes too far if its copy lies in front",
            toBranch(
                site -> {
                  if (!site.isBackward() && site.isInFront()) {
                    site.lengthenJump(site.takenJump(), 4);
                  }
                })),
        copies(
            "A301",
            "a branch that is not taken goes back to itself plus eight",
            toBranch(site -> site.lengthenJump(site.from + 1, 4))),
        buffers(
            "A303",
            "a branch back leads four bytes too far in a buffer",
            toBranch(
                site -> {
                  if (site.isBackward()) {
                    site.lengthenJump(site.takenJump(), 4);
                  }
                })),
        buffers(
            "A303",
            "a branch forward leads four bytes too far in a buffer",
            toBranch(
                site -> {
                  if (!site.isBackward()) {
                    site.lengthenJump(site.takenJump(), 4);
                  }
                })));
  }

  private static Stream<Mutant> links() {
    return Stream.of(
        copies(
            "A301",
            "a call returns behind the instruction that it returns to",
            site -> {
              if (site.isJal() && site.hasResult() && Site.isAuipc(site.words[site.from])) {
                site.add(site.from + 1, 4);
              }
            }),
        copies(
            "A301",
            "a call back leads four bytes too far",
            site -> {
              if (site.isJal() && site.isBackward() && Site.isJal(site.words[site.to - 1])) {
                site.lengthenJump(site.to - 1, 4);
              }
            }),
        buffers(
            "A303",
            "an indirect call returns into the buffer",
            site -> {
              if (site.isJalr() && site.hasResult() && Site.isAuipc(site.words[site.from])) {
                int result = site.original >>> 7 & 31;
                site.words[site.from + 1] = 0x0000_0013 | result << 7 | result << 15;
              }
            }));
  }

  private static Stream<Mutant> jumpsBack() {
    return Stream.of(
        copies(
            "A301",
            "the jump back leaves out an instruction",
            site -> lengthenJumpBack(site, true)),
        copies(
            "A301",
            "the jump back leaves out an instruction if the copy lies in front",
            site -> lengthenJumpBack(site, site.isInFront())),
        buffers(
            "A303",
            "the jump back from a buffer leaves out an instruction",
            site -> lengthenJumpBack(site, true)),
        Mutant.of(
            "A303, A304",
            "a buffer does not restore a register that functions may change",
            "a fault behind it shows the register too",
            () ->
                new WindowMutants.Detours(detour -> Site.inBuffer(detour, site -> drop(site, 7)))));
  }

  private static void lengthenJumpBack(Site site, boolean really) {
    if (really && site.to < site.words.length && Site.isJal(site.words[site.to])) {
      site.lengthenJump(site.to, 4);
    }
  }

  /** Loading a register from its place in the frame becomes nothing. */
  static void drop(Site site, int register) {
    int load = 0x0000_3003 | (register << 7) | (2 << 15) | ((register * 8) << 20);
    for (int i = 0; i < site.from; i++) {
      if (site.words[i] == load) {
        site.words[i] = Site.NOP;
      }
    }
  }

  /** A mutant that emulates one instruction in its own way. */
  private abstract static class Emulates extends MutantArchitecture {
    @Override
    public void emulate(PreparedProbe probe, Registers registers, DataMemory memory) {
      int word = Site.word(probe.original(), 0);
      long before = registers.programCounter();
      super.emulate(probe, registers, memory);
      afterwards(word, probe.address().value(), registers, before);
    }

    abstract void afterwards(int word, long address, Registers registers, long before);
  }

  private static Stream<Mutant> emulations() {
    return Stream.of(
        Mutant.of(
            "A302",
            "an emulated branch back is never taken",
            () ->
                new Emulates() {
                  @Override
                  void afterwards(int word, long address, Registers registers, long before) {
                    if (Site.isBranch(word) && word < 0) {
                      registers.setProgramCounter(address + 4);
                    }
                  }
                }),
        Mutant.of(
            "A302",
            "an emulated call leaves no return address",
            () ->
                new Emulates() {
                  @Override
                  void afterwards(int word, long address, Registers registers, long before) {
                    int result = word >>> 7 & 31;
                    if (Site.isJal(word) && result != 0) {
                      registers.set(result, 0);
                    }
                  }
                }));
  }

  private static Stream<Mutant> faults() {
    return Stream.of(
        Mutant.of(
            "A304",
            "what faults in a copy is the instruction behind",
            () -> new PreparingMutants.Prepares(RelocationMutants::blamesNext)),
        Mutant.of(
            "A304",
            "what faults in a buffer is the instruction behind",
            () ->
                new WindowMutants.Detours(
                    detour ->
                        MutantDetour.withBuffer(
                            detour, blamingNext(detour.buffer(), detour.address().value())))),
        Mutant.of(
            "A304",
            "repairing after a fault changes a register",
            () ->
                new PreparingMutants.Prepares(
                    probe -> MutantProbe.withCopy(probe, repairing(probe.copy())))));
  }

  private static PreparedProbe blamesNext(PreparedProbe probe) {
    return MutantProbe.withCopy(probe, blamingNext(probe.copy(), probe.address().value()));
  }

  private static RelocatedCode blamingNext(RelocatedCode code, long address) {
    int entry = (int) (code.entry() - code.start());
    int end = (int) (code.end() - code.start());
    return new RelocatedCode(
        code.slot(),
        code.bytes(),
        new int[] {entry, entry},
        new long[] {address, address + 4},
        end);
  }

  private static RelocatedCode repairing(RelocatedCode code) {
    return new RelocatedCode(
        code.slot(),
        code.bytes(),
        new int[] {0},
        new long[] {code.firstOriginal()},
        (int) (code.end() - code.start()),
        (offset, registers, memory) -> registers.set("t0", offset));
  }

  private static Stream<Mutant> gates() {
    return Stream.of(
        Mutant.of("A305", "the stack pointer is that of the buffer", BufferStackPointer::new),
        Mutant.of("A305", "the probed address is that behind", ProbedBehind::new),
        buffers("A305", "one register is not saved", RelocationMutants::dropSave));
  }

  /** Storing t6 becomes nothing. */
  private static void dropSave(Site site) {
    for (int i = 0; i < site.from; i++) {
      boolean store = (site.words[i] & 0x7f) == 0x23 && (site.words[i] >>> 20 & 31) == 31;
      if (store) {
        site.words[i] = Site.NOP;
        drop(site, 31);
      }
    }
  }

  /** A view of what a buffer saved that is right, until it is overridden. */
  static class Frames implements GateFrame {
    private final GateFrame base;

    Frames(GateFrame base) {
      this.base = base;
    }

    @Override
    public long probedAddress(Registers atGate) {
      return base.probedAddress(atGate);
    }

    @Override
    public void attach(Registers atGate) {
      base.attach(atGate);
    }

    @Override
    public RegisterFile file() {
      return base.file();
    }

    @Override
    public long get(int index) {
      return base.get(index);
    }

    @Override
    public void set(int index, long value) {
      base.set(index, value);
    }
  }

  private static final class BufferStackPointer extends MutantArchitecture {
    @Override
    public GateFrame newGateFrame(DataMemory memory) {
      return new Frames(super.newGateFrame(memory)) {
        @Override
        public long get(int index) {
          return super.get(index) - (index == file().stackPointer() ? 256 : 0);
        }

        @Override
        public void set(int index, long value) {
          super.set(index, value + (index == file().stackPointer() ? 256 : 0));
        }
      };
    }
  }

  private static final class ProbedBehind extends MutantArchitecture {
    @Override
    public GateFrame newGateFrame(DataMemory memory) {
      return new Frames(super.newGateFrame(memory)) {
        @Override
        public long probedAddress(Registers atGate) {
          return super.probedAddress(atGate) + 4;
        }
      };
    }
  }
}
