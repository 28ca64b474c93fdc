package io.github.optprobe.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.x86.emit.CodeBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What GNU objdump reads in the code, where there is one. */
class DisassemblyTest {
  @TempDir private Path directory;

  @BeforeEach
  void it_runs_here() {
    NativeCode.assumeItRunsHere();
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/objdump")), "objdump is installed");
  }

  private List<String> disassembly(MachineHandler... handlers) throws Exception {
    CodeBuffer buffer = new CodeBuffer(0);
    new MachineCompiler().emit(buffer, 0x1234, List.of(handlers), java -> java.code(0x90));
    Path file = Files.write(directory.resolve("code"), buffer.toBytes());
    return objdump(file)
        .lines()
        .filter(line -> line.matches("\\s+[0-9a-f]+:\t.*"))
        .map(line -> line.substring(line.indexOf('\t') + 1).strip().replaceAll("\\s+", " "))
        .toList();
  }

  private static String objdump(Path file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "/usr/bin/objdump",
                "-D",
                "-b",
                "binary",
                "-m",
                "i386:x86-64",
                "-Mintel",
                "--no-show-raw-insn",
                file.toString())
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return text;
  }

  @Test
  void a_counter() throws Exception {
    assertThat(disassembly(Counter.create()))
        .filteredOn(line -> line.startsWith("movabs"))
        .singleElement()
        .asString()
        .startsWith("movabs rdx,0x");
    assertThat(disassembly(Counter.create()))
        .filteredOn(line -> !line.startsWith("movabs"))
        .containsExactly(
            "lea rsp,[rsp-0xa8]",
            "mov QWORD PTR [rsp],rax",
            "mov QWORD PTR [rsp+0x8],rcx",
            "mov QWORD PTR [rsp+0x10],rdx",
            "lahf",
            "seto al",
            "imul ecx,DWORD PTR fs:0x0,0x9e3779b1",
            "shr ecx,0x17",
            "and ecx,0x1c0",
            "lock inc QWORD PTR [rdx+rcx*1]",
            "add al,0x7f",
            "sahf",
            "mov rax,QWORD PTR [rsp]",
            "mov rcx,QWORD PTR [rsp+0x8]",
            "mov rdx,QWORD PTR [rsp+0x10]",
            "lea rsp,[rsp+0xa8]");
  }

  @Test
  void operands_and_constants() throws Exception {
    Condition condition =
        Condition.equalTo(Operand.register("r12"), 5)
            .and(
                Condition.below(Operand.memory("r13", 0, 1), -5),
                Condition.above(Operand.memory("rcx", 0x1000, 2), 1L << 40),
                Condition.bitsSet(Operand.register("rsp"), 0x80000000L),
                Condition.lessThan(Operand.memory("rip", -4, 4), 0),
                Condition.greaterThan(Operand.register("rflags"), 1));
    assertThat(disassembly(Filtered.when(condition, Counter.create())))
        .containsSubsequence(
            "pushf",
            "pop QWORD PTR [rsp+0x20]",
            "mov rcx,r12",
            "mov edx,0x5",
            "cmp rcx,rdx",
            "mov rcx,r13",
            "movzx ecx,BYTE PTR [rcx]",
            "mov rdx,0xfffffffffffffffb",
            "cmp rcx,rdx",
            "mov rcx,QWORD PTR [rsp+0x8]",
            "movzx ecx,WORD PTR [rcx+0x1000]",
            "movabs rdx,0x10000000000",
            "lea rcx,[rsp+0xa8]",
            "mov edx,0x80000000",
            "and rcx,rdx",
            "movabs rcx,0x1234",
            "mov ecx,DWORD PTR [rcx-0x4]",
            "mov rcx,QWORD PTR [rsp+0x20]");
  }

  @Test
  void a_recorder() throws Exception {
    assertThat(disassembly(Recorder.of(100, Operand.register("rax"))))
        .containsSubsequence(
            "imul ecx,DWORD PTR fs:0x0,0x9e3779b1",
            "shr ecx,0x1d",
            "imul rcx,rcx,0x10c0",
            "add rdx,rcx",
            "mov rax,QWORD PTR [rdx]",
            "mov rsi,rax",
            "sub rsi,QWORD PTR [rdx+0x40]",
            "cmp rsi,0x80",
            "lea rsi,[rax+0x1]",
            "lock cmpxchg QWORD PTR [rdx],rsi",
            "and eax,0x7f",
            "imul rax,rax,0x20",
            "lea rcx,[rdx+rax*1+0xc0]",
            "mov rax,QWORD PTR fs:0x0",
            "mov QWORD PTR [rcx+0x8],rax",
            "rdtsc",
            "shl rdx,0x20",
            "or rax,rdx",
            "mov QWORD PTR [rcx+0x10],rax",
            "mov rax,QWORD PTR [rsp]",
            "mov QWORD PTR [rcx+0x18],rax",
            "mov QWORD PTR [rcx],rsi");
  }

  /** Where it is not there, the program faults before anyone waits for its sample. */
  @Test
  void a_recorder_reads_memory_before_it_reserves() throws Exception {
    assertThat(disassembly(Recorder.of(8, Operand.memory("r8", 16, 8))))
        .containsSubsequence(
            "mov rcx,r8",
            "mov rcx,QWORD PTR [rcx+0x10]",
            "lock cmpxchg QWORD PTR [rdx],rsi",
            "mov rax,r8",
            "mov rax,QWORD PTR [rax+0x10]",
            "mov QWORD PTR [rcx+0x18],rax");
  }
}
