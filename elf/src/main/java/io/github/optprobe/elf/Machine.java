package io.github.optprobe.elf;

import io.github.optprobe.arch.InstructionSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.fornwall.jelf.ElfFile;

/** The machines whose libraries can be read. */
public enum Machine {
  /** x86-64. */
  X86_64(ElfFile.CLASS_64, ElfFile.ARCH_X86_64, 8),
  /** x86-32. */
  X86_32(ElfFile.CLASS_32, ElfFile.ARCH_i386, 8),
  /** 32-bit ARM: A32, and T32 where a function's address is marked. */
  ARM(ElfFile.CLASS_32, ElfFile.ARCH_ARM, 23);

  private final int fileClass;
  private final int number;
  private final long relativeRelocation;

  Machine(int fileClass, int number, long relativeRelocation) {
    this.fileClass = fileClass;
    this.number = number;
    this.relativeRelocation = relativeRelocation;
  }

  /** That of a file; empty if it is not supported. */
  static Optional<Machine> of(ElfFile file) {
    return Stream.of(values())
        .filter(machine -> machine.fileClass == file.ei_class && machine.number == file.e_machine)
        .findFirst();
  }

  /** Width of an address in bytes: 8 or 4. */
  public int wordBytes() {
    return fileClass == ElfFile.CLASS_64 ? Long.BYTES : Integer.BYTES;
  }

  /**
   * The type of the relocations that add the base to an address: {@code R_X86_64_RELATIVE}, {@code
   * R_386_RELATIVE}, {@code R_ARM_RELATIVE}.
   */
  long relativeRelocation() {
    return relativeRelocation;
  }

  /** The instruction set of a function, by the value of its symbol. */
  InstructionSet setOf(long value) {
    return switch (this) {
      case X86_64 -> Sets.X86_64;
      case X86_32 -> Sets.X86_32;
      case ARM -> ArmSets.of(value);
    };
  }

  /** The instruction sets that its code may be in. */
  public List<InstructionSet> sets() {
    return switch (this) {
      case X86_64 -> List.of(Sets.X86_64);
      case X86_32 -> List.of(Sets.X86_32);
      case ARM -> List.of(ArmSets.A32, ArmSets.T32);
    };
  }

  /** The address of a function, by the value of its symbol. */
  long plain(long value) {
    return this == ARM ? ArmSets.plain(value) : value;
  }

  private static final class Sets {
    static final InstructionSet X86_64 = new InstructionSet("x86-64", 64, 1);
    static final InstructionSet X86_32 = new InstructionSet("x86-32", 32, 1);
  }
}
