package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.scan.Value.Entry;
import io.github.optprobe.arm32.scan.Value.Numbers;
import io.github.optprobe.arm32.scan.Value.Stack;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Flags;
import io.github.optprobe.arm32.table.TableRow;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * What an instruction that is executed makes of the registers. What it does not know becomes
 * unknown, by what the decode table says is written.
 */
final class Transfer {
  private final FunctionText text;
  private final Notes notes;

  /** Gets what is found by the way. */
  interface Notes {
    /** An instruction accesses bytes at a known place. */
    void accesses(Instruction instruction, long first, long length);

    /** An instruction computes an address, or loads one as a constant. */
    void takesAddress(Instruction instruction, long address);
  }

  Transfer(FunctionText text, Notes notes) {
    this.text = text;
    this.notes = notes;
  }

  /** Applies an instruction that does not branch, or what a branch does besides. */
  void apply(Instruction instruction, State state) {
    if (instruction.verdict().isRefused()) {
      state.forget(Refused.registersWritten(instruction));
      return;
    }
    Access access = Access.of(instruction);
    Value result =
        access == null ? Operation.result(instruction, state) : loaded(instruction, state);
    compare(instruction, state);
    if (access == null) {
      compute(instruction, result, state);
    } else {
      access(instruction, access, result, state);
    }
    noteAddress(instruction, result);
  }

  private static void compute(Instruction instruction, Value result, State state) {
    forEachWritten(instruction, register -> state.set(register, Value.COMPUTED));
    int to = Operation.destination(instruction);
    if (isWritten(instruction, to)) {
      state.set(to, result);
    }
  }

  private static void access(Instruction instruction, Access access, Value loaded, State state) {
    Value base = changed(access, state);
    forEachWritten(
        instruction,
        register -> {
          boolean moved = access.change() != 0 && register == access.base();
          state.set(register, moved ? base : loadedInto(register, instruction, access, loaded));
        });
  }

  private static void forEachWritten(Instruction instruction, IntConsumer action) {
    IntStream.range(0, State.PC)
        .filter(register -> isWritten(instruction, register))
        .forEach(action);
  }

  private static boolean isWritten(Instruction instruction, int register) {
    return register != State.PC && (instruction.verdict().registersWritten() >> register & 1) != 0;
  }

  /** What a load leaves in one of its registers. */
  private static Value loadedInto(
      int register, Instruction instruction, Access access, Value loaded) {
    boolean pops = access.base() == State.SP && (access.change() != 0 || isList(instruction));
    if (register == State.LR && pops) {
      // A register for a value would have been another one: this one holds the way back.
      return Value.RETURN;
    }
    boolean whole = access.bytes() == Integer.BYTES || Values.isFromOutside(loaded);
    return whole && register != State.SP ? loaded : Value.COMPUTED;
  }

  private static boolean isList(Instruction instruction) {
    TableRow row = instruction.verdict().row();
    return row != null && row.field('l').isPresent();
  }

  private static Value changed(Access access, State state) {
    return access.base() == State.PC || access.change() == Access.UNKNOWN
        ? Value.COMPUTED
        : Values.plus(state.get(access.base()), access.change());
  }

  private static void compare(Instruction instruction, State state) {
    if ((instruction.verdict().flagsWritten() & Flags.NZCV) == 0) {
      return;
    }
    state.forgetFlags();
    Operation.comparison(instruction, state);
  }

  private void noteAddress(Instruction instruction, Value result) {
    boolean takes =
        switch (instruction.treatment()) {
          case ADR, DATA_READS_PC, LOAD_LITERAL -> true;
          default -> Operation.isHighHalf(instruction);
        };
    if (takes && result instanceof Numbers numbers && numbers.isConstant()) {
      notes.takesAddress(instruction, numbers.base());
    }
  }

  /** What an instruction that accesses memory loads, if it loads. */
  Value loaded(Instruction instruction, State state) {
    Access access = Access.of(instruction);
    if (access == null) {
      return Value.COMPUTED;
    }
    Value address = address(instruction, access, state);
    if (address instanceof Numbers place && place.isConstant()) {
      notes.accesses(instruction, place.base(), Math.max(access.bytes(), 1));
      return word(place.base(), access);
    } else if (address instanceof Numbers table) {
      return access.bytes() == Integer.BYTES
          ? new Entry(table, Integer.BYTES, 1, 0)
          : Value.COMPUTED;
    } else if (address instanceof Stack) {
      // What the frame kept may have come from anywhere; what outlives the frame is no label.
      return Value.OUTSIDE;
    }
    boolean plain = access.index() == Access.NONE && access.base() != State.PC;
    return plain && isPlain(address, access, state) ? Value.OUTSIDE : Value.COMPUTED;
  }

  /** Not where arithmetic leads: that may be a table of labels. */
  private static boolean isPlain(Value address, Access access, State state) {
    return Values.isFromOutside(address) || Values.isFromOutside(state.get(access.base()));
  }

  private Value word(long address, Access access) {
    boolean known = access.bytes() == Integer.BYTES && text.word(address).isPresent();
    return known ? Value.constant(text.word(address).getAsLong()) : Value.OUTSIDE;
  }

  private static Value address(Instruction instruction, Access access, State state) {
    Value base = access.base() == State.PC ? ofPc(instruction) : state.get(access.base());
    if (access.index() == Access.NONE) {
      return Values.plus(base, access.offset());
    }
    if (access.shift() == Access.NONE || access.index() == State.PC) {
      return Value.COMPUTED;
    }
    return Values.add(base, Values.scaled(state.get(access.index()), access.shift()));
  }

  private static Value ofPc(Instruction instruction) {
    boolean aligned = instruction.set() == ArmSet.T32;
    return Value.constant(aligned ? instruction.alignedPc() : instruction.pc());
  }

  // Targets of branches.

  /** Where an indirect branch leads. */
  Value target(Instruction branch, State state) {
    return switch (branch.treatment()) {
      case BRANCH_REGISTER -> Operation.read(branch, 'm', state);
      case DATA_WRITES_PC -> Operation.result(branch, state);
      case LOAD_PC -> popped(branch, state);
      case LOAD_MULTIPLE_PC -> ofList(branch, state);
      case TABLE_BRANCH -> ofTable(branch, state);
      default -> Value.COMPUTED;
    };
  }

  private Value popped(Instruction branch, State state) {
    Access access = Access.of(branch);
    boolean pops = access != null && access.base() == State.SP && access.change() > 0;
    return pops ? Value.RETURN : loaded(branch, state);
  }

  /** From the stack, or by the frame pointer with the stack pointer among what is loaded. */
  private static Value ofList(Instruction branch, State state) {
    Access access = Access.of(branch);
    if (access == null) {
      return Value.COMPUTED;
    }
    boolean ofStack = access.base() == State.SP || state.get(access.base()) instanceof Stack;
    boolean framed = access.base() == 11 && (branch.encoding() & 1 << State.SP) != 0;
    return ofStack || framed ? Value.RETURN : Value.COMPUTED;
  }

  /** TBB and TBH: bytes or halfwords that count halfwords from PC. */
  private static Value ofTable(Instruction branch, State state) {
    int bytes = branch.field('h') + 1;
    Value index = Values.scaled(Operation.read(branch, 'm', state), bytes - 1);
    Value at = Values.add(Operation.read(branch, 'n', state), countable(index));
    return at instanceof Numbers numbers
        ? new Entry(numbers, bytes, 2, branch.pc())
        : Value.COMPUTED;
  }

  private static Value countable(Value index) {
    return index instanceof Numbers ? index : new Numbers(0, 1, Numbers.UNBOUNDED);
  }
}
