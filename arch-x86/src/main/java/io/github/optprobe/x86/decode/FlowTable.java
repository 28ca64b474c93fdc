package io.github.optprobe.x86.decode;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What mnemonics and categories say about the flow of control. */
final class FlowTable {
  private static final Set<String> TRANSFER_CATEGORIES =
      Set.of(
          "COND_BR",
          "UNCOND_BR",
          "CALL",
          "RET",
          "INTERRUPT",
          "SYSCALL",
          "SYSRET",
          "UINTR",
          "VTX",
          "SGX");

  private FlowTable() {}

  /**
   * The flow that a mnemonic stands for, or null when it isn't listed. For mnemonics that exist as
   * relative, indirect and far ({@code jmp}, {@code call}, {@code ret}) this is the indirect or
   * near flow, to be {@linkplain #resolve resolved}.
   */
  static @Nullable Flow ofMnemonic(String mnemonic) {
    return switch (mnemonic) {
      case "jmp" -> Flow.JUMP_INDIRECT;
      case "call" -> Flow.CALL_INDIRECT;
      case "ret" -> Flow.RETURN;
      case "jb", "jbe", "jl", "jle", "jnb", "jnbe", "jnl", "jnle" -> Flow.COND_RELATIVE;
      case "jno", "jnp", "jns", "jnz", "jo", "jp", "js", "jz" -> Flow.COND_RELATIVE;
      case "loop", "loope", "loopne", "jcxz", "jecxz", "jrcxz" -> Flow.LOOP_RELATIVE;
      case "iret", "iretd", "iretq", "uiret", "sysret", "sysexit", "rsm" -> Flow.FAR;
      case "int", "int1", "int3", "into", "syscall", "sysenter" -> Flow.INTERRUPT;
      case "vmcall", "vmmcall", "vmlaunch", "vmresume", "vmrun", "vmfunc" -> Flow.INTERRUPT;
      case "enclu", "encls", "enclv", "getsec", "tdcall", "seamcall", "seamret", "seamops" ->
          Flow.INTERRUPT;
      case "xbegin" -> Flow.XBEGIN;
      case "ud0", "ud1", "ud2", "hlt" -> Flow.TRAP;
      default -> listedAsNext(mnemonic) ? Flow.NEXT : null;
    };
  }

  /** Members of the transfer categories that nevertheless go on with the next instruction. */
  private static boolean listedAsNext(String mnemonic) {
    return switch (mnemonic) {
      // An abort resumes at a target that xbegin left behind, wherever the abort itself stands.
      case "xabort", "xend", "xtest" -> true;
      // Faults, or goes on.
      case "bound" -> true;
      case "clui", "stui", "testui", "senduipi" -> true;
      case "vmclear", "vmptrld", "vmptrst", "vmread", "vmwrite", "vmxon", "vmxoff" -> true;
      case "invept", "invvpid" -> true;
      default -> false;
    };
  }

  /** True when instructions of this category may transfer control, so that unlisted ones do. */
  static boolean isTransferCategory(String category) {
    return TRANSFER_CATEGORIES.contains(category);
  }

  /**
   * The flow of one instruction.
   *
   * @param listed {@link #ofMnemonic}
   * @param transferCategory {@link #isTransferCategory}
   * @param branch the decoder's branch type
   * @param relative true when the instruction has a relative immediate
   */
  static Flow resolve(
      @Nullable Flow listed, boolean transferCategory, BranchType branch, boolean relative) {
    if (listed == null) {
      return transferCategory || relative || branch != BranchType.NONE ? Flow.UNKNOWN : Flow.NEXT;
    }
    return switch (listed) {
      case JUMP_INDIRECT -> nearOrFar(relative ? Flow.JUMP_RELATIVE : listed, branch);
      case CALL_INDIRECT -> nearOrFar(relative ? Flow.CALL_RELATIVE : listed, branch);
      case RETURN -> nearOrFar(listed, branch);
      default -> listed;
    };
  }

  private static Flow nearOrFar(Flow near, BranchType branch) {
    return branch == BranchType.FAR ? Flow.FAR : near;
  }
}
