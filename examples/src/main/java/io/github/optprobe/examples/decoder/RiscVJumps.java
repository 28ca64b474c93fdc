package io.github.optprobe.examples.decoder;

import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.decode.Decoded;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Detail;
import io.github.optprobe.testkit.decode.FlowClass;

/**
 * Jumps of RISC-V and where they lead: JAL and the conditional branches. Of all other words it has
 * no opinion. Source: RISC-V Unprivileged ISA 20191213, 2.5 and table 24.2.
 */
public final class RiscVJumps implements Decoder {
  private static final int WORD = 4;
  private static final int BRANCH = 0x63;
  private static final int JAL = 0x6f;

  /** Creates a decoder; it is found as a service. */
  public RiscVJumps() {}

  @Override
  public String name() {
    return "jumps";
  }

  @Override
  public boolean supports(String instructionSet) {
    return instructionSet.equals("rv32i") || instructionSet.equals("rv64i");
  }

  @Override
  public void decode(CodeInput input, Detail detail, Decoded result) {
    if (input.available() < WORD) {
      result.partial();
      return;
    }
    int word = input.memory().getInt(input.offset());
    int condition = bits(word, 12, 3);
    if ((word & 0x7f) == JAL) {
      boolean links = bits(word, 7, 5) != 0;
      tell(input, links ? FlowClass.CALL : FlowClass.JUMP, "jal", jumpOffset(word), result);
    } else if ((word & 0x7f) != BRANCH) {
      result.unsupported();
    } else if (condition == 2 || condition == 3) {
      result.invalid();
    } else {
      tell(input, FlowClass.JUMP_CONDITIONAL, "branch", branchOffset(word), result);
    }
  }

  private static void tell(
      CodeInput input, FlowClass flow, String mnemonic, int offset, Decoded result) {
    boolean narrow = input.instructionSet().equals("rv32i");
    long target = input.address() + offset;
    result
        .instruction(WORD, flow)
        .mnemonic(mnemonic)
        .target(narrow ? target & 0xffff_ffffL : target);
  }

  /** imm[20|10:1|11|19:12], in the bits 31 to 12. */
  private static int jumpOffset(int word) {
    return (word >> 31 << 20)
        | (word & 0xf_f000)
        | (bits(word, 20, 1) << 11)
        | (bits(word, 21, 10) << 1);
  }

  /** imm[12|10:5] in the bits 31 to 25, imm[4:1|11] in the bits 11 to 7. */
  private static int branchOffset(int word) {
    return (word >> 31 << 12)
        | (bits(word, 7, 1) << 11)
        | (bits(word, 25, 6) << 5)
        | (bits(word, 8, 4) << 1);
  }

  private static int bits(int word, int lowest, int count) {
    return (word >>> lowest) & ((1 << count) - 1);
  }
}
