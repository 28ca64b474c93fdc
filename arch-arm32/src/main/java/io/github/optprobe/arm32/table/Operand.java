package io.github.optprobe.arm32.table;

import org.jspecify.annotations.Nullable;

/**
 * What an instruction does with the register, or the registers, that one of its fields names.
 *
 * @param field holds the register's number, or a bit for each register of a list
 * @param access what is done
 * @param allowsSp whether SP may stand there
 * @param pcTreatment the treatment when PC stands there, or null when it may not
 */
public record Operand(
    BitField field, Access access, boolean allowsSp, @Nullable Treatment pcTreatment) {
  /** What is done with a register. */
  public enum Access {
    /** Read. */
    READ("r", true, false),
    /** Written. */
    WRITE("w", false, true),
    /** Read, then written. */
    READ_WRITE("x", true, true),
    /** An even register and the one behind it, both read. */
    READ_PAIR("r2", true, false),
    /** An even register and the one behind it, both written. */
    WRITE_PAIR("w2", false, true),
    /** The registers of a list, read. */
    READ_LIST("rl", true, false),
    /** The registers of a list, written. */
    WRITE_LIST("wl", false, true),
    /** Base of an address; written back as the fields P and W tell, or not at all without them. */
    BASE("b", true, false),
    /** Base of an address, always written back. */
    BASE_WRITTEN("b!", true, false),
    /** Base of a T16 LDM: written back unless it is in the list. */
    BASE_OF_LIST("bl", true, false),
    /** Base of an element load or store: field m tells of write-back and index. */
    VECTOR_BASE("v", true, false);

    private final String code;
    private final boolean reads;
    private final boolean writes;

    Access(String code, boolean reads, boolean writes) {
      this.code = code;
      this.reads = reads;
      this.writes = writes;
    }

    boolean reads() {
      return reads;
    }

    /** Whether it writes, write-back apart. */
    boolean writes() {
      return writes;
    }

    boolean isBase() {
      return this == BASE || this == BASE_WRITTEN || this == BASE_OF_LIST || this == VECTOR_BASE;
    }

    boolean isPair() {
      return this == READ_PAIR || this == WRITE_PAIR;
    }

    boolean isList() {
      return this == READ_LIST || this == WRITE_LIST;
    }

    static Access ofCode(String code) {
      for (Access access : values()) {
        if (access.code.equals(code)) {
          return access;
        }
      }
      throw new IllegalArgumentException("no access: " + code);
    }
  }

  /** The registers that this operand names in an encoding, bit n for register n; unchecked. */
  int registers(int encoding) {
    if (access.isList()) {
      return encoding & field.mask();
    }
    return (access.isPair() ? 3 : 1) << field.of(encoding);
  }
}
