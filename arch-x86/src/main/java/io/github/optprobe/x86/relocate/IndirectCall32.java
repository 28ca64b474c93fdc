package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.List;
import java.util.Optional;

/**
 * {@code call} through a register or memory in 32-bit mode: pushes the original return address and
 * jumps. Always the last of its window, so that the return address is never overwritten.
 *
 * <p>Through memory, the target is pushed first, by an instruction with the same operand: its
 * address is computed from the stack pointer before the push, as that of the call is, and if it
 * faults nothing has changed yet. There is no red zone in which the target could wait for a jump
 * while a signal handler runs, so it is pushed above the stack pointer and taken by a {@code ret}.
 * Registers and flags stay as they are.
 */
public record IndirectCall32(Instruction original) implements Relocation {
  private static final int PUSH = 6;
  private static final int JMP = 4;
  private static final int ESP = 4;

  /** Everything behind the push of the target. */
  private static final int TAIL_BYTES = 3 + 8 + 1;

  @Override
  public int length() {
    int more = throughRegister() ? Branches.PUSH_RETURN_ADDRESS_BYTES_32 : TAIL_BYTES;
    return more + original.length();
  }

  /** The stack pointer, which pushing changes, is treated like memory. */
  private boolean throughRegister() {
    return original.modrm() >> 6 == 3 && (original.modrm() & 7) != ESP;
  }

  @Override
  public Optional<AddressRange> reach() {
    return Optional.empty();
  }

  /** What faults in the jump faults when the return address is pushed already. */
  @Override
  public List<Borrowed> borrowed() {
    int word = Integer.BYTES;
    int first = original.length();
    return throughRegister()
        ? List.of(Borrowed.stack(Branches.PUSH_RETURN_ADDRESS_BYTES_32, length(), word))
        : List.of(
            Borrowed.stack(first, first + 3, word), Borrowed.stack(first + 3, length(), 2 * word));
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
    out.code(0xFF, 0x34, 0x24); // push [esp]: the target once more
    out.code(0xC7, 0x44, 0x24, 0x04).int32((int) returnAddress); // mov dword [esp+4]
    out.code(0xC3); // ret: to the target
  }

  /** The instruction with another operation of its opcode, which the ModRM byte names. */
  private void withOperation(CodeBuffer out, int operation) {
    byte[] bytes = original.bytes();
    bytes[original.modrmOffset()] = (byte) ((original.modrm() & ~0x38) | (operation << 3));
    out.code(bytes);
  }
}
