package io.github.optprobe.x86.plan;

import io.github.optprobe.x86.decode.Encoding;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.OpcodeMap;
import java.util.Optional;
import java.util.Set;

/**
 * Which instructions that go on with the next one mean the same at another address, but for a
 * rip-relative operand. A list of what is allowed: what is in none of the sets is refused.
 * Categories and mnemonics are the decoder's names; they cover every encoding, so that a VEX opcode
 * that looks like a legacy branch is judged for what it is.
 */
final class MovableTable {
  /**
   * Categories whose members compute from registers, flags and memory alone, but for those that
   * {@link #objection} looks at first. An x87 instruction also leaves its address behind, the
   * copy's, which only what stores the whole x87 state shows (Intel SDM volume 1, 8.1.8). Members
   * of VEX are dot products of vectors (vpdpbusd and its kin), of CLZERO the zeroing of a cache
   * line by its address in rax.
   */
  private static final Set<String> CATEGORIES =
      Set.of(
          "ADOX_ADCX",
          "AES",
          "AMD3DNOW",
          "AVX",
          "AVX2",
          "AVX2GATHER",
          "AVX512",
          "AVX512_4FMAPS",
          "AVX512_4VNNIW",
          "AVX512_BITALG",
          "AVX512_VBMI",
          "AVX512_VP2INTERSECT",
          "BINARY",
          "BITBYTE",
          "BLEND",
          "BMI1",
          "BMI2",
          "BROADCAST",
          "CLZERO",
          "CMOV",
          "COMPRESS",
          "CONFLICT",
          "CONVERT",
          "DATAXFER",
          "DECIMAL",
          "EXPAND",
          "FCMOV",
          "FLAGOP",
          "FMA4",
          "FP16",
          "GATHER",
          "GFNI",
          "IFMA",
          "KMASK",
          "LOGICAL",
          "LOGICAL_FP",
          "LZCNT",
          "MMX",
          "NOP",
          "PCLMULQDQ",
          "POP",
          "PREFETCH",
          "PREFETCHWT1",
          "PUSH",
          "ROTATE",
          "SCATTER",
          "SEMAPHORE",
          "SETCC",
          "SHA",
          "SHIFT",
          "SSE",
          "STRINGOP",
          "STTNI",
          "TBM",
          "VAES",
          "VBMI2",
          "VEX",
          "VFMA",
          "VPCLMULQDQ",
          "WIDENOP",
          "X87_ALU",
          "XOP");

  /** Members of mixed categories (MISC, CET, SYSTEM, RDRAND, RDSEED), each looked at by itself. */
  private static final Set<String> MNEMONICS =
      Set.of(
          "lea",
          "enter",
          "leave",
          "pause",
          "cpuid",
          "lfence",
          "mfence",
          "sfence",
          "clflush",
          "clflushopt",
          "clwb",
          "xlat",
          "endbr64",
          "endbr32",
          "rdtsc",
          "rdtscp",
          "rdpid",
          "rdrand",
          "rdseed",
          "rdfsbase",
          "rdgsbase",
          "xgetbv");

  /** Not like the others of their category: interrupt and trap flags, and profiling (LWP). */
  private static final Set<String> PRIVILEGED_MNEMONICS =
      Set.of("cli", "sti", "popf", "popfd", "popfq", "llwpcb", "slwpcb", "lwpins", "lwpval");

  /** lds, les, lfs, lgs, lss. */
  private static final String LOAD_OF_FAR_POINTER = "SEGOP";

  private static final int MOV_TO_SEGMENT = 0x8E;
  private static final int STACK_SEGMENT = 2;
  private static final int POP_ES = 0x07;
  private static final int POP_SS = 0x17;
  private static final int POP_DS = 0x1F;
  private static final int POP_FS = 0xA1;
  private static final int POP_GS = 0xA9;

  private MovableTable() {}

  /** The rule that forbids to move the instruction; empty if it may be moved. */
  static Optional<Rule> objection(Instruction instruction) {
    if (isMovToSegment(instruction)) {
      boolean stack = segment(instruction) == STACK_SEGMENT;
      return Optional.of(stack ? Rule.X86_SHADOWS_TRAPS : Rule.X86_SEGMENT_REGISTER);
    }
    if (isLegacy(instruction, OpcodeMap.ONE_BYTE) && instruction.opcode() == POP_SS) {
      return Optional.of(Rule.X86_SHADOWS_TRAPS);
    }
    if (isPopOfSegment(instruction) || instruction.category().equals(LOAD_OF_FAR_POINTER)) {
      return Optional.of(Rule.X86_SEGMENT_REGISTER);
    }
    if (isPrivileged(instruction)) {
      return Optional.of(Rule.X86_PRIVILEGED);
    }
    boolean listed =
        CATEGORIES.contains(instruction.category()) || MNEMONICS.contains(instruction.mnemonic());
    return listed ? Optional.empty() : Optional.of(Rule.X86_NOT_KNOWN_MOVABLE);
  }

  private static boolean isMovToSegment(Instruction instruction) {
    return isLegacy(instruction, OpcodeMap.ONE_BYTE) && instruction.opcode() == MOV_TO_SEGMENT;
  }

  private static boolean isPopOfSegment(Instruction instruction) {
    int opcode = instruction.opcode();
    return isLegacy(instruction, OpcodeMap.MAP_0F)
        ? opcode == POP_FS || opcode == POP_GS
        : isLegacy(instruction, OpcodeMap.ONE_BYTE) && (opcode == POP_ES || opcode == POP_DS);
  }

  private static int segment(Instruction instruction) {
    return (instruction.modrm() >> 3) & 7;
  }

  /** mov to and from control and debug registers is a data transfer to the decoder. */
  private static boolean isPrivileged(Instruction instruction) {
    boolean systemRegister =
        isLegacy(instruction, OpcodeMap.MAP_0F)
            && instruction.opcode() >= 0x20
            && instruction.opcode() <= 0x23;
    return systemRegister || PRIVILEGED_MNEMONICS.contains(instruction.mnemonic());
  }

  private static boolean isLegacy(Instruction instruction, OpcodeMap map) {
    return instruction.encoding() == Encoding.LEGACY && instruction.opcodeMap() == map;
  }
}
