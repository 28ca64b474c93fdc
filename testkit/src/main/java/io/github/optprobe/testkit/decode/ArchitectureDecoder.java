package io.github.optprobe.testkit.decode;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.CodeScan.Branch;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * An architecture of the library as a decoder: anyone's instruction set is compared with other
 * decoders with no more code. What an architecture tells is less than what a decoder does: length,
 * text, targets of direct branches, and which jumps are indirect. Other flow is {@link
 * FlowClass#UNKNOWN}, registers are not told, and partial instructions are invalid ones.
 */
public final class ArchitectureDecoder implements Decoder {
  private final Architecture architecture;

  /** Creates a decoder that asks an architecture. */
  public ArchitectureDecoder(Architecture architecture) {
    this.architecture = architecture;
  }

  /** {@code "optprobe"}: there is one architecture for an instruction set. */
  @Override
  public String name() {
    return "optprobe";
  }

  @Override
  public boolean supports(String instructionSet) {
    return architecture.instructionSet().name().equals(instructionSet);
  }

  @Override
  public void decode(CodeInput input, Detail detail, Decoded result) {
    if (!supports(input.instructionSet())) {
      result.unsupported();
      return;
    }
    if (input.available() == 0) {
      result.partial();
      return;
    }
    TextReader text = readerOf(input);
    AddressRange first = AddressRange.ofLength(input.address(), 1);
    InstructionText line = architecture.disassemble(text, first).get(0);
    CodeScan scan = architecture.scan(text, AddressRange.ofLength(input.address(), line.length()));
    // A jump into itself makes the scan look at the middle, too.
    if (scan.firstUndecodable().equals(OptionalLong.of(input.address()))) {
      result.invalid();
    } else {
      tell(scan, line, result);
    }
  }

  private static void tell(CodeScan scan, InstructionText line, Decoded result) {
    boolean indirect = scan.firstIndirectJump().isPresent();
    result
        .instruction(line.length(), indirect ? FlowClass.JUMP_INDIRECT : FlowClass.UNKNOWN)
        .mnemonic(line.text().split("\\s+", 2)[0])
        .text(line.text());
    OptionalLong target = onlyTarget(scan);
    if (target.isPresent()) {
      result.target(target.getAsLong());
    }
  }

  private static OptionalLong onlyTarget(CodeScan scan) {
    List<Branch> inside = scan.branchesInto(scan.range());
    return Stream.concat(inside.stream(), scan.branchesOut().stream())
        .filter(Branch::direct)
        .mapToLong(Branch::to)
        .findFirst();
  }

  private static TextReader readerOf(CodeInput input) {
    return (address, into, offset, length) -> {
      long from = address - input.address();
      if (from < 0 || from >= input.available()) {
        return 0;
      }
      int count = Math.min(length, input.available() - (int) from);
      input.memory().get(input.offset() + (int) from, into, offset, count);
      return count;
    };
  }
}
