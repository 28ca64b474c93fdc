package io.github.optprobe.live.machine;

import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.live.memory.Libc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Tells unwinders what the trampoline of return probes is: a frame of no size, whose return address
 * is in the {@link ReturnTable} at the place where the tracked call had its own. So exceptions go
 * through tracked calls, and backtraces see the real callers. Source: DWARF 5, 2.5 and 6.4; Linux
 * Standard Base, exception frames; {@code __register_frame} of libgcc.
 */
final class TrampolineFrame {
  private static final int DW_CFA_DEF_CFA = 0x0c;
  private static final int DW_CFA_EXPRESSION = 0x10;
  private static final int DW_CFA_VAL_EXPRESSION = 0x16;
  private static final int DW_OP_DEREF = 0x06;
  private static final int DW_OP_CONST4U = 0x0c;
  private static final int DW_OP_CONST8U = 0x0e;
  private static final int DW_OP_DUP = 0x12;
  private static final int DW_OP_DROP = 0x13;
  private static final int DW_OP_PICK = 0x15;
  private static final int DW_OP_AND = 0x1a;
  private static final int DW_OP_MINUS = 0x1c;
  private static final int DW_OP_PLUS = 0x22;
  private static final int DW_OP_SHL = 0x24;
  private static final int DW_OP_SHR = 0x25;
  private static final int DW_OP_BRA = 0x28;
  private static final int DW_OP_EQ = 0x29;
  private static final int DW_OP_SKIP = 0x2f;
  private static final int DW_OP_LIT0 = 0x30;
  private static final int DW_EH_PE_ABSPTR = 0x00;
  private static final int RSP = 7;

  /** No frame of a function is at such an odd distance from another. */
  private static final int APART = 1;

  private static final int RETURN_ADDRESS = 16;

  private final long trampoline;
  private final int bytes;
  private final ReturnTable table;

  private TrampolineFrame(long trampoline, int bytes, ReturnTable table) {
    this.trampoline = trampoline;
    this.bytes = bytes;
    this.table = table;
  }

  /**
   * Registers it with the process's unwinder, for as long as the process lives.
   *
   * @return whether there is an unwinder that takes it
   */
  static boolean register(long trampoline, int bytes, ReturnTable table) {
    long register = Libc.dlsym(0, "__register_frame");
    if (register == 0) {
      register = inUnwinder();
    }
    if (register == 0) {
      return false;
    }
    byte[] section = new TrampolineFrame(trampoline, bytes, table).section();
    DataBlock block = DataBlock.allocate(section.length);
    ByteBuffer words = ByteBuffer.wrap(section).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i + Long.BYTES <= section.length; i += Long.BYTES) {
      block.store(i, words.getLong(i));
    }
    Libc.call(register, block.address());
    return true;
  }

  /** Loaded but not seen from here: Java loads libraries without showing them to each other. */
  private static long inUnwinder() {
    int lazyIfLoaded = 0x5;
    long library = Libc.dlopen("libgcc_s.so.1", lazyIfLoaded);
    if (library == 0) {
      library = Libc.dlopen("libgcc_s.so.1", 1);
    }
    return library == 0 ? 0 : Libc.dlsym(library, "__register_frame");
  }

  private byte[] section() {
    ByteBuffer out = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0); // length, below
    out.putInt(0); // a CIE
    out.put((byte) 1); // version
    out.put("zR\0".getBytes(StandardCharsets.US_ASCII));
    out.put((byte) 1); // code alignment
    out.put((byte) 0x78); // data alignment: -8
    out.put((byte) RETURN_ADDRESS);
    out.put((byte) 1); // augmentation data
    out.put((byte) DW_EH_PE_ABSPTR);
    // Unwinders tell frames by their addresses: this one's must not be that of the tracked call.
    out.put((byte) DW_CFA_DEF_CFA).put((byte) RSP).put((byte) APART);
    out.put((byte) DW_CFA_VAL_EXPRESSION).put((byte) RSP).put((byte) 2);
    out.put((byte) (DW_OP_LIT0 + APART)).put((byte) DW_OP_MINUS);
    byte[] place = place();
    out.put((byte) DW_CFA_EXPRESSION).put((byte) RETURN_ADDRESS);
    out.put((byte) ((place.length & 0x7F) | 0x80)).put((byte) (place.length >>> 7));
    out.put(place);
    align(out);
    out.putInt(0, out.position() - Integer.BYTES);
    int description = out.position();
    out.putInt(0); // length, below
    out.putInt(out.position()); // back to the CIE
    // One byte more in front: unwinders look for the call, which ends before the return address.
    out.putLong(trampoline - 1);
    out.putLong(bytes + 1L);
    out.put((byte) 0); // no augmentation data
    align(out);
    out.putInt(description, out.position() - description - Integer.BYTES);
    out.putLong(0); // the end
    byte[] section = new byte[out.position()];
    out.flip().get(section);
    return section;
  }

  private static void align(ByteBuffer out) {
    while (out.position() % Long.BYTES != 0) {
      out.put((byte) 0); // DW_CFA_nop
    }
  }

  /** Where the return address is: a search of the table, from the frame's address on the stack. */
  private byte[] place() {
    ByteBuffer out = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    // Once more, below everything: libgcc picks any element but the lowest.
    out.put((byte) DW_OP_DUP);
    literal(out, Long.BYTES + APART);
    out.put((byte) DW_OP_MINUS); // key
    out.put((byte) DW_OP_DUP);
    literal(out, ReturnTable.SHIFT);
    out.put((byte) DW_OP_SHR);
    mask(out); // key index
    int search = out.position();
    out.put((byte) DW_OP_DUP);
    literal(out, 4);
    out.put((byte) DW_OP_SHL);
    out.put((byte) DW_OP_CONST8U).putLong(table.address());
    out.put((byte) DW_OP_PLUS); // key index entry
    out.put((byte) DW_OP_DUP).put((byte) DW_OP_DEREF); // key index entry found
    out.put((byte) DW_OP_DUP);
    out.put((byte) DW_OP_PICK).put((byte) 4);
    out.put((byte) DW_OP_EQ);
    final int toFound = branch(out, DW_OP_BRA); // key index entry found
    literal(out, 0);
    out.put((byte) DW_OP_EQ);
    final int toUnknown = branch(out, DW_OP_BRA); // key index entry
    out.put((byte) DW_OP_DROP);
    literal(out, 1);
    out.put((byte) DW_OP_PLUS);
    mask(out);
    int back = branch(out, DW_OP_SKIP);
    land(out, back, search);
    land(out, toUnknown, out.position());
    out.put((byte) DW_OP_CONST8U).putLong(table.zero());
    final int toEnd = branch(out, DW_OP_SKIP);
    land(out, toFound, out.position());
    out.put((byte) DW_OP_DROP);
    literal(out, Long.BYTES);
    out.put((byte) DW_OP_PLUS);
    land(out, toEnd, out.position());
    byte[] expression = new byte[out.position()];
    out.flip().get(expression);
    return expression;
  }

  private static void literal(ByteBuffer out, int value) {
    out.put((byte) (DW_OP_LIT0 + value));
  }

  private static void mask(ByteBuffer out) {
    out.put((byte) DW_OP_CONST4U).putInt(ReturnTable.COUNT - 1).put((byte) DW_OP_AND);
  }

  private static int branch(ByteBuffer out, int operation) {
    out.put((byte) operation).putShort((short) 0);
    return out.position();
  }

  private static void land(ByteBuffer out, int behindBranch, int target) {
    out.putShort(behindBranch - Short.BYTES, (short) (target - behindBranch));
  }
}
