package io.github.optprobe.examples.mutants;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Mutants that lie about what they are, or read code wrongly: A001 to A014. */
final class ReadingMutants {
  private static final int BYTES = 4;

  private ReadingMutants() {}

  static Stream<Mutant> all() {
    return Stream.of(identity(), lengths(), lines(), scans()).flatMap(each -> each);
  }

  private static Stream<Mutant> identity() {
    return Stream.of(
        Mutant.of(
            "A001, A310, A401",
            "each call makes registers anew",
            "by that object the registry knows whose buffer, or trampoline, has called the gate",
            NewRegisters::new),
        Mutant.of("A002", "no service has its instruction set", Unknown::new),
        Mutant.of("A004", "its breakpoint is handed out, not a copy", HandsOutBreakpoint::new),
        Mutant.of("A004", "it takes every addition for a breakpoint", AdditionsAreBreakpoints::new),
        Mutant.of(
            "A004, A200, A214, A310, A312, A401",
            "it does not know its own breakpoint",
            "the registry asks it whether a trap was a breakpoint's; samples are without any too",
            NoBreakpoint::new));
  }

  private static Stream<Mutant> lengths() {
    return Stream.of(
        Mutant.of("A003", "half of an instruction is the longest", () -> new Lengths(2, 4)),
        Mutant.of("A003", "a window is shorter than an instruction", () -> new Lengths(8, 4)));
  }

  private static Stream<Mutant> lines() {
    return Stream.of(
        Mutant.of("A010", "lines show bytes in the order of a number", NumbersForBytes::new),
        Mutant.of("A010", "the last of several lines is left out", NoLastLine::new),
        Mutant.of("A011", "reading what is not mapped fails", FailsOnUnmapped::new),
        Mutant.of("A011", "what is not mapped has no line", NoLineForUnmapped::new),
        Mutant.of("A013", "every second disassembly is in capitals", Capitals::new),
        Mutant.of("A013", "every second scan has a branch more", BranchMore::new));
  }

  private static Stream<Mutant> scans() {
    return Stream.of(
        Mutant.of("A012", "a scan shows a start where lines show none", StartsInside::new),
        Mutant.of("A014", "a branch is noted from where it leads to", Backwards::new),
        Mutant.of("A014", "branches to what lies in front are left out", NoBackwardBranches::new),
        Mutant.of("A014", "only calls are noted as branches", NoConditionalBranches::new));
  }

  private static final class NewRegisters extends MutantArchitecture {
    @Override
    public RegisterFile registers() {
      RegisterFile right = super.registers();
      String programCounter = right.names().get(right.programCounter());
      String stackPointer = right.names().get(right.stackPointer());
      return new RegisterFile(right.names(), programCounter, stackPointer);
    }
  }

  private static final class Unknown extends MutantArchitecture {
    private final InstructionSet set = new InstructionSet("rv64-unknown", 64, BYTES);

    @Override
    public InstructionSet instructionSet() {
      return set;
    }

    @Override
    public PreparedProbe prepare(Preparation preparation) {
      CodeAddress address = preparation.address();
      return new MutantProbe(super.prepare(preparation)) {
        @Override
        public CodeAddress address() {
          return address;
        }
      };
    }

    @Override
    public PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, Gate gate) {
      CodeAddress address = preparation.address();
      return new MutantDetour(super.prepareDetour(plan, preparation, gate)) {
        @Override
        public CodeAddress address() {
          return address;
        }
      };
    }
  }

  private static final class HandsOutBreakpoint extends MutantArchitecture {
    private final byte[] breakpoint = super.breakpoint();

    @Override
    public byte[] breakpoint() {
      return breakpoint;
    }
  }

  private static final class AdditionsAreBreakpoints extends MutantArchitecture {
    private static final int MASK = 0x0000_707f;
    private static final int ADDI = 0x0000_0013;

    @Override
    public boolean isBreakpoint(TextReader text, long address) {
      byte[] there = new byte[BYTES];
      int count = text.read(address, there, 0, BYTES);
      boolean addition = count == BYTES && (Site.word(there, 0) & MASK) == ADDI;
      return addition || super.isBreakpoint(text, address);
    }
  }

  private static final class NoBreakpoint extends MutantArchitecture {
    @Override
    public boolean isBreakpoint(TextReader text, long address) {
      return false;
    }
  }

  private static final class Lengths extends MutantArchitecture {
    private final int instruction;
    private final int window;

    Lengths(int instruction, int window) {
      this.instruction = instruction;
      this.window = window;
    }

    @Override
    public int maxInstructionBytes() {
      return instruction;
    }

    @Override
    public int maxWindowBytes() {
      return window;
    }
  }

  private static final class NumbersForBytes extends MutantArchitecture {
    @Override
    public List<InstructionText> disassemble(TextReader text, AddressRange range) {
      return super.disassemble(text, range).stream().map(NumbersForBytes::turned).toList();
    }

    private static InstructionText turned(InstructionText line) {
      List<String> pairs = new ArrayList<>(List.of(line.bytes().split(" ", -1)));
      java.util.Collections.reverse(pairs);
      String bytes = String.join(" ", pairs);
      return new InstructionText(line.address(), line.length(), bytes, line.text());
    }
  }

  private static final class NoLastLine extends MutantArchitecture {
    private static final int SEVERAL = 8;

    @Override
    public List<InstructionText> disassemble(TextReader text, AddressRange range) {
      List<InstructionText> lines = super.disassemble(text, range);
      return lines.size() < SEVERAL ? lines : lines.subList(0, lines.size() - 1);
    }
  }

  private static final class FailsOnUnmapped extends MutantArchitecture {
    @Override
    public List<InstructionText> disassemble(TextReader text, AddressRange range) {
      text.readFully(range.first(), 1);
      return super.disassemble(text, range);
    }
  }

  private static final class NoLineForUnmapped extends MutantArchitecture {
    @Override
    public List<InstructionText> disassemble(TextReader text, AddressRange range) {
      return super.disassemble(text, range).stream().filter(line -> line.length() > 0).toList();
    }
  }

  private static final class Capitals extends MutantArchitecture {
    private final AtomicInteger calls = new AtomicInteger();

    @Override
    public List<InstructionText> disassemble(TextReader text, AddressRange range) {
      List<InstructionText> lines = super.disassemble(text, range);
      boolean capitals = calls.incrementAndGet() % 2 == 0;
      return capitals ? lines.stream().map(Capitals::inCapitals).toList() : lines;
    }

    private static InstructionText inCapitals(InstructionText line) {
      String text = line.text().toUpperCase(java.util.Locale.ROOT);
      return new InstructionText(line.address(), line.length(), line.bytes(), text);
    }
  }

  private static final class BranchMore extends MutantArchitecture {
    private final AtomicInteger calls = new AtomicInteger();

    @Override
    public CodeScan scan(TextReader original, AddressRange range) {
      CodeScan right = super.scan(original, range);
      boolean more = calls.incrementAndGet() % 2 == 0;
      return more ? Scans.copy(right).branch(range.first(), range.last() + 1).build() : right;
    }
  }

  private static final class StartsInside extends MutantArchitecture {
    private static final int LONG = 48;

    @Override
    public CodeScan scan(TextReader original, AddressRange range) {
      CodeScan right = super.scan(original, range);
      boolean some = range.length() >= LONG && right.isBoundary(range.first());
      return some ? Scans.copy(right).instruction(range.first() + 2).build() : right;
    }
  }

  private static final class Backwards extends MutantArchitecture {
    @Override
    public CodeScan scan(TextReader original, AddressRange range) {
      CodeScan right = super.scan(original, range);
      CodeScan.Builder wrong = Scans.copy(right, branch -> range.contains(branch.to()));
      right.branchesOut().forEach(branch -> wrong.branch(branch.to(), branch.to()));
      return wrong.build();
    }
  }

  private static final class NoBackwardBranches extends MutantArchitecture {
    @Override
    public CodeScan scan(TextReader original, AddressRange range) {
      return Scans.copy(super.scan(original, range), branch -> branch.to() > branch.from()).build();
    }
  }

  private static final class NoConditionalBranches extends MutantArchitecture {
    @Override
    public CodeScan scan(TextReader original, AddressRange range) {
      return Scans.copy(super.scan(original, range), branch -> isJump(original, branch.from()))
          .build();
    }

    private static boolean isJump(TextReader original, long address) {
      return Site.isJal(Site.word(original.readFully(address, BYTES), 0));
    }
  }
}
