package io.github.optprobe.testkit.trial;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Code that a probe is tried on: a function of its own, whose first instruction is probed.
 * Immutable.
 *
 * @param address where it starts
 * @param hex its bytes as hex
 * @param body its bytes in memory
 * @param lines its disassembly
 * @param scan its scan, as the registry would have it
 */
public record Subject(
    CodeAddress address,
    String hex,
    AddressRange body,
    List<InstructionText> lines,
    CodeScan scan) {

  static Subject of(Architecture architecture, TextReader text, byte[] code) {
    AddressRange body = AddressRange.ofLength(Playground.SUBJECT, code.length);
    return new Subject(
        new CodeAddress(Playground.SUBJECT, architecture.instructionSet()),
        HexFormat.of().formatHex(code),
        body,
        architecture.disassemble(text, body),
        architecture.scan(text, body));
  }

  /** Whether all of it decodes into whole instructions. */
  boolean isCode() {
    InstructionText last = lines.get(lines.size() - 1);
    return scan.firstUndecodable().isEmpty() && last.address() + last.length() == body.last() + 1;
  }

  /**
   * A branch that leads into a window behind its first byte, and is none of those that a detour
   * buffer takes along: direct ones from the window itself.
   */
  Optional<CodeScan.Branch> branchInto(AddressRange window) {
    if (window.length() == 1) {
      return Optional.empty();
    }
    return scan.branchesInto(new AddressRange(window.first() + 1, window.last())).stream()
        .filter(branch -> !branch.direct() || !window.contains(branch.from()))
        .findFirst();
  }

  @Override
  public String toString() {
    return lines.stream()
        .map(
            line ->
                "  +%-4x %-24s %s%n"
                    .formatted(line.address() - address.value(), line.bytes(), line.text()))
        .collect(Collectors.joining());
  }
}
