package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Explanation.Verdict;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Landings;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.WindowPolicy;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What knowing, or believing, how a function is entered and left does to its windows. */
class KnownEntriesTest {
  private static final long BASE = 0x40_0000;
  private static final long GATE = 0x50_0000;

  /** ret; mov rdi, rax; pop rbx; pop rbp; ret. */
  private static final String BEHIND_A_RETURN = "c34889c75b5dc3";

  /** push rbx; mov rbx, rdi; mov rax, [rdi]; pop rbx; jmp [rax+16]; two nops. */
  private static final String TAIL_CALL = "534889fb488b075bff60109090";

  /** push rbx; mov rbx, rdi; mov rax, [rdi]; jmp [rax+16]. */
  private static final String COMPUTED = "534889fb488b07ff6010";

  @Test
  void code_behind_a_return_is_overwritten_where_all_entries_are_known() {
    assertThat(code(BEHIND_A_RETURN, 0, Landings.unknown())).isEqualTo("X86_BEHIND_TRANSFER");
    assertThat(code(BEHIND_A_RETURN, 0, Landings.none())).isEmpty();
    assertThat(code(BEHIND_A_RETURN, 0, Landings.at(List.of(BASE + 1))))
        .isEqualTo("LANDING_IN_WINDOW");
  }

  @Test
  void a_tail_call_is_believed_to_leave_if_that_is_wanted() {
    assertThat(code(TAIL_CALL, 1, WindowPolicy.CONSERVATIVE)).isEqualTo("INDIRECT_JUMP");
    assertThat(code(TAIL_CALL, 1, WindowPolicy.RELAXED)).isEmpty();
  }

  @Test
  void with_something_on_the_stack_it_is_believed_of_the_entry_only() {
    assertThat(code(COMPUTED, 1, WindowPolicy.RELAXED)).isEqualTo("INDIRECT_JUMP");
    assertThat(code(COMPUTED, 0, WindowPolicy.RELAXED)).isEmpty();
    assertThat(code(COMPUTED, 0, WindowPolicy.CONSERVATIVE)).isEqualTo("INDIRECT_JUMP");
  }

  /** lea rax, [rip+2]; jmp rax; and what it leads to: mov eax, 1; ret. */
  @Test
  void a_proven_jump_into_its_own_window_is_no_branch_that_relocation_mends() {
    String code = "488d0502000000ffe0b801000000c3";

    assertThat(code(code, 7, Landings.none())).isEqualTo("BRANCH_INTO_WINDOW");
    assertThat(code(code, 9, Landings.none())).isEmpty();
  }

  /** The second part branches through a register it knows nothing of; it belongs to the first. */
  @Test
  void indirect_jumps_of_other_parts_of_the_function_count() {
    byte[] bytes = HexFormat.of().parseHex("534889fb488b075bc3" + "ffe0");
    AddressRange other = AddressRange.ofLength(BASE + 9, 2);
    CodeMap map =
        CodeMap.of(
            new CodeMap.Function(
                "f", AddressRange.ofLength(BASE, 9), List.of(other), Landings.none()),
            new CodeMap.Function("f.cold", other, List.of(), Landings.at(List.of(BASE + 9))));

    assertThat(code(bytes, BASE, map, WindowPolicy.CONSERVATIVE)).isEqualTo("INDIRECT_JUMP");
    assertThat(code(bytes, BASE + 1, map, WindowPolicy.RELAXED)).isEqualTo("INDIRECT_JUMP");
  }

  private static String code(String hex, int offset, Landings landings) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    AddressRange body = AddressRange.ofLength(BASE, bytes.length);
    CodeMap map = CodeMap.of(new CodeMap.Function("f", body, List.of(), landings));
    return code(bytes, BASE + offset, map, WindowPolicy.CONSERVATIVE);
  }

  private static String code(String hex, int offset, WindowPolicy policy) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    AddressRange body = AddressRange.ofLength(BASE, bytes.length);
    CodeMap map = CodeMap.of(new CodeMap.Function("f", body));
    return code(bytes, BASE + offset, map, policy);
  }

  /** The code of the refusal of a jump at an address; empty if it is accepted. */
  private static String code(byte[] bytes, long address, CodeMap map, WindowPolicy policy) {
    try (Kprobes kprobes =
        Kprobes.builder(ByteArrayText.at(BASE, bytes))
            .architecture(new X86_64())
            .codeMap(map)
            .windowPolicy(policy)
            .gate(GATE)
            .build()) {
      Verdict verdict = kprobes.explain(X86_64.at(address)).verdict(Tier.OPTIMIZED);
      return verdict.refusal().map(Refusal::code).orElse("");
    }
  }
}
