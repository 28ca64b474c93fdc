package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.TableRow;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The address of a load or store, as the encoding gives it.
 *
 * @param base the register that it counts from; PC means the aligned one in T32
 * @param offset what is added, bytes
 * @param index the register that is added, or {@link #NONE}
 * @param shift how far the index is shifted left, or {@link #NONE} if it is something else
 * @param bytes how many are accessed
 * @param change what is added to the base register by the way: 0 for nothing, or {@link #UNKNOWN}
 */
record Access(int base, long offset, int index, int shift, int bytes, long change) {
  static final int NONE = -1;
  static final long UNKNOWN = Long.MIN_VALUE;

  private static final Set<String> LISTS = Set.of("LDM", "POP", "STM", "PUSH", "VLDM", "VSTM");
  private static final int WORD = 4;
  private static final int UP = 1 << 23;
  private static final int DOUBLE = 1 << 8;

  /** The access of an instruction, or null if it has none, or one that is of no interest here. */
  static @Nullable Access of(Instruction instruction) {
    TableRow row = instruction.verdict().row();
    if (row == null || instruction.verdict().isRefused()) {
      return null;
    }
    String name = row.name();
    if (name.startsWith("VLDR") || name.startsWith("VSTR")) {
      return vector(instruction);
    }
    if (LISTS.stream().anyMatch(name::startsWith)) {
      return list(instruction, row);
    }
    if (name.startsWith("VLD1") || name.startsWith("VST1")) {
      return elements(instruction);
    }
    boolean single = name.startsWith("LDR") || name.startsWith("STR");
    return single ? single(instruction, row) : null;
  }

  private static @Nullable Access single(Instruction instruction, TableRow row) {
    if (instruction.length() == Short.BYTES) {
      return narrow(instruction, row.name());
    }
    return instruction.set() == ArmSet.A32 ? a32(instruction, row) : t32(instruction, row);
  }

  private static Access vector(Instruction instruction) {
    int bytes = (instruction.encoding() & DOUBLE) == 0 ? WORD : 2 * WORD;
    return constant(instruction.field('n'), signed(instruction, scaled(instruction, WORD)), bytes);
  }

  /** VLD1 and its kin, which access a double at least. */
  private static Access elements(Instruction instruction) {
    long change = (instruction.encoding() & State.PC) == State.PC ? 0 : UNKNOWN;
    return new Access(instruction.field('n'), 0, NONE, NONE, 2 * WORD, change);
  }

  private static long signed(Instruction instruction, long offset) {
    return (instruction.encoding() & UP) == 0 ? -offset : offset;
  }

  private static long scaled(Instruction instruction, long by) {
    return instruction.field('i') * by;
  }

  private static Access constant(int base, long offset, int bytes) {
    return new Access(base, offset, NONE, NONE, bytes, 0);
  }

  private static int bytes(String name) {
    if (name.startsWith("LDRD") || name.startsWith("STRD")) {
      return 2 * WORD;
    } else if (name.startsWith("LDRB") || name.startsWith("LDRSB") || name.startsWith("STRB")) {
      return 1;
    } else if (name.startsWith("LDRH") || name.startsWith("LDRSH") || name.startsWith("STRH")) {
      return 2;
    }
    return WORD;
  }

  // A32.

  private static Access a32(Instruction instruction, TableRow row) {
    int base = instruction.field('n');
    int bytes = bytes(row.name());
    boolean before = instruction.field('P') == 1;
    boolean writes = !before || instruction.field('W') == 1;
    if (row.field('m').isPresent()) {
      boolean adds = instruction.field('U') == 1 && before;
      int shift = adds ? shift(instruction, row) : NONE;
      return new Access(base, 0, instruction.field('m'), shift, bytes, writes ? UNKNOWN : 0);
    }
    long offset = signed(instruction, instruction.field('i'));
    return new Access(base, before ? offset : 0, NONE, NONE, bytes, writes ? offset : 0);
  }

  private static int shift(Instruction instruction, TableRow row) {
    if (row.field('k').isEmpty()) {
      return 0;
    }
    return instruction.field('k') == 0 ? instruction.field('i') : NONE;
  }

  // T32.

  private static @Nullable Access t32(Instruction instruction, TableRow row) {
    String name = row.name();
    int bytes = bytes(name);
    if (row.field('n').isEmpty()) {
      return constant(State.PC, signed(instruction, instruction.field('i')), bytes);
    }
    int base = instruction.field('n');
    if (row.field('m').isPresent()) {
      return new Access(base, 0, instruction.field('m'), instruction.field('i'), bytes, 0);
    }
    if (row.field('P').isEmpty()) {
      int offset = instruction.field('i');
      return constant(base, name.endsWith("(negative offset)") ? -offset : offset, bytes);
    }
    boolean twice = bytes == 2 * WORD;
    long offset = signedByField(instruction, scaled(instruction, twice ? WORD : 1));
    boolean before = instruction.field('P') == 1;
    boolean writes = !twice || instruction.field('W') == 1;
    return new Access(base, before ? offset : 0, NONE, NONE, bytes, writes ? offset : 0);
  }

  private static long signedByField(Instruction instruction, long offset) {
    return instruction.field('U') == 0 ? -offset : offset;
  }

  private static @Nullable Access narrow(Instruction instruction, String name) {
    int encoding = instruction.encoding();
    return switch (name) {
      case "LDR (literal)" -> constant(State.PC, scaled(instruction, WORD), WORD);
      case "LDR (stack)", "STR (stack)" -> constant(State.SP, scaled(instruction, WORD), WORD);
      case "LDR, LDRB (immediate)", "STR, STRB (immediate)" -> {
        int bytes = (encoding & 1 << 12) == 0 ? WORD : 1;
        yield constant(instruction.field('n'), scaled(instruction, bytes), bytes);
      }
      case "LDRH (immediate)", "STRH (immediate)" ->
          constant(instruction.field('n'), scaled(instruction, 2), 2);
      case "LDR, LDRH, LDRB, LDRSH (register)" -> {
        int bytes = (encoding & 7 << 9) == 4 << 9 ? WORD : 1;
        yield new Access(instruction.field('n'), 0, instruction.field('m'), 0, bytes, 0);
      }
      default -> null;
    };
  }

  // Lists.

  private static Access list(Instruction instruction, TableRow row) {
    int base = row.field('n').isPresent() ? instruction.field('n') : State.SP;
    int bytes = WORD * words(instruction, row);
    boolean down = isDown(instruction, row);
    int first = row.field('P').isPresent() ? firstOfList(instruction, bytes) : down ? -bytes : 0;
    boolean writes = writesBack(instruction, row, base);
    return new Access(base, first, NONE, NONE, bytes, !writes ? 0 : down ? -bytes : bytes);
  }

  /** What is loaded into its base register is not written back. */
  private static boolean writesBack(Instruction instruction, TableRow row, int base) {
    boolean loads = row.name().startsWith("LDM") || row.name().startsWith("POP");
    boolean written = (instruction.verdict().registersWritten() >>> base & 1) != 0;
    return written && !(loads && (listed(instruction, row) >>> base & 1) != 0);
  }

  private static int listed(Instruction instruction, TableRow row) {
    return row.field('l').map(each -> instruction.encoding() & each.mask()).orElse(0);
  }

  /** Decrement or increment, before or after. */
  private static int firstOfList(Instruction instruction, int bytes) {
    boolean before = instruction.field('P') == 1;
    if (instruction.field('U') == 1) {
      return before ? WORD : 0;
    }
    return before ? -bytes : WORD - bytes;
  }

  private static int words(Instruction instruction, TableRow row) {
    if (row.field('v').isPresent()) {
      return instruction.field('i');
    }
    boolean more = row.name().endsWith("(with LR)") || row.name().endsWith("(with PC)");
    return Integer.bitCount(listed(instruction, row)) + (more ? 1 : 0);
  }

  private static boolean isDown(Instruction instruction, TableRow row) {
    if (row.field('U').isPresent()) {
      return instruction.field('U') == 0;
    }
    String name = row.name();
    return name.startsWith("PUSH") || name.contains("DB") || name.contains("decrement");
  }
}
