package io.github.optprobe.x86.hazard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GNU objdump over many pieces of code: all of them stand one behind the other in one file, far
 * enough apart that what does not decode in step does not harm the next, and what depends on the
 * place is moved to where the piece really stands.
 */
final class SecondDecoder {
  private static final int APART = 16;
  private static final byte NOP = (byte) 0x90;
  private static final Pattern RELATIVE = Pattern.compile("\\[[re]ip[+-]0x[0-9a-f]+\\]");
  private static final Pattern ABSOLUTE = Pattern.compile("#\\s*0x([0-9a-f]+)");
  private static final Pattern BRANCH =
      Pattern.compile("^((?:\\w+ )*(?:j\\w+|call|loop\\w*|xbegin)(?:,p[nt])?) +0x([0-9a-f]+)$");

  private final int bits;
  private final ByteArrayOutputStream image = new ByteArrayOutputStream();
  private final List<Piece> pieces = new ArrayList<>();

  /** Creates one for 64-bit or 32-bit code. */
  SecondDecoder(int bits) {
    this.bits = bits;
  }

  /**
   * One instruction as objdump has it; {@code @} in front of an absolute address that it refers to
   * by a displacement.
   */
  record Line(long address, int length, String text) {
    long next() {
      return address + length;
    }
  }

  /** A piece of code. */
  static final class Piece {
    final long address;
    final byte[] code;
    final List<Line> lines = new ArrayList<>();
    private final int position;

    private Piece(long address, byte[] code, int position) {
      this.address = address;
      this.code = code;
      this.position = position;
    }

    long end() {
      return address + code.length;
    }

    /** The address that stands in the piece, in eight bytes. */
    OptionalLong addressAt(long at) {
      long offset = at - address;
      return offset < 0 || offset + Long.BYTES > code.length
          ? OptionalLong.empty()
          : OptionalLong.of(
              ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).getLong((int) offset));
    }

    @Override
    public String toString() {
      StringBuilder shown = new StringBuilder();
      lines.forEach(line -> shown.append("%x: %s; ".formatted(line.address(), line.text())));
      return shown.toString();
    }
  }

  int size() {
    return pieces.size();
  }

  Piece add(long address, byte[] code) {
    byte[] apart = new byte[APART];
    Arrays.fill(apart, NOP);
    Piece piece = new Piece(address, code, image.size());
    image.writeBytes(code);
    image.writeBytes(apart);
    pieces.add(piece);
    return piece;
  }

  /** Fills in the lines of all pieces. */
  void run() throws IOException {
    Path file = Files.createTempFile("pieces", ".bin");
    try {
      Files.write(file, image.toByteArray());
      String machine = bits == Long.SIZE ? "i386:x86-64" : "i386";
      int[] current = {0};
      Listing.of(
          line -> line(line, current),
          "objdump",
          "-D",
          "-z",
          "-w",
          "-b",
          "binary",
          "-m",
          machine,
          "-M",
          "intel",
          file.toString());
    } finally {
      Files.delete(file);
    }
  }

  /** {@code " 10:<tab>48 89 e5 <tab>mov rbp,rsp"}; all other lines are headings. */
  private void line(String line, int[] current) {
    String[] parts = line.split("\t", 3);
    if (parts.length < 3) {
      return;
    }
    int at = Integer.parseInt(parts[0].strip().replace(":", ""), 16);
    while (current[0] + 1 < pieces.size() && pieces.get(current[0] + 1).position <= at) {
      current[0]++;
    }
    Piece piece = pieces.get(current[0]);
    if (at < piece.position + piece.code.length) {
      long moved = piece.address - piece.position;
      int length = (parts[1].strip().length() + 1) / 3;
      String text = parts[2].strip().replaceAll(" +", " ");
      piece.lines.add(new Line(mask(at + moved), length, inPlace(text, moved)));
    }
  }

  private long mask(long address) {
    return bits == Long.SIZE ? address : address & 0xFFFF_FFFFL;
  }

  private String inPlace(String text, long moved) {
    Matcher branch = BRANCH.matcher(text);
    if (branch.find()) {
      return branch.group(1) + " @" + absolute(branch.group(2), moved);
    }
    Matcher absolute = ABSOLUTE.matcher(text);
    if (!absolute.find()) {
      return text;
    }
    boolean narrow = text.contains("[eip");
    long target = Long.parseUnsignedLong(absolute.group(1), 16) + moved;
    String shown = Long.toHexString(narrow ? target & 0xFFFF_FFFFL : target);
    String instruction = text.substring(0, absolute.start()).strip();
    return RELATIVE.matcher(instruction).replaceFirst("[@" + shown + "]");
  }

  private String absolute(String hex, long moved) {
    return Long.toHexString(mask(Long.parseUnsignedLong(hex, 16) + moved));
  }
}
