package io.github.optprobe.testkit.emulator;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.List;

/** Has a name and registers, which is all that a target asks for, and can do nothing. */
public class NamesOnlyArchitecture extends Architecture {
  private final String name;
  private final int addressBits;
  private final RegisterFile registers;

  /** One of that name. */
  protected NamesOnlyArchitecture(String name, int addressBits, RegisterFile registers) {
    this.name = name;
    this.addressBits = addressBits;
    this.registers = registers;
  }

  /** x86-64. */
  public static NamesOnlyArchitecture x86() {
    List<String> names =
        new ArrayList<>(List.of("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"));
    for (int i = 8; i < 16; i++) {
      names.add("r" + i);
    }
    names.addAll(List.of("rip", "rflags"));
    return new NamesOnlyArchitecture("x86-64", 64, new RegisterFile(names, "rip", "rsp"));
  }

  /** x86-32. */
  public static NamesOnlyArchitecture x86of32Bits() {
    List<String> names =
        List.of("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags");
    return new NamesOnlyArchitecture("x86-32", 32, new RegisterFile(names, "eip", "esp"));
  }

  /** 32-bit ARM: A32, and T32 by interworking. */
  public static NamesOnlyArchitecture a32() {
    return arm("a32");
  }

  /** 32-bit ARM: T32, and A32 by interworking. */
  public static NamesOnlyArchitecture t32() {
    return arm("t32");
  }

  private static NamesOnlyArchitecture arm(String name) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i <= 12; i++) {
      names.add("r" + i);
    }
    names.addAll(List.of("sp", "lr", "pc", "cpsr"));
    return new NamesOnlyArchitecture(name, 32, new RegisterFile(names, "pc", "sp"));
  }

  /** One of which the emulator has never heard. */
  public static NamesOnlyArchitecture unknown() {
    return new NamesOnlyArchitecture("pdp-11", 64, x86().registers);
  }

  @Override
  public InstructionSet instructionSet() {
    return new InstructionSet(name, addressBits, 1);
  }

  @Override
  public RegisterFile registers() {
    return registers;
  }

  @Override
  public byte[] breakpoint() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isBreakpoint(TextReader text, long address) {
    return false;
  }

  @Override
  public int maxInstructionBytes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int maxWindowBytes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<InstructionText> disassemble(TextReader text, AddressRange range) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CodeScan scan(TextReader original, AddressRange range) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PreparedProbe prepare(Preparation preparation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void arm(List<PreparedProbe> probes, TextMemory text) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void disarm(List<PreparedProbe> probes, TextMemory text) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean stepped(PreparedProbe probe, Registers live) {
    throw new UnsupportedOperationException();
  }

  @Override
  public WindowPlan planWindow(Preparation preparation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, Gate gate) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void optimize(List<PreparedDetour> detours, TextMemory text) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void unoptimize(List<PreparedDetour> detours, TextMemory text) {
    throw new UnsupportedOperationException();
  }

  @Override
  public GateFrame newGateFrame(DataMemory memory) {
    throw new UnsupportedOperationException();
  }
}
