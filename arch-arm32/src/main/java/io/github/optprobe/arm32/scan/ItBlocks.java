package io.github.optprobe.arm32.scan;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.DecodeTable;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Treatment;
import io.github.optprobe.text.TextReader;
import java.util.Optional;

/** Tells whether an instruction of T32 stands in an IT block, and where in it. */
public final class ItBlocks {
  /** The IT, and three instructions in front of the last of its block. */
  private static final int LONGEST = 2 + 3 * 4;

  private static final int WIDEST = 4;

  private final byte[] bytes;
  private final long end;

  private ItBlocks(TextReader original, long address) {
    end = address;
    byte[] before = new byte[0];
    for (int length = 2; length <= LONGEST && length <= address; length += 2) {
      byte[] longer = new byte[length];
      if (original.read(address - length, longer, 0, length) != length) {
        break;
      }
      before = longer;
    }
    bytes = before;
  }

  /**
   * Where an address stands.
   *
   * <p>With a scan in which it is an instruction, and in which nothing up to it is undecodable,
   * that is always known: an IT that a path leads to is followed by its block. Otherwise it is
   * known only where the bytes in front can't be an IT that reaches it.
   *
   * @param original the text as it is without any probe
   * @param function the scan of the function that the address is in, if it is known
   * @param address of an instruction of T32, even
   */
  public static ItPosition of(TextReader original, Optional<CodeScan> function, long address) {
    ItBlocks blocks = new ItBlocks(original, address);
    return function
        .filter(scan -> tells(scan, address))
        .map(scan -> ItPosition.of(blocks.among(scan)))
        .orElseGet(blocks::withoutScan);
  }

  private static boolean tells(CodeScan scan, long address) {
    boolean decoded =
        scan.firstUndecodable().isEmpty()
            || Long.compareUnsigned(scan.firstUndecodable().getAsLong(), address) > 0;
    return decoded && scan.isBoundary(address);
  }

  /** Each boundary far enough in front may be an IT; an IT in data is no boundary. */
  private ItState among(CodeScan scan) {
    for (int length = 2; length <= bytes.length; length += 2) {
      if (scan.isBoundary(end - length)) {
        ItState state = stateBehind(length);
        if (state.inBlock()) {
          return state;
        }
      }
    }
    return ItState.OUTSIDE;
  }

  /**
   * Without a scan, every halfword in front that looks like an IT is one that counts, if whole
   * instructions lead from it to the address, fewer than its block has.
   *
   * <p>That is enough to be sure that there is none: an IT that reaches the address lies at most
   * {@link #LONGEST} bytes in front, each instruction's first halfword tells its length, so from
   * the right halfword on there is but one way to the address, and that way is tried. It is not
   * enough to be sure that there is one. In code, T32 synchronises by itself: behind a halfword
   * below 0xE800 an instruction starts, whether the halfword is one or the second half of one, so
   * that it could be told which halfwords are instructions. But a word of a literal pool in front
   * of a function looks like an IT too, such as the upper half of -0.7f, and so does the second
   * half of many a branch.
   */
  private ItPosition withoutScan() {
    for (int length = 2; length <= bytes.length; length += 2) {
      if (stateBehind(length).inBlock()) {
        return ItPosition.UNKNOWN;
      }
    }
    return ItPosition.of(ItState.OUTSIDE);
  }

  /** What the address finds if an instruction starts so many bytes in front of it, an IT. */
  private ItState stateBehind(int length) {
    int first = halfword(length);
    ItState state = behind(first);
    int left = length - 2;
    while (left > 0 && state.inBlock()) {
      left -= ArmSet.isWide(halfword(left)) ? WIDEST : 2;
      state = state.advanced();
    }
    return left == 0 ? state : ItState.OUTSIDE;
  }

  /** What is unpredictable as an IT (a condition 15, an else to AL) is none that compilers emit. */
  private static ItState behind(int halfword) {
    boolean isIt =
        !ArmSet.isWide(halfword)
            && DecodeTable.t32Narrow().judge(halfword).treatment() == Treatment.IF_THEN;
    return isIt ? ItState.behind(halfword) : ItState.OUTSIDE;
  }

  /** The halfword that starts so many bytes in front of the address. */
  private int halfword(int length) {
    return (int) FunctionText.number(bytes, bytes.length - length, Short.BYTES);
  }
}
