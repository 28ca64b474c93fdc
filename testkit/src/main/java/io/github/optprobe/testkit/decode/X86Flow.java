package io.github.optprobe.testkit.decode;

/** What mnemonics of x86, in the spellings of all decoders, say about the flow of control. */
final class X86Flow {
  private X86Flow() {}

  /**
   * The flow of an instruction.
   *
   * @param mnemonic without prefixes
   * @param constant whether it has a constant target
   */
  static FlowClass of(String mnemonic, boolean constant) {
    return switch (mnemonic) {
      case "jmp" -> constant ? FlowClass.JUMP : FlowClass.JUMP_INDIRECT;
      case "call" -> constant ? FlowClass.CALL : FlowClass.CALL_INDIRECT;
      case "ret" -> FlowClass.RETURN;
      case "ljmp", "lcall", "retf", "retfq", "lret", "iret", "iretd", "iretw", "iretq", "rsm" ->
          FlowClass.FAR;
      case "sysret", "sysretd", "sysretq", "sysexit", "sysexitq", "uiret" -> FlowClass.FAR;
      case "int", "int1", "int3", "into", "syscall", "sysenter" -> FlowClass.SYSTEM;
      case "vmcall", "vmmcall", "vmlaunch", "vmresume", "vmrun", "vmfunc" -> FlowClass.SYSTEM;
      case "enclu", "encls", "enclv", "getsec" -> FlowClass.SYSTEM;
      case "tdcall", "seamcall", "seamret", "seamops" -> FlowClass.SYSTEM;
      case "ud0", "ud1", "ud2", "ud2a", "ud2b", "hlt" -> FlowClass.TRAP;
      default -> isConditional(mnemonic) ? FlowClass.JUMP_CONDITIONAL : FlowClass.NEXT;
    };
  }

  private static boolean isConditional(String mnemonic) {
    return mnemonic.startsWith("loop")
        || mnemonic.equals("xbegin")
        || (mnemonic.startsWith("j") && !mnemonic.startsWith("jmp"));
  }
}
