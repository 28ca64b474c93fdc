package io.github.optprobe.x86;

/**
 * At which privilege the text of an x86 architecture runs. It decides what probed instructions do
 * to the flags, and which instructions can be probed at all. Source: Intel SDM volume 2, CLI, STI,
 * POPF.
 */
public enum Privilege {
  /**
   * A program under an operating system (CPL 3): {@code popf} leaves the I/O privilege level alone,
   * and the interrupt flag too unless the I/O privilege level is 3; {@code cli} and {@code sti} are
   * refused.
   */
  USER,
  /**
   * A kernel, or a machine without one (CPL 0): {@code popf} changes interrupt flag and I/O
   * privilege level; {@code cli} and {@code sti} can be probed. After a probed {@code sti},
   * interrupts may come one instruction earlier than the processor would let them.
   */
  KERNEL
}
