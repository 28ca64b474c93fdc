package io.github.optprobe.elf;

import net.fornwall.jelf.ElfSegment;

/**
 * A part of a library that a loader maps: a program header of type {@code PT_LOAD}. System V ABI,
 * Generic, 5 (Program Header). Immutable and thread-safe.
 */
public final class LoadedSegment {
  private final ElfSource source;
  private final ElfSegment segment;

  LoadedSegment(ElfSource source, ElfSegment segment) {
    this.source = source;
    this.segment = segment;
  }

  /** Its first address, before the library is moved to its base. Need not start a page. */
  public long address() {
    return segment.p_vaddr;
  }

  /** Where its content starts in the file, in bytes. */
  public long fileOffset() {
    return segment.p_offset;
  }

  /** How much memory it takes, in bytes, at least 1. What the file does not hold is zero. */
  public long memoryBytes() {
    return segment.p_memsz;
  }

  /** What the file holds of it, from its first address on: a copy, which may be empty. */
  public byte[] content() {
    return source.contentOf(segment);
  }

  /** Whether it is to be executable. */
  public boolean isExecutable() {
    return segment.isExecutable();
  }

  /** Whether it is to be writable. */
  public boolean isWritable() {
    return segment.isWriteable();
  }

  @Override
  public String toString() {
    return "LoadedSegment[0x%x, 0x%x bytes]".formatted(address(), memoryBytes());
  }
}
