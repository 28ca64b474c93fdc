package io.github.optprobe.x86.emulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.x86.Privilege;
import io.github.optprobe.x86.decode.MachineMode;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code popf} and {@code pushf} of user code against this machine's processor, on which the test
 * runs as a user. Without the trap flag, which would end the test, and alignment check, on which
 * the virtual machine's own code would stumble in between; neither is special to the emulation.
 */
class HostFlagsTest {
  private static final int CASES = 500;
  private static final long STACK = 0x60_0000;
  private static final long NOT_HERE = Flags.TRAP | Flags.ALIGNMENT_CHECK;

  /**
   * pushfq; push rdi; popfq; then {@code pushw si; popfw} or {@code push rsi; popfq}; pushfq; pop
   * rax; popfq; ret: the flags that loading rsi makes of those that loading rdi made.
   */
  @ParameterizedTest(name = "popf of {1} bytes")
  @CsvSource({"9c579d6656669d9c589dc3, 2", "9c579d569d9c589dc3, 8"})
  void popf_makes_the_flags_that_the_processor_makes(String hex, int bytes) {
    assumeTrue(
        Platform.isLinux() && Platform.isIntel() && Platform.is64Bit(), "needs x86-64 Linux");
    byte[] code = HexFormat.of().parseHex(hex);
    Pointer page = mapExecutable();
    page.write(0, code, 0, code.length);
    Function function = Function.getFunction(page);
    Random random = new Random(36);
    for (int i = 0; i < CASES; i++) {
      long first = random.nextLong() & ~NOT_HERE;
      long second = random.nextLong() & ~NOT_HERE;
      long wanted = (long) function.invoke(Long.class, new Object[] {first, second});
      long start = (long) function.invoke(Long.class, new Object[] {first, first});

      assertThat(emulated(bytes, start, second)).as("%x %x", start, second).isEqualTo(wanted);
    }
    unmap(page);
  }

  private static long emulated(int bytes, long flags, long image) {
    PlainRegisters registers = new PlainRegisters(MachineMode.BITS_64);
    DataMemory memory = Arena.data(List.of(Arena.ofData(STACK, Arena.PAGE)));
    registers.set(Machine.SP, STACK);
    registers.setFlags(flags);
    memory.store(STACK, bytes, image);
    new PopFlags(Machine.BITS_64, bytes, Privilege.USER).run(0, registers, memory);
    new PushFlags(Machine.BITS_64, Long.BYTES).run(0, atEnd(registers), memory);
    return memory.load(registers.stackPointer(), Long.BYTES);
  }

  private static PlainRegisters atEnd(PlainRegisters registers) {
    registers.set(Machine.SP, STACK + 0x100);
    return registers;
  }

  private static Pointer mapExecutable() {
    Object[] arguments = {Pointer.NULL, (long) Arena.PAGE, 7, 0x22, -1, 0L};
    Pointer page = NativeLibrary.getInstance("c").getFunction("mmap").invokePointer(arguments);
    assertThat(Pointer.nativeValue(page)).as("mmap").isNotEqualTo(-1);
    return page;
  }

  private static void unmap(Pointer page) {
    Object[] arguments = {page, (long) Arena.PAGE};
    assertThat(NativeLibrary.getInstance("c").getFunction("munmap").invokeInt(arguments)).isZero();
  }
}
