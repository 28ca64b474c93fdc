package io.github.optprobe.arm32.forms;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.text.TextReader;

/** Code that the bench executes: the instruction that is probed, and maybe some behind it. */
interface Specimen {
  ArmSet set();

  /** Where the probed instruction stands, in the text of the bench. */
  long address();

  /** The bytes that are executed. */
  int length();

  /** The state in which the probed instruction finds its IT block. */
  ItState it();

  /** The probed instruction. */
  Instruction decoded();

  /** Whether it may load from far below the stack pointer. */
  boolean mayReadDeadStack();

  /** Where it faulted, of which the emulator may not be sure in an IT block. */
  long faultAddress(long programCounter);

  /** The scan of the function it is in. */
  CodeScan function();

  /** What is read when it is prepared. */
  TextReader original(Space space);

  /** Makes it the only code that there is. */
  void writeInto(Space space);

  default CodeAddress codeAddress() {
    return new CodeAddress(address(), set().instructionSet());
  }
}
