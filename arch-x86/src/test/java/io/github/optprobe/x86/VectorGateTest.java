package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.traced.GeneralRegister;
import io.github.optprobe.testkit.traced.Stop;
import io.github.optprobe.testkit.traced.TracedTarget;
import io.github.optprobe.testkit.traced.TracedUnavailableException;
import io.github.optprobe.testkit.traced.VectorState;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * A detour buffer that calls machine code, on the host's own CPU: a gate that leaves its own values
 * in every register that the System V ABI lets it change, and in the control words of floating
 * point besides. The bytes come from GNU as.
 */
class VectorGateTest {
  private static final long CODE = 0x4000_0000L;

  /** fninit, fld1, fldpi, fldl2e, fldz, six NOPs, int3. */
  private static final String PROGRAM = "dbe3d9e8d9ebd9ead9ee909090909090cc";

  private static final int PROBED = 10;
  private static final long END = CODE + 16;

  private static final long GATE = 0x4100_0000L;
  private static final long SEEN = 0x5200_0000L;

  /**
   * Counts at {@link #SEEN}, stores rdi, rsi, rdx and rsp behind that, and changes x87 and MXCSR:
   * incq, four mov, fninit, fldlg2, fldln2, fldcw and ldmxcsr from what stands behind those.
   */
  private static final String HEAD =
      "48ff04250000005248893c25080000524889342510000052488914251800005248892425"
          + "20000052dbe3d9ecd9edd92c25380000520fae142530000052";

  /** pcmpeqd of each xmm register with itself: all ones. */
  private static final String SSE =
      "660f76c0660f76c9660f76d2660f76db660f76e4660f76ed660f76f6660f76ff66450f76"
          + "c066450f76c966450f76d266450f76db66450f76e466450f76ed66450f76f666450f76ff";

  /** vxorps and vcmptrueps of each ymm register: all ones. */
  private static final String AVX =
      "c5fc57c0c5fcc2c00fc5f457c9c5f4c2c90fc5ec57d2c5ecc2d20fc5e457dbc5e4c2db0f"
          + "c5dc57e4c5dcc2e40fc5d457edc5d4c2ed0fc5cc57f6c5ccc2f60fc5c457ffc5c4c2ff0f"
          + "c4413c57c0c4413cc2c00fc4413457c9c44134c2c90fc4412c57d2c4412cc2d20fc44124"
          + "57dbc44124c2db0fc4411c57e4c4411cc2e40fc4411457edc44114c2ed0fc4410c57f6c4"
          + "410cc2f60fc4410457ffc44104c2ff0f";

  /** vpternlogd of each zmm register and kxnorw of each mask register: all ones. */
  private static final String AVX512 =
      "62f37d4825c0ff62f3754825c9ff62f36d4825d2ff62f3654825dbff62f35d4825e4ff62"
          + "f3554825edff62f34d4825f6ff62f3454825ffff62533d4825c0ff6253354825c9ff6253"
          + "2d4825d2ff6253254825dbff62531d4825e4ff6253154825edff62530d4825f6ff625305"
          + "4825ffff62a37d4025c0ff62a3754025c9ff62a36d4025d2ff62a3654025dbff62a35d40"
          + "25e4ff62a3554025edff62a34d4025f6ff62a3454025ffff62033d4025c0ff6203354025"
          + "c9ff62032d4025d2ff6203254025dbff62031d4025e4ff6203154025edff62030d4025f6"
          + "ff6203054025ffffc5fc46c0c5f446c9c5ec46d2c5e446dbc5dc46e4c5d446edc5cc46f6"
          + "c5c446ff";

  /** -1 to -9 into rax, rcx, rdx, rsi, rdi, r8 to r11; ret. */
  private static final String TAIL =
      "48c7c0ffffffff48c7c1feffffff48c7c2fdffffff48c7c6fcffffff48c7c7fbffffff49"
          + "c7c0faffffff49c7c1f9ffffff49c7c2f8ffffff49c7c3f7ffffffc3";

  private static final long STACK = 0x5100_0000L;
  private static final int STACK_BYTES = 0x4000;
  private static final int RED_ZONE = 128;
  private static final int STATES = 24;

  @Test
  void a_gate_of_machine_code_leaves_the_program_every_register() {
    try (TracedTarget target = orSkip()) {
      List<String> differences = run(target, Gate.at(GATE).changingVectorRegisters());
      assertThat(differences).isEmpty();
      assertThat(target.data().load(SEEN, Long.BYTES)).as("calls").isEqualTo(STATES);
      assertThat(target.data().load(SEEN + 8, Long.BYTES)).as("rdi").isEqualTo(CODE + PROBED);
      long frame = target.data().load(SEEN + 16, Long.BYTES);
      assertThat(frame).as("rsi").isBetween(STACK, STACK + STACK_BYTES);
      assertThat(target.data().load(SEEN + 24, Long.BYTES) % 64).as("rdx").isZero();
      assertThat(target.data().load(SEEN + 24, Long.BYTES)).as("rdx").isBetween(STACK, frame);
      assertThat(target.data().load(SEEN + 32, Long.BYTES) % 16).as("rsp").isEqualTo(8);
    }
  }

  /** That it is the buffer which does it: one that saves no vectors does not. */
  @Test
  void a_gate_that_wrongly_promises_to_leave_vector_registers_changes_them() {
    try (TracedTarget target = orSkip()) {
      List<String> differences = run(target, Gate.at(GATE));
      String all = String.join(" ", differences);
      assertThat(all).contains("vector0:", "vector15:", "mxcsr", "x87 stack");
      assertThat(all).doesNotContain("general");
      if (target.machine().vectors().hasMasks()) {
        assertThat(all).contains("vector31:", "k0:", "k7:");
      }
    }
  }

  /** What differs between probed and unprobed runs. */
  private static List<String> run(TracedTarget target, Gate gate) {
    map(target);
    List<String> differences = new ArrayList<>();
    AddressRange body = AddressRange.ofLength(CODE, END - CODE);
    try (Kprobes kprobes =
        Kprobes.builder(target.text())
            .architecture(new X86_64())
            .codeMap(CodeMap.of(new CodeMap.Function("program", body)))
            .gate(gate)
            .build()) {
      Cpu cpu = kprobes.newCpu(target.data());
      VectorState fresh = target.machine().vectors();
      for (int i = 0; i < STATES; i++) {
        End unprobed = runFrom(target, cpu, fresh, i);
        Kprobe kprobe = Kprobe.at(X86_64.at(CODE + PROBED)).onHit(r -> {}).build();
        try (ProbeHandle probe = kprobes.register(kprobe)) {
          kprobes.runOptimizer();
          assertThat(probe.tier()).contains(Tier.OPTIMIZED);
          differences.addAll(runFrom(target, cpu, fresh, i).differencesTo(unprobed));
        }
        kprobes.runOptimizer();
      }
    }
    assertThat(target.liveAllocations()).isZero();
    return differences;
  }

  private static void map(TracedTarget target) {
    target.map(CODE, HexFormat.of().parseHex(PROGRAM), Protection.READ_EXECUTE);
    target.map(AddressRange.ofLength(SEEN, 4096), Protection.READ_WRITE);
    target.map(AddressRange.ofLength(STACK, STACK_BYTES), Protection.READ_WRITE);
    // Rounding towards zero, and to single precision: not what the program has.
    target.data().store(SEEN + 0x30, Integer.BYTES, 0x7f80);
    target.data().store(SEEN + 0x38, Short.BYTES, 0x0c7f);
    VectorState vectors = target.machine().vectors();
    String clobber = vectors.hasMasks() ? AVX512 : vectors.vectorBytes() > 16 ? AVX : SSE;
    target.map(GATE, HexFormat.of().parseHex(HEAD + clobber + TAIL), Protection.READ_EXECUTE);
  }

  private static End runFrom(TracedTarget target, Cpu cpu, VectorState fresh, int seed) {
    Random random = new Random(seed);
    byte[] stack = new byte[STACK_BYTES];
    random.nextBytes(stack);
    target.writeBytes(STACK, stack);
    for (int number = 0; number < 16; number++) {
      target.machine().setRegister(GeneralRegister.ofNumber(number), random.nextLong());
    }
    // The buffer aligns the stack itself.
    long pointer = STACK + STACK_BYTES / 2 + random.nextInt(256);
    target.machine().setRegister(GeneralRegister.RSP, pointer);
    target.machine().setRegister(GeneralRegister.RFLAGS, (random.nextInt() & 0xcd5) | 0x202);
    target.machine().setRegister(GeneralRegister.RIP, CODE);
    target.machine().setVectors(seed == 0 ? fresh.copy() : vectors(fresh.copy(), random));
    Stop stop = target.resume(cpu);
    assertThat(stop.kind()).isEqualTo(Stop.Kind.BREAKPOINT);
    assertThat(target.machine().register(GeneralRegister.RIP)).isEqualTo(END);
    int above = (int) (pointer - RED_ZONE - STACK);
    return new End(
        target.machine().registers(),
        target.machine().vectors(),
        target.readBytes(STACK + above, STACK_BYTES - above));
  }

  private static VectorState vectors(VectorState state, Random random) {
    byte[] value = new byte[state.vectorBytes()];
    for (int i = 0; i < state.vectors(); i++) {
      random.nextBytes(value);
      state.setVector(i, value);
    }
    for (int i = 0; state.hasMasks() && i < VectorState.MASKS; i++) {
      state.setMask(i, random.nextLong());
    }
    state.setMxcsr(0x1f80 | (random.nextInt(2) << 13));
    return state;
  }

  @SuppressWarnings("ArrayRecordComponent") // Compared by content, once.
  private record End(long[] general, VectorState vectors, byte[] stack) {
    List<String> differencesTo(End other) {
      List<String> differences = new ArrayList<>(vectors.differencesTo(other.vectors));
      if (!Arrays.equals(general, other.general)) {
        differences.add("general registers");
      }
      if (!Arrays.equals(stack, other.stack)) {
        differences.add("stack");
      }
      return differences;
    }
  }

  private static TracedTarget orSkip() {
    try {
      return TracedTarget.of(new X86_64());
    } catch (TracedUnavailableException notHere) {
      return Assumptions.abort(notHere.getMessage());
    }
  }
}
