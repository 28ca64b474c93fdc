package io.github.optprobe.arm32.forms;

import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.DecodeTable;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Operand;
import io.github.optprobe.arm32.table.TableRow;
import io.github.optprobe.arm32.table.Treatment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The encodings of one row of a table that have one treatment, chosen so that every two choices for
 * two of its fields that can stand together do so in one of them.
 */
public record Forms(ArmSet set, TableRow row, Treatment treatment) {
  private static final int SAMPLES = 4000;

  /** All rows of all tables with all treatments that are not refused. */
  public static Stream<Forms> all() {
    return Stream.of(
            of(ArmSet.A32, DecodeTable.a32()),
            of(ArmSet.T32, DecodeTable.t32Narrow()),
            of(ArmSet.T32, DecodeTable.t32Wide()))
        .flatMap(each -> each);
  }

  private static Stream<Forms> of(ArmSet set, DecodeTable table) {
    return table.rows().stream()
        .flatMap(row -> treatments(row).stream().map(each -> new Forms(set, row, each)));
  }

  /** What the table says that encodings of a row may have. */
  private static Set<Treatment> treatments(TableRow row) {
    Set<Treatment> treatments = EnumSet.of(row.treatment());
    for (Operand operand : row.operands()) {
      Treatment ofPc = operand.pcTreatment();
      if (ofPc != null) {
        treatments.add(ofPc);
      }
    }
    treatments.remove(Treatment.REFUSE);
    return treatments;
  }

  public int length() {
    return row.width() / Byte.SIZE;
  }

  /** Those in which a pair of choices stands for the first time. */
  public List<Form> covering() {
    Set<Long> pairs = new HashSet<>();
    return choose(choice -> addPairs(choice, pairs), Integer.MAX_VALUE);
  }

  /** So many at most, of all sorts. */
  public List<Form> many(int limit) {
    Set<Integer> encodings = new HashSet<>();
    return choose(choice -> encodings.add(choice.encoding()), limit);
  }

  private interface Filter {
    boolean takes(FieldChoices.Choice choice);
  }

  private List<Form> choose(Filter filter, int limit) {
    FieldChoices choices = new FieldChoices(row, treatment, new Random(seed()));
    DecodeTable table = DecodeTable.of(set, length());
    List<Form> forms = new ArrayList<>();
    for (int i = 0; i < SAMPLES && forms.size() < limit; i++) {
      FieldChoices.Choice choice = choices.next();
      if (table.rowOf(choice.encoding()) == row
          && table.judge(choice.encoding()).treatment() == treatment
          && isKnown(choice.encoding())
          && filter.takes(choice)) {
        forms.add(new Form(set, length(), choice.encoding(), treatment));
      }
    }
    return forms;
  }

  /** The native decoder may object. */
  private boolean isKnown(int encoding) {
    return ArmDecoder.of(set).decode(encoding, length(), 0, ItState.OUTSIDE).treatment()
        == treatment;
  }

  private static boolean addPairs(FieldChoices.Choice choice, Set<Long> pairs) {
    List<Integer> picks = choice.picks();
    boolean isNew = false;
    for (int i = 0; i < picks.size(); i++) {
      for (int j = 0; j <= i; j++) {
        isNew |= pairs.add((long) (i * 100 + picks.get(i)) << 32 | (j * 100 + picks.get(j)));
      }
    }
    return isNew;
  }

  private long seed() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    return "%s %s: %s".formatted(set, row, treatment);
  }
}
