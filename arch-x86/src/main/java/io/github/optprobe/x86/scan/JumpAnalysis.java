package io.github.optprobe.x86.scan;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.CodeScan.IndirectJump;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.decode.Flow;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.MachineMode;
import io.github.optprobe.x86.scan.JumpTargets.Verdict;
import io.github.optprobe.x86.scan.Value.Stack;
import io.github.optprobe.x86.scan.Value.Strided;
import io.github.optprobe.x86.scan.Value.Unknown;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Proves where the indirect jumps of a function lead, by following what is known of the registers
 * along its control flow until nothing changes.
 *
 * <p>Why a proof is one: at the entry, the other entries of the scope, behind calls and wherever no
 * known way leads, nothing is assumed. Along each edge {@link Transfer} keeps what the manual says;
 * where ways meet, the union is kept. So if all edges are known, every state that an execution can
 * have is in the set found. The edges are the direct branches, and for an indirect jump the targets
 * that its value has in the state found; these are added, and the states followed on, until there
 * is no new one. By induction over the steps of an execution that enters by a known entry: as long
 * as each indirect jump so far went where its value says, the state is in the set, and so the next
 * one goes where its value says. The induction needs every jump of the function to have such
 * targets: a single jump that may lead anywhere voids the others, which is why the registry asks
 * for all of them. A jump that is believed to leave adds no edge; one through a table without a
 * proven bound adds what the table seems to hold; the rest then holds under the same belief.
 *
 * <p>Taken for granted: tables lie in memory that does not change, calls return to the instruction
 * behind them and keep the constants in registers that the calling convention says they keep, and
 * code is entered at the known entries only.
 */
public final class JumpAnalysis {
  private static final int VISITS_BEFORE_WIDENING = 6;
  private static final int MOST_STEPS_PER_INSTRUCTION = 64;

  /** rbx, rbp and r12 to r15, or ebx, ebp, esi and edi, and the stack pointer. */
  private static final int KEPT_64 = 0xF038;

  private static final int KEPT_32 = 0x00F8;

  private final FunctionCode code;
  private final ScanScope scope;
  private final JumpTargets targets;
  private final Thunks thunks;
  private final Transfer transfer;
  private final int modeBits;

  private final @Nullable State[] states;
  private final int[] visits;
  private final BitSet reached = new BitSet();
  private final BitSet work = new BitSet();
  private final Map<Integer, Verdict> verdicts = new TreeMap<>();
  private int stepsLeft;

  private JumpAnalysis(
      ScanScope scope, List<Instruction> instructions, TextReader text, MachineMode mode) {
    this.scope = scope;
    code = new FunctionCode(scope.body(), instructions);
    targets = new JumpTargets(code, scope.related(), text, mode);
    thunks = new Thunks(text, scope.body(), mode);
    transfer = new Transfer(mode.bits());
    modeBits = mode.bits();
    states = new State[code.size()];
    visits = new int[code.size()];
    stepsLeft = 1024 + code.size() * MOST_STEPS_PER_INSTRUCTION;
  }

  /** Whether a function has anything to analyse. */
  public static boolean isNeeded(
      ScanScope scope, List<Instruction> instructions, TextReader text, MachineMode mode) {
    Thunks thunks = new Thunks(text, scope.body(), mode);
    return instructions.stream()
        .anyMatch(each -> each.flow() == Flow.JUMP_INDIRECT || thunks.register(each) >= 0);
  }

  /**
   * Notes the indirect jumps of a function: as branches if they are proven, as what they look like
   * if not.
   *
   * @param instructions all of the function, ascending, without a gap
   */
  public static void note(
      ScanScope scope,
      List<Instruction> instructions,
      TextReader text,
      MachineMode mode,
      CodeScan.Builder into) {
    new JumpAnalysis(scope, instructions, text, mode).run(into);
  }

  private void run(CodeScan.Builder into) {
    start();
    boolean done = settle();
    for (int i = 0; done && i < code.size(); i++) {
      if (!reached.get(i) && !isPadding(code.get(i))) {
        enter(i, State.unknown(modeBits, Value.COMPUTED));
        done = settle();
      }
    }
    for (int i = 0; i < code.size(); i++) {
      Verdict verdict = verdicts.get(i);
      if (verdict != null || isIndirectJump(code.get(i))) {
        report(code.get(i).address(), done ? verdict : null, into);
      }
    }
  }

  private boolean isIndirectJump(Instruction instruction) {
    return instruction.flow() == Flow.JUMP_INDIRECT || thunks.register(instruction) >= 0;
  }

  private static void report(long from, @Nullable Verdict verdict, CodeScan.Builder into) {
    if (verdict == null) {
      into.indirectJump(from, IndirectJump.COMPUTED);
      return;
    }
    verdict.unproven().ifPresent(kind -> into.indirectJump(from, kind));
    verdict.targets().forEach(to -> into.indirectBranch(from, to));
  }

  private static boolean isPadding(Instruction instruction) {
    return instruction.category().equals("NOP") || instruction.category().equals("WIDENOP");
  }

  private void start() {
    State entry = State.unknown(modeBits, Value.OUTSIDE);
    entry.set(Transfer.STACK_POINTER, new Stack(0));
    enterAt(scope.body().first(), entry);
    for (long address : scope.entries()) {
      enterAt(address, State.unknown(modeBits, Value.COMPUTED));
    }
    for (int i = 0; i < code.size(); i++) {
      if (takesAddress(code.get(i))) {
        enterAt(code.get(i).ripRelativeTarget(), State.unknown(modeBits, Value.COMPUTED));
      }
    }
  }

  /** Who has the address of an instruction may jump there with anything in the registers. */
  private static boolean takesAddress(Instruction instruction) {
    return instruction.ripRelative() && instruction.mnemonic().equals("lea");
  }

  private void enterAt(long address, State state) {
    int number = code.numberAt(address);
    if (number >= 0) {
      enter(number, state);
    }
  }

  /** Takes in a way that leads to an instruction. */
  private void enter(int number, State state) {
    State before = states[number];
    if (before == null) {
      states[number] = state.copy();
      splitBlockAt(number);
      work.set(number);
    } else if (before.join(state, visits[number]++ > VISITS_BEFORE_WIDENING)) {
      work.set(number);
    }
  }

  /** What ran through here without stopping is to stop here now. */
  private void splitBlockAt(int number) {
    if (!reached.get(number)) {
      return;
    }
    int start = number - 1;
    while (start >= 0 && states[start] == null) {
      start--;
    }
    if (start >= 0) {
      work.set(start);
    }
  }

  /** Whether nothing changed any more before it took too long. */
  private boolean settle() {
    while (!work.isEmpty() && stepsLeft > 0) {
      // The lowest first: ways mostly lead upwards, so that most are known where they meet.
      int start = work.nextSetBit(0);
      work.clear(start);
      follow(start);
    }
    return work.isEmpty();
  }

  private void follow(int start) {
    State state = Objects.requireNonNull(states[start]).copy();
    int number = start;
    while (number >= 0) {
      reached.set(number);
      stepsLeft--;
      if (!step(number, state)) {
        return;
      }
      number = code.following(number);
      if (number >= 0 && states[number] != null) {
        enter(number, state);
        return;
      }
    }
  }

  /** Applies an instruction; whether it goes on with the next. */
  private boolean step(int number, State state) {
    Instruction instruction = code.get(number);
    switch (instruction.flow()) {
      case NEXT -> transfer.apply(instruction, number, state);
      case JUMP_RELATIVE -> jump(number, instruction, state);
      case COND_RELATIVE -> branch(number, instruction, state);
      case LOOP_RELATIVE -> loop(instruction, state);
      case CALL_RELATIVE -> {
        enterCallee(instruction);
        call(instruction, state);
      }
      case CALL_INDIRECT -> call(instruction, state);
      case JUMP_INDIRECT -> jumpIndirect(number, instruction, state);
      case XBEGIN -> enterAt(instruction.branchTarget(), State.unknown(modeBits, Value.COMPUTED));
      case INTERRUPT, TRAP, FAR, UNKNOWN -> forget(state);
      case RETURN -> {}
    }
    return switch (instruction.flow()) {
      case JUMP_RELATIVE, JUMP_INDIRECT, RETURN -> false;
      default -> true;
    };
  }

  private static void forget(State state) {
    for (int i = 0; i < State.REGISTERS; i++) {
      if (i != Transfer.STACK_POINTER) {
        state.set(i, Value.COMPUTED);
      }
    }
    state.forgetFlags();
  }

  private void jump(int number, Instruction instruction, State state) {
    int register = thunks.register(instruction);
    if (register >= 0) {
      judge(number, instruction, state.get(register), state);
    } else {
      enterAt(instruction.branchTarget(), state);
    }
  }

  private void branch(int number, Instruction instruction, State state) {
    State taken = state.copy();
    taken.assume(instruction.condition());
    jump(number, instruction, taken);
    state.assume(instruction.condition().negated());
  }

  private void loop(Instruction instruction, State state) {
    for (int i = 0; i < State.REGISTERS; i++) {
      if ((instruction.generalRegistersWritten() >> i & 1) != 0) {
        state.set(i, Value.COMPUTED);
      }
    }
    enterAt(instruction.branchTarget(), state);
  }

  /** A call into the middle of the function itself; one of its start is another entry like any. */
  private void enterCallee(Instruction instruction) {
    long callee = instruction.branchTarget();
    if (callee != scope.body().first()) {
      enterAt(callee, State.unknown(modeBits, Value.COMPUTED));
    }
  }

  /**
   * Behind a call nothing is known, but for constants in registers that callees keep, such as the
   * address of a table. That the stack pointer is where it was is no part of any proof.
   */
  private void call(Instruction instruction, State state) {
    int kept = modeBits == Long.SIZE ? KEPT_64 : KEPT_32;
    for (int i = 0; i < State.REGISTERS; i++) {
      boolean callee = (kept >> i & 1) != 0;
      Value value = state.get(i);
      if (!callee) {
        state.set(i, Value.OUTSIDE);
      } else if (!isKept(value)) {
        state.set(i, Value.COMPUTED);
      }
    }
    state.forgetFlags();
    int counter = thunks.programCounterCall(instruction);
    if (counter >= 0) {
      state.set(counter, Value.constant(instruction.nextAddress()));
    }
  }

  private static boolean isKept(Value value) {
    return value instanceof Stack
        || value instanceof Unknown
        || (value instanceof Strided number && number.isConstant());
  }

  private void jumpIndirect(int number, Instruction instruction, State state) {
    Operands operands = new Operands(instruction);
    Value target =
        operands.isRegister()
            ? state.get(operands.rm())
            : Transfer.loaded(instruction, modeBits, false, state);
    judge(number, instruction, target, state);
  }

  private void judge(int number, Instruction instruction, Value target, State state) {
    Verdict verdict = targets.of(instruction, target, state);
    verdicts.put(number, verdict);
    for (long to : verdict.targets()) {
      enterAt(to, state);
    }
  }
}
