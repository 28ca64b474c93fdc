package io.github.optprobe.arm32.forms;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Treatment;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.List;

/**
 * Instructions of a real function, at an address of the bench. They are prepared in the whole text
 * of their library; what is executed is they alone, with the literals they load and traps around.
 *
 * @param text the library's, moved so that they lie in the text of the bench
 * @param function the scan of their function
 * @param instructions without a gap, the probed one first
 */
record RealCode(TextReader text, CodeScan function, List<Instruction> instructions)
    implements Specimen {
  private static final int LITERAL_BYTES = 8;

  /** Creates it. */
  RealCode {
    instructions = List.copyOf(instructions);
  }

  /**
   * The instruction that stands at an address.
   *
   * @param it the state in which it finds its IT block
   */
  static RealCode at(TextReader text, CodeScan function, ArmSet set, long address, ItState it) {
    return new RealCode(text, function, List.of(read(text, set, address, it)));
  }

  /** All instructions of a window that begins here. */
  RealCode upTo(AddressRange window) {
    List<Instruction> all = new ArrayList<>(instructions);
    Instruction last = decoded();
    while (last.nextAddress() <= window.last()) {
      last = read(text, set(), last.nextAddress(), last.nextIt());
      all.add(last);
    }
    return new RealCode(text, function, all);
  }

  private static Instruction read(TextReader text, ArmSet set, long address, ItState it) {
    byte[] bytes = text.readFully(address, Integer.BYTES);
    ArmDecoder decoder = ArmDecoder.of(set);
    return (Instruction) decoder.decode(bytes, 0, bytes.length, address, it);
  }

  @Override
  public ArmSet set() {
    return decoded().set();
  }

  @Override
  public long address() {
    return decoded().address();
  }

  @Override
  public int length() {
    return instructions.stream().mapToInt(Instruction::length).sum();
  }

  @Override
  public ItState it() {
    return decoded().it();
  }

  @Override
  public Instruction decoded() {
    return instructions.get(0);
  }

  /** Whether a branch leads back: with any register in its condition, it may do so for long. */
  boolean hasLoop() {
    return instructions.stream()
        .anyMatch(
            each ->
                each.hasBranchTarget()
                    && each.branchTarget() <= each.address()
                    && each.branchTarget() >= address());
  }

  /** Whether a register and PC are added up, and the sum may be an address. */
  boolean addsToPc() {
    return instructions.stream()
        .map(Instruction::treatment)
        .anyMatch(each -> each == Treatment.PC_BASED_ACCESS || each == Treatment.DATA_READS_PC);
  }

  /** Several instructions may make room on the stack, and load what nobody has stored there. */
  @Override
  public boolean mayReadDeadStack() {
    return instructions.size() > 1 || decoded().verdict().loadedBelowSp() != 0;
  }

  @Override
  public long faultAddress(long programCounter) {
    return programCounter;
  }

  @Override
  public TextReader original(Space space) {
    return text;
  }

  @Override
  public void writeInto(Space space) {
    space.write(Space.TEXT, Subject.filler(Space.TEXT_BYTES));
    for (Instruction each : instructions) {
      if (each.hasLiteral()) {
        space.write(each.literal(), text.readFully(each.literal(), LITERAL_BYTES));
      }
    }
    instructions.forEach(each -> space.write(each.address(), each.bytes()));
  }

  @Override
  public String toString() {
    StringBuilder all = new StringBuilder("%s at 0x%x".formatted(set(), address()));
    all.append(it().inBlock() ? " in IT 0x%02x".formatted(it().bits()) : "");
    instructions.forEach(each -> all.append("; ").append(ArmDecoder.of(each.set()).format(each)));
    return all.toString();
  }
}
