package io.github.optprobe.toy;

import io.github.optprobe.Cpu;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.Resume;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A CPU of the toy instruction set. It fetches byte by byte, so that a torn instruction shows; in
 * stale mode it may go on seeing overwritten bytes until all CPUs are synchronised.
 *
 * <p>One thread runs it; {@link ToyText} asks it from others where it stands.
 */
public final class ToyMachine implements Registers {
  /** Where detour buffers call. Nothing is mapped there. */
  public static final long GATE = 0x100;

  private static final int PC = ToyArchitecture.REGISTERS.programCounter();
  private static final int SP = ToyArchitecture.REGISTERS.stackPointer();

  private final ToyText text;
  private final long[] registers = new long[ToyArchitecture.REGISTERS.size()];
  private final byte[] data = new byte[0x10000];
  private final DataMemory memory = new Memory();

  /** Addresses to which calls, gate calls and nested runs in progress will return. */
  private final ConcurrentLinkedDeque<Long> returns = new ConcurrentLinkedDeque<>();

  private final ConcurrentMap<Long, Byte> stale = new ConcurrentHashMap<>();
  private final Object fetching = new Object();
  private volatile long programCounter;
  private volatile @Nullable RandomGenerator staleness;
  private @Nullable Cpu cpu;
  private boolean stepping;

  /** Whether it has returned to an address that no call pushed: a trampoline of return probes. */
  private boolean returningElsewhere;

  private @Nullable AddressRange hole;
  private long traps;
  private long instructions;

  ToyMachine(ToyText text) {
    this.text = text;
    reset(0);
  }

  /** Reports traps to {@code newCpu}. */
  public ToyMachine attach(Cpu newCpu) {
    cpu = newCpu;
    return this;
  }

  /** Makes it see written bytes late, as {@code random} likes. */
  public ToyMachine seesLate(RandomGenerator random) {
    staleness = random;
    return this;
  }

  /** Its data memory. */
  public DataMemory memory() {
    return memory;
  }

  /** Makes loads and stores of some data fault, emulated ones too; null for none. */
  public void unmapData(@Nullable AddressRange range) {
    hole = range;
  }

  /** How many breakpoints it has run into. */
  public long traps() {
    return traps;
  }

  /** How many instructions it has executed. */
  public long instructions() {
    return instructions;
  }

  /** What it computed so far. */
  public ToyState state() {
    return ToyState.of(this, data);
  }

  /** Clears registers and data, and stands at {@code entry}. */
  public ToyMachine reset(long entry) {
    Arrays.fill(registers, 0);
    Arrays.fill(data, (byte) 0);
    returns.clear();
    stepping = false;
    returningElsewhere = false;
    registers[SP] = 0xFFF0;
    programCounter = entry;
    return this;
  }

  /** Runs until it halts. */
  public ToyMachine run() {
    runUntil(pc -> false);
    return this;
  }

  /** Runs from {@code entry} until it halts, from a clean state. */
  public ToyState run(long entry) {
    return reset(entry).run().state();
  }

  /**
   * Runs until it stands before an instruction at an address that {@code stop} accepts, or halts.
   *
   * @return whether it was stopped
   */
  public boolean runUntil(LongPredicate stop) {
    for (int budget = 0; budget < 1_000_000; budget++) {
      if (stop.test(programCounter)) {
        return true;
      }
      if (!step()) {
        return false;
      }
    }
    throw new ToyFault("still running at 0x%x".formatted(programCounter));
  }

  /** Runs a subroutine in the middle of something else, as an interrupt or a handler does. */
  public void runNested(long entry) {
    long[] saved = registers.clone();
    boolean wasStepping = stepping;
    long back = programCounter;
    returns.addLast(back);
    stepping = false;
    programCounter = entry;
    run();
    System.arraycopy(saved, 0, registers, 0, saved.length);
    stepping = wasStepping;
    programCounter = back;
    returns.removeLastOccurrence(back);
  }

  /** Whether it neither stands in the range nor will return into it. */
  boolean isOutside(AddressRange range) {
    // Returns first: an address leaves that list only after it has become the program counter.
    boolean returnsOutside = returns.stream().noneMatch(range::contains);
    return returnsOutside && !range.contains(programCounter);
  }

  /** Some bytes are about to be overwritten; this CPU may have them in its pipeline. */
  void overwritten(long address, byte[] before) {
    RandomGenerator random = staleness;
    if (random != null) {
      for (int i = 0; i < before.length; i++) {
        if (random.nextBoolean()) {
          stale.putIfAbsent(address + i, before[i]);
        }
      }
    }
  }

  /** Returns once it has finished the instruction that it is in, and forgets what it saw before. */
  void synchronize() {
    synchronized (fetching) {
      stale.clear();
    }
  }

  private boolean step() {
    if (programCounter == GATE) {
      gate();
      return true;
    }
    boolean isTrap;
    boolean goesOn;
    // A synchronisation waits for the instruction in flight. A trap, once taken, is software's.
    synchronized (fetching) {
      ToyInstruction instruction = fetch();
      instructions++;
      isTrap = instruction.op() == ToyOp.BRK;
      goesOn = isTrap || execute(instruction);
    }
    if (isTrap) {
      trap();
      return true;
    }
    if (stepping) {
      stepping = resume(cpu().stepped(this));
    }
    return goesOn;
  }

  private void trap() {
    traps++;
    Resume resume = cpu().breakpoint(this);
    if (resume == Resume.NOT_OURS) {
      throw new ToyFault("a breakpoint that is not ours at 0x%x".formatted(programCounter));
    }
    stepping = resume == Resume.STEP;
    haveReturned();
  }

  /** The trampoline has sent it to where the call really returns to. */
  private void haveReturned() {
    if (returningElsewhere) {
      returningElsewhere = false;
      returns.removeLastOccurrence(programCounter);
    }
  }

  private static boolean resume(Resume resume) {
    if (resume == Resume.NOT_OURS) {
      throw new ToyFault("the step was not asked for");
    }
    return resume == Resume.STEP;
  }

  private void gate() {
    cpu().gate(this);
    long back = memory.load(registers[SP], 2);
    if (programCounter == GATE) {
      registers[SP] += 2;
      programCounter = back;
      returns.removeLastOccurrence(back);
    } else {
      // A handler took over: the call never returns, and its stack is gone.
      returns.pollLast();
      haveReturned();
    }
  }

  private Cpu cpu() {
    Cpu attached = cpu;
    if (attached == null) {
      throw new ToyFault("a trap without anyone to report it to at 0x%x".formatted(programCounter));
    }
    return attached;
  }

  private ToyInstruction fetch() {
    long at = programCounter;
    byte head = fetchByte(at);
    Optional<ToyOp> op = ToyOp.of(head);
    if (op.isEmpty()) {
      throw new ToyFault("no instruction: 0x%02x at 0x%x".formatted(head, at));
    }
    byte[] bytes = new byte[op.get().length()];
    bytes[0] = head;
    for (int i = 1; i < bytes.length; i++) {
      bytes[i] = fetchByte(at + i);
    }
    return new ToyInstruction(at, op.get(), bytes);
  }

  private byte fetchByte(long address) {
    RandomGenerator random = staleness;
    if (random != null) {
      Byte old = stale.get(address);
      if (old != null && random.nextInt(4) != 0) {
        return old;
      }
      stale.remove(address);
    }
    return text.readFully(address, 1)[0];
  }

  private boolean execute(ToyInstruction i) {
    long next = i.next();
    switch (i.op()) {
      case HLT -> {
        // Stands behind the instruction, so that a stepped one looks like any other.
        programCounter = next;
        return false;
      }
      case ADD -> setA(registers[0] + i.operand());
      case LD, LDE, ST -> {
        if (hole != null && hole.contains(i.operand())) {
          fault();
          return true;
        }
        access(i);
      }
      case LDP, LDA -> setA(textWord(i.target()));
      case INX -> set(1, registers[1] + 1);
      case TAX -> registers[1] = registers[0];
      case TXA -> registers[0] = registers[1];
      case XPC -> set(0, registers[0] ^ (i.operand() + i.address()));
      case ADDW -> {
        set(1, registers[1] + i.bytes()[3]);
        setA(registers[0] + i.operand());
      }
      case JR, JMP -> next = i.target();
      case BNZ, BNZA -> next = registers[2] == 0 ? i.target() : next;
      case JX -> next = registers[1];
      case CALL -> {
        returns.addLast(next);
        push(next);
        next = i.target();
      }
      case RET -> {
        long back = pop();
        programCounter = back;
        returningElsewhere = !returns.removeLastOccurrence(back);
        return true;
      }
      case PUSHALL -> pushAll();
      case POPALL -> popAll();
      case PUSH -> push(i.operand());
      case DROP -> set(SP, registers[SP] + 2);
      default -> {}
    }
    programCounter = next;
    return true;
  }

  private void setA(long value) {
    registers[0] = value & 0xFFFF;
    registers[2] = registers[0] == 0 ? 1 : 0;
  }

  private void access(ToyInstruction i) {
    if (i.op() != ToyOp.ST) {
      registers[0] = memory.load(i.operand(), 2);
    } else {
      memory.store(i.operand(), 2, registers[0]);
    }
  }

  private void fault() {
    stepping = false;
    if (cpu().faulted(this) != FaultOutcome.HANDLED) {
      throw new ToyFault("a fault at 0x%x".formatted(programCounter));
    }
  }

  private long textWord(long address) {
    byte[] word = text.readFully(address, 2);
    return (word[0] & 0xFF) | (word[1] & 0xFF) << 8;
  }

  private void push(long value) {
    set(SP, registers[SP] - 2);
    memory.store(registers[SP], 2, value);
  }

  private long pop() {
    long value = memory.load(registers[SP], 2);
    set(SP, registers[SP] + 2);
    return value;
  }

  private void pushAll() {
    long sp = registers[SP];
    push(sp);
    push(registers[2]);
    push(registers[1]);
    push(registers[0]);
  }

  private void popAll() {
    registers[0] = pop();
    registers[1] = pop();
    registers[2] = pop();
    pop();
  }

  @Override
  public RegisterFile file() {
    return ToyArchitecture.REGISTERS;
  }

  @Override
  public long get(int index) {
    return index == PC ? programCounter : registers[index];
  }

  @Override
  public void set(int index, long value) {
    if (index == PC) {
      programCounter = value & 0xFFFF;
    } else {
      registers[index] = value & 0xFFFF;
    }
  }

  /** Little-endian, wrapping around like the addresses. */
  private final class Memory implements DataMemory {
    @Override
    public long load(long address, int bytes) {
      AddressRange unmapped = hole;
      if (unmapped != null && unmapped.contains(address)) {
        throw new TextException(TextException.Operation.READ, address, bytes, "not mapped");
      }
      long value = 0;
      for (int i = bytes - 1; i >= 0; i--) {
        value = (value << 8) | (data[(int) (address + i) & 0xFFFF] & 0xFF);
      }
      return value;
    }

    @Override
    public void store(long address, int bytes, long value) {
      for (int i = 0; i < bytes; i++) {
        data[(int) (address + i) & 0xFFFF] = (byte) (value >> (8 * i));
      }
    }
  }
}
