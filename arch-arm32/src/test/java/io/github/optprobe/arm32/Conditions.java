package io.github.optprobe.arm32;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arm32.scan.ElfFile;
import io.github.optprobe.arm32.table.ArmSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Which instructions of a snippet have a condition, by the manual's encodings: bits 31 to 28 in
 * A32, and in T32 the conditional branches and what stands behind an IT.
 */
final class Conditions {
  private static final int ALWAYS = 14;

  private Conditions() {}

  static boolean isConditional(ArmSnippet snippet, CodeAddress address) {
    boolean a32 = address.instructionSet().equals(ArmSet.A32.instructionSet());
    if (a32) {
      return (halfword(snippet, address.value() + 2) >>> 12) < ALWAYS;
    }
    int first = halfword(snippet, address.value());
    boolean narrowBranch = first >>> 12 == 0xD && (first >>> 8 & 0xF) < ALWAYS;
    return narrowBranch || isWideBranch(snippet, address, first) || inBlock(snippet, address);
  }

  private static boolean isWideBranch(ArmSnippet snippet, CodeAddress address, int first) {
    if (first >>> 11 != 0x1E) {
      return false;
    }
    int second = halfword(snippet, address.value() + 2);
    return (second & 0xD000) == 0x8000 && (first >>> 6 & 0xF) < ALWAYS;
  }

  private static boolean inBlock(ArmSnippet snippet, CodeAddress address) {
    int halfword = halfword(snippet, address.value());
    return itBlocks(snippet).contains(address.value()) && !isIt(address, halfword);
  }

  private static boolean isIt(CodeAddress address, int halfword) {
    boolean t32 = address.instructionSet().equals(ArmSet.T32.instructionSet());
    return t32 && halfword >>> 8 == 0xBF && (halfword & 0xF) != 0;
  }

  /** All instructions of IT blocks, the ITs included. */
  static Set<Long> itBlocks(ArmSnippet snippet) {
    Set<Long> inside = new HashSet<>();
    int left = 0;
    for (CodeAddress each : snippet.boundaries()) {
      if (left > 0) {
        inside.add(each.value());
        left--;
      }
      int halfword = halfword(snippet, each.value());
      if (isIt(each, halfword)) {
        inside.add(each.value());
        left = 4 - Integer.numberOfTrailingZeros(halfword & 0xF);
      }
    }
    return inside;
  }

  private static int halfword(ArmSnippet snippet, long address) {
    ElfFile file = snippet.file();
    byte[] bytes = file.readFully(address, 2);
    return (bytes[0] & 0xFF) | (bytes[1] & 0xFF) << 8;
  }
}
