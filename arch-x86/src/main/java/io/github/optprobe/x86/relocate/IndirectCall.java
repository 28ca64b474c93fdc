package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.List;
import java.util.Optional;

/**
 * {@code call} through a register or memory: pushes the original return address and jumps. The jump
 * overwrites nothing behind it, so that the return address is never overwritten.
 *
 * <p>Through memory, the target is pushed first, by an instruction with the same operand: if the
 * operand faults, nothing has changed yet. It ends up just below the stack pointer, inside of the
 * red zone, from where the jump takes it. Registers and flags stay as they are.
 */
public record IndirectCall(Instruction original) implements Relocation {
  private static final int PUSH = 6;
  private static final int JMP = 4;
  private static final int RSP = 4;
  private static final int JUMP_BYTES = 4;

  /** Everything behind the push of the target, but for the prefix. */
  private static final int TAIL_BYTES = 3 + 8 + 8 + 5 + JUMP_BYTES;

  @Override
  public int length() {
    return throughRegister()
        ? Branches.PUSH_RETURN_ADDRESS_BYTES + original.length()
        : original.length() + TAIL_BYTES + Prefixes.noTrack(original).length;
  }

  /** The stack pointer, which pushing changes, is treated like memory. */
  private boolean throughRegister() {
    boolean register = original.modrm() >> 6 == 3;
    return register && original.generalRegistersRead() != 1 << RSP;
  }

  @Override
  public Optional<AddressRange> reach() {
    return original.ripRelative() && !original.eipRelative()
        ? Optional.of(Reach.of(original.ripRelativeTarget()))
        : Optional.empty();
  }

  @Override
  public Optional<Relocation> far() {
    return reach().isEmpty() ? Optional.empty() : Relocation.in64Bit(new FarIndirectCall(original));
  }

  /** A target that is no address faults in the jump, when the return address is pushed already. */
  @Override
  public List<Borrowed> borrowed() {
    int word = Long.BYTES;
    int first = original.length();
    int jump = length() - Prefixes.noTrack(original).length - JUMP_BYTES;
    return throughRegister()
        ? List.of(Borrowed.stack(Branches.PUSH_RETURN_ADDRESS_BYTES, length(), word))
        : List.of(
            Borrowed.stack(first, first + 3, word),
            Borrowed.stack(first + 3, jump, 2 * word),
            Borrowed.stack(jump, length(), word));
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    long returnAddress = original.nextAddress();
    if (throughRegister()) {
      Branches.pushReturnAddress(out, returnAddress);
      withOperation(out, JMP);
      return;
    }
    withOperation(out, PUSH);
    out.code(0xFF, 0x34, 0x24); // push [rsp]: the target once more
    out.code(0xC7, 0x44, 0x24, 0x08).int32((int) returnAddress); // mov dword [rsp+8]
    out.code(0xC7, 0x44, 0x24, 0x0C).int32((int) (returnAddress >>> 32)); // mov dword [rsp+12]
    out.code(0x48, 0x8D, 0x64, 0x24, 0x08); // lea rsp, [rsp+8]: flags must survive
    out.code(Prefixes.noTrack(original)).code(0xFF, 0x64, 0x24, 0xF8); // jmp [rsp-8]
  }

  /** The instruction with another operation of its opcode, which the ModRM byte names. */
  private void withOperation(CodeBuffer out, int operation) {
    byte[] bytes = IpRelativeOperand.bytesAt(original, out.address());
    bytes[original.modrmOffset()] = (byte) ((original.modrm() & ~0x38) | (operation << 3));
    out.code(bytes);
  }
}
