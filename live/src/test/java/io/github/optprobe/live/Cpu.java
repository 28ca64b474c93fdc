package io.github.optprobe.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Pointer;
import io.github.optprobe.PreHandler;
import io.github.optprobe.live.handler.HandlerCompiler;
import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Runs code of handlers on the CPU of this host with registers, flags and a stack that a test
 * gives, and checks that all of them are as they were. The bytes around it are by GNU as.
 */
final class Cpu {
  /** The flags that code could spoil: carry, parity, adjust, zero, sign, direction, overflow. */
  static final int FLAGS = 0xcd5;

  /** What rflags holds besides: interrupts enabled, and the bit that is always 1. */
  static final int ALWAYS = 0x202;

  static final int RIP = 16;
  static final int RFLAGS = 17;
  private static final int RSP = 4;
  private static final int RED_ZONE = 128;

  // push rbx, rbp, r12 … r15; mov rax, rdi; mov [rax+0x90], rsp; push [rax+0x88]; popfq; then all
  // registers but rax from [rax+8*number], and rax.
  private static final byte[] ENTRY =
      HexFormat.of()
          .parseHex(
              "535541544155415641574889f84889a090000000ffb0880000009d488b480848"
                  + "8b5010488b5818488b6020488b6828488b7030488b78384c8b40404c8b48484c"
                  + "8b50504c8b58584c8b60604c8b68684c8b70704c8b7878488b00");
  // movabs [AFTER], rax; movabs rax, AFTER
  private static final String STORE = "48a3%1$s48b8%1$s";
  // mov [rax+8*number], …; movabs rcx, BLOCK; mov rsp, [rcx+0x90]; pushfq; pop [rax+0x88]; cld;
  // pop r15 … r12, rbp, rbx; ret
  private static final String EXIT =
      "48894808488950104889581848896020488968284889703048897838"
          + "4c8940404c8948484c8950504c8958584c8960604c8968684c8970704c897878"
          + "48b9%2$s488ba1900000009c8f8088000000fc415f415e415d415c5d5bc3";

  private static final int STACK = 65536;
  private static final int WATCHED = 8192;
  private static final int AFTER = 2048;

  private final NativeCode code = new NativeCode(65536);
  private final DataBlock block = DataBlock.allocate(4096);
  private final DataBlock stack = DataBlock.allocate(STACK);
  private final HandlerCompiler compiler = new MachineCompiler();

  /** Somewhere near the stack's bottom, with room above and much below. */
  long stackPointer(Random random) {
    return stack.address() + STACK - WATCHED / 2 + random.nextInt(1024);
  }

  /** Emits handlers where they will run, runs them, and checks that nothing else happened. */
  void run(Values registers, List<? extends PreHandler> handlers, Consumer<CodeBuffer> java) {
    CodeBuffer buffer = new CodeBuffer(code.address()).code(ENTRY);
    compiler.emit(buffer, registers.get(RIP), handlers, java);
    buffer.code(
        HexFormat.of()
            .parseHex(
                (STORE + EXIT).formatted(hex(block.address() + AFTER), hex(block.address()))));
    code.write(buffer.toBytes());
    byte[] filled = fillStack(registers.get(RIP));
    for (int i = 0; i <= RFLAGS; i++) {
      block.store(i * Long.BYTES, registers.get(i));
    }
    code.call(block.address());
    assertAsBefore(registers);
    assertStack(filled, (int) (registers.get(RSP) - RED_ZONE - watched()));
  }

  private byte[] fillStack(long seed) {
    byte[] filled = new byte[WATCHED];
    new Random(seed).nextBytes(filled);
    new Pointer(watched()).write(0, filled, 0, WATCHED);
    return filled;
  }

  private long watched() {
    return stack.address() + STACK - WATCHED;
  }

  private void assertAsBefore(Values registers) {
    for (int i = 0; i <= RFLAGS; i++) {
      if (i != RIP) {
        assertThat(block.load(AFTER + i * Long.BYTES))
            .as(Values.FILE.names().get(i))
            .isEqualTo(registers.get(i));
      }
    }
  }

  /** The red zone and all above. */
  private void assertStack(byte[] filled, int from) {
    byte[] after = new Pointer(watched()).getByteArray(from, WATCHED - from);
    assertThat(after).isEqualTo(Arrays.copyOfRange(filled, from, WATCHED));
  }

  private static String hex(long value) {
    return HexFormat.of().toHexDigits(Long.reverseBytes(value));
  }
}
