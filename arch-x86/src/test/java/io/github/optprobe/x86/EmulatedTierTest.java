package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Explanation;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.emulator.GuestFaultException;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Emulated instructions as users meet them. Bytes are GNU as's. */
class EmulatedTierTest {
  private static final long PAGE = 0x50_0000;
  private static final Set<Tier> ALL_TRAPS =
      EnumSet.of(Tier.SINGLE_STEP, Tier.BOOSTED, Tier.EMULATED);

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "eb00,       jmp",
    "e900000000, jmp rel32",
    "7500,       jnz",
    "e2fe,       loop",
    "67e300,     jecxz",
    "e800000000, call",
    "ffd0,       call rax",
    "ff10,       call [rax]",
    "ffe0,       jmp rax",
    "ff2500000000, jmp [rip]",
    "c3,         ret",
    "c20800,     ret 8",
    "9c,         pushfq",
    "669c,       pushfw",
    "f3a4,       rep movsb",
    "f2ae,       repne scasb",
    "67aa,       stosb with 32-bit addresses",
  })
  void what_can_be_copied_too_has_every_breakpoint_tier(String hex, String what) {
    assertThat(trapTiers(new X86_64(), hex)).as(what).isEqualTo(ALL_TRAPS);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "64ff20,     jmp fs:[rax]: the base of FS is not known",
    "65ff5008,   call gs:[rax+8]",
    "64a4,       movsb from FS",
    "67f3a4,     rep movsb with 32-bit addresses: processors differ",
    "f2a4,       repne movsb: means nothing",
    "f3f2a6,     repne and repe",
    "66ffe0,     jmp with 66",
    "66c3,       ret with 66",
    "4889c8,     mov",
    "c5f8c2c000, vcmpps (C2: ret)",
    "c5f9fbc0,   vpsubq (FB: sti)",
    "62f17f486fc0, vmovdqu8",
  })
  void what_is_not_clear_is_left_to_the_processor(String hex, String what) {
    assertThat(trapTiers(new X86_64(), hex)).as(what).doesNotContain(Tier.EMULATED);
  }

  @ParameterizedTest(name = "{2}")
  @CsvSource({
    "USER,   9d,           popfq,  X86_PRIVILEGED",
    "USER,   669d,         popfw,  X86_PRIVILEGED",
    "USER,   c7f800000000, xbegin, X86_TRANSACTION",
    "KERNEL, fa,           cli,    X86_PRIVILEGED",
    "KERNEL, fb,           sti,    X86_PRIVILEGED",
    "KERNEL, 9d,           popfq,  X86_PRIVILEGED",
  })
  void what_can_not_be_copied_is_emulated_or_nothing(
      Privilege privilege, String hex, String what, String windowCode) {
    X86_64 architecture = new X86_64(privilege);

    assertThat(trapTiers(architecture, hex)).as(what).containsExactly(Tier.EMULATED);
    Explanation explanation = explain(architecture, hex + "90909090c3");
    assertThat(explanation.isProbeable()).isTrue();
    assertThat(explanation.verdict(Tier.OPTIMIZED).refusal().orElseThrow().code())
        .isEqualTo(windowCode);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({"fa, cli", "fb, sti"})
  void user_text_has_no_interrupt_flag(String hex, String what) {
    Explanation explanation = explain(new X86_64(), hex);

    assertThat(explanation.isProbeable()).as(what).isFalse();
    assertThat(explanation.verdict(Tier.EMULATED).refusal().orElseThrow().code())
        .isEqualTo("X86_PRIVILEGED");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "cmp and jg,   4839f77f05b801000000c3, 3, a",
    "loop,         e20490909090c3,         0, 6",
    "call,         e800000000c3,           0, 5",
    "jmp,          eb0290909090c3,         0, 4",
    "popf of pushf, 9c9d909090c3,          1, 2",
    "pushf,        9c9d909090c3,           0, 1",
    "jrcxz,        e30190909090c3,         0, 2",
    "string,       aa909090c3,             0, 1",
    "strings,      f3aa909090c3,           0, 2",
  })
  void a_post_handler_costs_one_trap_and_sees_what_the_instruction_did(
      String name, String hex, int offset, String after) {
    Snippet snippet = new Snippet(name, name, hex);
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<Long> seen = new ArrayList<>();
      ProbeHandle handle =
          kprobes.register(
              Kprobe.at(X86_64.at(Snippet.BASE + offset))
                  .postHandler((kprobe, r) -> seen.add(r.programCounter()))
                  .build());
      long steps = machine.target.counts().steps();
      machine.target.registers().set("rcx", 5);
      machine.target.registers().set("rflags", 2);

      machine.target.run(Snippet.BASE, cpu, Snippet.DATA, 0);

      assertThat(handle.tier()).contains(Tier.EMULATED);
      long behind = Snippet.BASE + Integer.parseInt(after, 16);
      assertThat(seen.get(0)).isEqualTo(behind);
      assertThat(machine.target.counts().steps()).isEqualTo(steps);
    }
  }

  @Test
  void post_handlers_of_a_call_see_its_return_address_and_of_ret_n_its_dropped_arguments() {
    // push rdi; call 1f; ret; 1: ret 8
    Snippet snippet = new Snippet("callee_pops", "", "57e801000000c3c20800");
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<String> seen = new ArrayList<>();
      post(kprobes, Snippet.BASE + 1, r -> seen.add("call " + top(machine, r)));
      post(kprobes, Snippet.BASE + 7, r -> seen.add("ret " + Long.toHexString(r.programCounter())));
      long stack = machine.target.registers().stackPointer();

      machine.target.run(Snippet.BASE, cpu, 1);

      assertThat(seen).containsExactly("call 400006", "ret 400006");
      assertThat(machine.target.registers().stackPointer()).isEqualTo(stack);
    }
  }

  @Test
  void a_transaction_aborts_at_once() {
    // xbegin 1f; mov eax, 99; ret; 1: lea rax, [rax+rdi]; ret
    Snippet snippet = new Snippet("xbegin", "", "c7f806000000b863000000c3488d0438c3");
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      ProbeHandle handle =
          kprobes.register(Kprobe.at(X86_64.at(Snippet.BASE)).onHit(r -> {}).build());
      kprobes.runOptimizer();

      machine.target.registers().set("rax", -1);
      assertThat(machine.target.run(Snippet.BASE, cpu, 5)).isEqualTo(5);
      assertThat(handle.hits()).isEqualTo(1);
      assertThat(handle.tier()).contains(Tier.EMULATED);
    }
  }

  /** The image that popf finds is one that it made: what user code may change, and no more. */
  @Test
  void popf_changes_what_a_user_may_change() {
    // push rdi; popfq; pushfq; pop rax; ret
    Snippet snippet = new Snippet("popf", "", "579d9c58c3");
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      kprobes.register(Kprobe.at(X86_64.at(Snippet.BASE + 1)).onHit(r -> {}).build());
      kprobes.register(
          Kprobe.at(X86_64.at(Snippet.BASE + 2)).postHandler((kprobe, r) -> {}).build());

      machine.target.registers().set("rflags", 0x202);
      long result = machine.target.run(Snippet.BASE, cpu, 0xFFFF_FFFF_FFFF_FAFFL);

      // Without the trap flag 0x100; as a Linux user on an AMD processor finds it.
      assertThat(result).isEqualTo(0x24_4AD7 | 0x200);
    }
  }

  @Test
  void a_fault_reaches_the_handler_at_the_instruction_and_it_may_run_again() {
    // jmp [rdi]; nop; 1: mov eax, 7; ret
    Snippet snippet = new Snippet("jmp_through_page", "", "ff2790b807000000c3");
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<Long> faults = new ArrayList<>();
      ProbeHandle handle =
          kprobes.register(
              Kprobe.at(X86_64.at(Snippet.BASE))
                  .postHandler((kprobe, r) -> {})
                  .faultHandler(
                      (kprobe, r) -> {
                        faults.add(r.programCounter());
                        machine.target.map(
                            AddressRange.ofLength(PAGE, 0x1000), Protection.READ_WRITE);
                        machine.target.data().store(PAGE, 8, Snippet.BASE + 3);
                        return FaultOutcome.HANDLED;
                      })
                  .build());

      assertThat(machine.target.run(Snippet.BASE, cpu, PAGE)).isEqualTo(7);
      assertThat(faults).containsExactly(Snippet.BASE);
      assertThat(handle.hits()).isEqualTo(2);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"call [rdi], ff17c3", "movsb, a4c3", "jmp [rdi+8], ff6708c3", "rep stosb, f3aac3"})
  void a_fault_that_nobody_handles_is_the_guests_with_registers_unchanged(String what, String hex) {
    Snippet snippet = new Snippet(what, what, hex);
    try (SnippetMachine machine = new SnippetMachine(snippet);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      List<Long> before = new ArrayList<>();
      ProbeHandle handle =
          kprobes.register(
              Kprobe.at(X86_64.at(Snippet.BASE))
                  .onHit(r -> before.addAll(all(r)))
                  .postHandler((kprobe, r) -> before.clear())
                  .build());
      machine.target.registers().set("rcx", 3);

      assertThatExceptionOfType(GuestFaultException.class)
          .isThrownBy(() -> machine.target.run(Snippet.BASE, cpu, PAGE, PAGE))
          .satisfies(fault -> assertThat(fault.pc()).isEqualTo(Snippet.BASE))
          .satisfies(
              fault -> assertThat(fault.kind()).isEqualTo(GuestFaultException.Kind.UNMAPPED));
      assertThat(handle.tier()).contains(Tier.EMULATED);
      assertThat(all(machine.target.registers())).isEqualTo(before);
    }
  }

  private static void post(Kprobes kprobes, long address, Consumer<Registers> handler) {
    ProbeHandle handle =
        kprobes.register(
            Kprobe.at(X86_64.at(address)).postHandler((kprobe, r) -> handler.accept(r)).build());
    assertThat(handle.tier()).contains(Tier.EMULATED);
  }

  private static String top(SnippetMachine machine, Registers registers) {
    return Long.toHexString(machine.target.data().load(registers.stackPointer(), 8));
  }

  private static List<Long> all(Registers registers) {
    List<Long> values = new ArrayList<>();
    for (int i = 0; i < registers.file().size(); i++) {
      values.add(registers.get(i));
    }
    return values;
  }

  private static Set<Tier> trapTiers(X86_64 architecture, String hex) {
    Explanation explanation = explain(architecture, hex);
    return Stream.of(Tier.values())
        .filter(tier -> tier != Tier.OPTIMIZED && explanation.verdict(tier).isAccepted())
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Tier.class)));
  }

  private static Explanation explain(X86_64 architecture, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    ByteArrayText text = ByteArrayText.at(Snippet.BASE, bytes);
    AddressRange body = AddressRange.ofLength(Snippet.BASE, bytes.length);
    try (Kprobes kprobes =
        Kprobes.builder(text)
            .architecture(architecture)
            .codeMap(CodeMap.of(new CodeMap.Function("f", body)))
            .gate(0x10_0000)
            .build()) {
      Explanation explanation = kprobes.explain(X86_64.at(Snippet.BASE));
      assertThat(kprobes.liveSlots()).isZero();
      return explanation;
    }
  }
}
