package io.github.optprobe.arm32.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decode table: rows in order, the first whose fixed bits match decides, and what matches none is
 * refused. Immutable and thread-safe. Three exist: for A32, for the 16-bit and for the 32-bit
 * instructions of T32.
 */
public final class DecodeTable {
  private static final DecodeTable A32 = load("a32.table");
  private static final DecodeTable T32_NARROW = load("t16.table");
  private static final DecodeTable T32_WIDE = load("t32.table");

  private static final int INDEX_BITS = 12;

  private final List<TableRow> rows;
  private final TableRow[][] index;
  private final int indexShift;

  private DecodeTable(List<TableRow> rows) {
    this.rows = List.copyOf(rows);
    this.indexShift = rows.get(0).width() - INDEX_BITS;
    this.index = new TableRow[1 << INDEX_BITS][];
    for (int key = 0; key < index.length; key++) {
      index[key] = rowsOf(key << indexShift);
    }
  }

  /** The rows, in order, that an encoding with these uppermost bits may match. */
  private TableRow[] rowsOf(int upperBits) {
    int upperMask = -1 << indexShift;
    return rows.stream()
        .filter(row -> ((upperBits ^ row.value()) & row.mask() & upperMask) == 0)
        .toArray(TableRow[]::new);
  }

  /** The table of A32. */
  public static DecodeTable a32() {
    return A32;
  }

  /** The table of the 16-bit instructions of T32. */
  public static DecodeTable t32Narrow() {
    return T32_NARROW;
  }

  /** The table of the 32-bit instructions of T32, the first halfword uppermost. */
  public static DecodeTable t32Wide() {
    return T32_WIDE;
  }

  /**
   * The table for instructions of that length.
   *
   * @param length 2 or 4 bytes; 4 for A32
   * @throws IllegalArgumentException if the set has no instructions of that length
   */
  public static DecodeTable of(ArmSet set, int length) {
    if (length == 4) {
      return set == ArmSet.A32 ? A32 : T32_WIDE;
    }
    if (length != 2 || set != ArmSet.T32) {
      throw new IllegalArgumentException("%s has no %d-byte instructions".formatted(set, length));
    }
    return T32_NARROW;
  }

  /** The rows, in order. */
  public List<TableRow> rows() {
    return rows;
  }

  /** The row that decides about an encoding, or null if none matches. */
  public @Nullable TableRow rowOf(int encoding) {
    int key = encoding >>> indexShift & ((1 << INDEX_BITS) - 1);
    for (TableRow row : index[key]) {
      if (row.matches(encoding)) {
        return row;
      }
    }
    return null;
  }

  /**
   * Judges an encoding outside an IT block.
   *
   * @param encoding a word of A32; a halfword, zero-extended; or the two halfwords of a 32-bit
   *     instruction of T32, the first one uppermost
   */
  public Verdict judge(int encoding) {
    return judge(encoding, ItState.OUTSIDE);
  }

  /** Judges an encoding at a place of an IT block; else as the method above. */
  public Verdict judge(int encoding, ItState it) {
    TableRow row = rowOf(encoding);
    return row == null
        ? Verdict.refused(null, Objection.NOT_IN_TABLE, it.condition())
        : RowJudge.judge(row, encoding, it);
  }

  private static DecodeTable load(String resource) {
    try (InputStream stream = DecodeTable.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("this jar lacks " + resource);
      }
      return new DecodeTable(read(stream));
    } catch (IOException e) {
      throw new UncheckedIOException("unreadable: " + resource, e);
    }
  }

  private static List<TableRow> read(InputStream stream) throws IOException {
    List<TableRow> rows = new ArrayList<>();
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        rows.add(RowParser.parse(line));
      }
    }
    return rows;
  }
}
