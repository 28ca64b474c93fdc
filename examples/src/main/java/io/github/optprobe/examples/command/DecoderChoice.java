package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.decode.BatchDecoder;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Decoders;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which decoders are used, by name. */
final class DecoderChoice {
  static final String OPTPROBE = "optprobe";

  private static final List<String> OWN = List.of("zydis", "capstone", "objdump", OPTPROBE);
  private static final int ENOUGH = 2;

  private final String isa;
  private final List<Decoder> usable;

  /**
   * Looks for them.
   *
   * @throws CommandFailure if nothing knows an instruction set of that name
   */
  DecoderChoice(String isa) {
    this.isa = isa;
    usable = Decoders.forInstructionSet(isa);
    if (usable.isEmpty()) {
      Isa.requireKnown(isa);
    }
  }

  /** Those of the testkit that know an instruction set, whether they are here or not. */
  static List<String> ownFor(String isa) {
    return switch (isa) {
      case "x86-64", "x86-32" -> OWN;
      case "a32", "t32" -> OWN.subList(1, OWN.size());
      default -> List.of(OPTPROBE);
    };
  }

  /** Two of the testkit's, if there are, and all plug-ins. */
  List<String> best(Set<OracleKind> kinds) {
    // Asked about each length of each case, a program is started each time.
    boolean quick = kinds.equals(Set.of(OracleKind.BOUNDS));
    List<String> names =
        usable.stream()
            .filter(each -> !(quick && each instanceof BatchDecoder))
            .map(Decoder::name)
            .toList();
    List<String> best =
        new ArrayList<>(names.stream().filter(OWN::contains).limit(ENOUGH).toList());
    names.stream().filter(name -> !OWN.contains(name)).forEach(best::add);
    return best;
  }

  /**
   * What a user wants.
   *
   * @throws CommandFailure if it is not there; that it can not be used here is said later
   */
  List<String> checked(List<String> wanted) {
    Set<String> names = new TreeSet<>(Decoders.whyNot(isa).keySet());
    usable.forEach(each -> names.add(each.name()));
    String all = String.join(",", wanted);
    int from = 0;
    for (String name : wanted) {
      if (!names.contains(name)) {
        throw CommandFailure.usage(
            new Caret(
                all,
                from,
                Math.max(1, name.length()),
                "--decoders: no such decoder",
                "one of " + names));
      }
      from += name.length() + 1;
    }
    return wanted;
  }
}
