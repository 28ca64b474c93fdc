package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.RefusedException;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ForwardingText;
import java.util.HexFormat;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is refused, by which rule, and that the text is left as it was. Encodings are those of GNU
 * as, or of the manual's tables where it writes none.
 */
class ArmRefusalTest {
  private static final long PAGE = 0x9_0000;
  private static final int PAGE_BYTES = 4096;

  /** Lowest byte first. */
  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /** The code of the refusal of a probe at an offset in a page that starts with such bytes. */
  private static String refusal(ArmSet set, byte[] code, long offset) {
    try (EmulatedTarget target = EmulatedTarget.of(new A32())) {
      target.map(PAGE, code, Protection.READ_EXECUTE);
      byte[] before = target.readBytes(PAGE, PAGE_BYTES);
      AddressRange body = AddressRange.ofLength(PAGE, Math.max(code.length, 4));
      CodeMap map = CodeMap.of(new CodeMap.Function("f", body));
      try (Kprobes kprobes =
          Kprobes.builder(target.text()).codeMap(map).gate(target.gate()).build()) {
        String refused = refusal(kprobes, new CodeAddress(PAGE + offset, set.instructionSet()));
        assertThat(target.readBytes(PAGE, PAGE_BYTES)).isEqualTo(before);
        assertThat(kprobes.liveSlots()).isZero();
        return refused;
      }
    }
  }

  private static String refusal(Kprobes kprobes, CodeAddress address) {
    Kprobe kprobe = Kprobe.at(address).onHit(r -> {}).build();
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> kprobes.register(kprobe));
    assertThat(refused).as("refusal at %s", address).isNotNull();
    assertThat(kprobes.explain(address).isProbeable()).isFalse();
    assertThat(refused.refusal().advice()).isNotBlank();
    return refused.refusal().code();
  }

  @ParameterizedTest(name = "{0} {2}: {1}")
  @CsvSource({
    "A32, ARM_UNDEFINED,           udf #1,              f100f0e7",
    "A32, ARM_UNPREDICTABLE,       'mul pc, r1, r2',    91020fe0",
    "A32, ARM_SHOULD_BE_ZERO,      'cmp r0, r1 (Rd 1)', 011050e1",
    "A32, ARM_PC_TWICE,            'str pc, [pc]',      00f08fe5",
    "A32, ARM_PRIVILEGED,          'mrs r0, spsr',      00004fe1",
    "A32, ARM_EXCLUSIVE,           'ldrex r0, [r1]',    9f0f91e1",
    "A32, ARM_COPROCESSOR,         'mrc p14, 0',        100e10ee",
    "A32, ARM_SUPERVISOR_CALL,     svc #0,              000000ef",
    "A32, ARM_HYPERVISOR,          hvc #0,              700040e1",
    "A32, ARM_SECURE_MONITOR,      smc #0,              700060e1",
    "A32, ARM_PROCESSOR_STATE,     setend be,           000201f1",
    "A32, ARM_JAZELLE,             bxj r0,              20ff2fe1",
    "A32, ARM_USER_MODE,           'ldrt r0, [r1]',     0000b1e4",
    "A32, ARM_OBSOLETE,            'swp r0, r1, [r2]',  910002e1",
    "A32, ARM_NEWER,               'crc32b r0, r1, r2', 420001e1",
    "T32, ARM_UNDEFINED,           udf #1,              01de",
    "T32, ARM_EXCLUSIVE,           'ldrex r0, [r1]',    51e8000f",
    "T32, ARM_SUPERVISOR_CALL,     svc #0,              00df",
    "T32, ARM_HYPERVISOR,          hvc #0,              e0f70080",
    "T32, ARM_SECURE_MONITOR,      smc #0,              f0f70080",
    "T32, ARM_PROCESSOR_STATE,     cpsid i,             72b6",
    "T32, ARM_JAZELLE,             bxj r0,              c0f3008f",
    "T32, ARM_USER_MODE,           'ldrt r0, [r1]',     51f8000e",
    "T32, ARM_PRIVILEGED,          'mrs r0, spsr',      fff30080",
  })
  void an_instruction_that_is_not_moved(ArmSet set, String code, String name, String hex) {
    assertThat(name).isNotBlank();
    byte[] padded = new byte[8];
    System.arraycopy(bytes(hex), 0, padded, 0, bytes(hex).length);
    assertThat(refusal(set, padded, 0)).isEqualTo(code);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "A32, f801f0e7",
    "A32, f801f007",
    "A32, 700020e1",
    "T32, 18de",
    "T32, 00be",
    "T32, f0f718a0"
  })
  void a_breakpoint_of_somebody_else(ArmSet set, String hex) {
    byte[] padded = new byte[8];
    System.arraycopy(bytes(hex), 0, padded, 0, bytes(hex).length);
    assertThat(refusal(set, padded, 0)).isEqualTo("FOREIGN_BREAKPOINT");
  }

  @ParameterizedTest(name = "{0} +{1}")
  @CsvSource({"A32, 1", "A32, 2", "A32, 3", "T32, 1", "T32, 3"})
  void an_address_between_those_of_instructions(ArmSet set, long offset) {
    assertThat(refusal(set, bytes("0000a0e10000a0e1"), offset)).isEqualTo("MISALIGNED");
  }

  @ParameterizedTest
  @EnumSource
  void an_address_that_is_not_mapped(ArmSet set) {
    try (EmulatedTarget target = EmulatedTarget.of(new A32());
        Kprobes kprobes = Kprobes.builder(target.text()).trustBoundaries().build()) {
      assertThat(refusal(kprobes, new CodeAddress(0x5000, set.instructionSet())))
          .isEqualTo("UNMAPPED");
    }
  }

  @Test
  void a_wide_instruction_of_which_the_second_half_is_not_mapped() {
    try (EmulatedTarget target = EmulatedTarget.of(new A32())) {
      byte[] page = new byte[PAGE_BYTES];
      page[PAGE_BYTES - 2] = 0x01;
      page[PAGE_BYTES - 1] = (byte) 0xF1;
      target.map(PAGE, page, Protection.READ_EXECUTE);
      try (Kprobes kprobes = Kprobes.builder(target.text()).trustBoundaries().build()) {
        assertThat(refusal(kprobes, T32.at(PAGE + PAGE_BYTES - 2))).isEqualTo("TRUNCATED");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_address_in_no_known_function(ArmSet set) {
    ArmSnippet snippet = ArmSnippet.of(set, "mov r0, r0\nbx lr");
    try (ArmMachine machine = new ArmMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      assertThat(refusal(kprobes, snippet.at(ArmSnippet.BASE + 0x100)))
          .isEqualTo("OUTSIDE_KNOWN_CODE");
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_address_in_a_literal_pool(ArmSet set) {
    // The literal is the encoding of "mov r0, r0", of either set.
    int nop = set == ArmSet.A32 ? 0xE1A00000 : 0x46004600;
    ArmSnippet snippet =
        ArmSnippet.of(set, "ldr r0, literal\nbx lr\n.balign 4\nliteral: .word 0x%x".formatted(nop));
    try (ArmMachine machine = new ArmMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      assertThat(refusal(kprobes, snippet.at("literal"))).isEqualTo("NOT_A_BOUNDARY");
    }
  }

  @Test
  void the_second_half_of_a_wide_instruction() {
    ArmSnippet snippet = ArmSnippet.of(ArmSet.T32, "add.w r0, r0, r1\nbx lr");
    try (ArmMachine machine = new ArmMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      assertThat(refusal(kprobes, T32.at(ArmSnippet.BASE + 2))).isEqualTo("NOT_A_BOUNDARY");
    }
  }

  @Test
  void a_wide_instruction_of_an_it_block_that_no_store_reaches() {
    ArmSnippet snippet =
        ArmSnippet.of(ArmSet.T32, "nop\nnop\nit eq\nprobed: addeq.w r0, r0, r1\nbx lr");
    try (ArmMachine machine = new ArmMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      assertThat(snippet.at("probed").value() % 8).isEqualTo(6);
      assertThat(refusal(kprobes, snippet.at("probed"))).isEqualTo("ARM_STRADDLES_STORES");
    }
  }

  /** The halfword in front is the second half of a branch, or an IT: nobody says which. */
  @Test
  void a_vector_literal_of_which_the_it_block_is_not_known() {
    try (EmulatedTarget target = EmulatedTarget.of(new A32())) {
      target.map(PAGE, bytes("fff708bf9fed000b00bf00bf00000000"), Protection.READ_EXECUTE);
      try (Kprobes kprobes = Kprobes.builder(target.text()).trustBoundaries().build()) {
        assertThat(refusal(kprobes, T32.at(PAGE + 4))).isEqualTo("ARM_IT_BLOCK_UNKNOWN");
      }
    }
  }

  @Test
  void a_slot_or_the_gate_is_not_probed() {
    ArmSnippet snippet = ArmSnippet.of(ArmSet.A32, "add r0, r0, r1\nbx lr");
    try (ArmMachine machine = new ArmMachine(snippet);
        Kprobes kprobes = machine.registry().trustBoundaries().build()) {
      kprobes.register(Kprobe.at(snippet.at("start")).onHit(r -> {}).build());
      long slot = 0;
      for (long page = 0x100_0000; slot == 0 && page < 0xFFFF_F000L; page += PAGE_BYTES) {
        slot = machine.target.isSlot(page) ? page : 0;
      }
      assertThat(refusal(kprobes, A32.at(slot))).isEqualTo("OWN_CODE");
      assertThat(refusal(kprobes, A32.at(machine.target.gate()))).isEqualTo("OWN_CODE");
    }
  }

  @ParameterizedTest
  @EnumSource
  void without_memory_for_slots_nothing_is_probed(ArmSet set) {
    ArmSnippet snippet = ArmSnippet.of(set, "adds r0, r0, r2\nbx lr");
    try (ArmMachine machine = new ArmMachine(snippet);
        Kprobes kprobes =
            machine
                .registry(
                    new ForwardingText(machine.target.text()) {
                      @Override
                      public OptionalLong allocate(int bytes, AddressRange within) {
                        return OptionalLong.empty();
                      }
                    })
                .build()) {
      assertThat(refusal(kprobes, snippet.at("start"))).isEqualTo("NO_MEMORY_IN_REACH");
    }
  }

  /** Nothing wraps: the last word has no window of two, and its copy jumps nowhere behind it. */
  @ParameterizedTest
  @CsvSource({"A32, 0xfffffffc, 0000a0e1", "T32, 0xfffffffe, 0846", "A32, 0xfffffffc, 1eff2fe1"})
  void the_last_instruction_of_the_address_space(ArmSet set, long address, String hex) {
    try (EmulatedTarget target = EmulatedTarget.of(new A32())) {
      byte[] page = new byte[PAGE_BYTES];
      byte[] code = bytes(hex);
      System.arraycopy(code, 0, page, PAGE_BYTES - code.length, code.length);
      target.map(0xFFFF_F000L, page, Protection.READ_EXECUTE);
      CodeAddress last = new CodeAddress(address, set.instructionSet());
      try (Kprobes kprobes =
          Kprobes.builder(target.text()).gate(target.gate()).trustBoundaries().build()) {
        assertThat(kprobes.explain(last).instruction().address()).isEqualTo(last);
      }
      assertThat(target.readBytes(0xFFFF_F000L, PAGE_BYTES)).isEqualTo(page);
      assertThat(target.liveAllocations()).isZero();
    }
  }

  @Test
  void an_address_beyond_the_address_space_is_no_address() {
    assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> A32.at(0x1_0000_0000L)))
        .isNotNull();
    assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> T32.at(-2))).isNotNull();
  }
}
