package io.github.optprobe.examples.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whom findings can be about, so that an entry about others is not called stale. */
final class KnownSubjects {
  private KnownSubjects() {}

  static List<String> of(Set<OracleKind> kinds, List<String> decoders) {
    List<String> subjects = new ArrayList<>();
    if (kinds.contains(OracleKind.DECODERS)) {
      subjects.addAll(pairs(decoders));
    }
    if (kinds.contains(OracleKind.DECODERS) || kinds.contains(OracleKind.BOUNDS)) {
      subjects.addAll(decoders);
    }
    if (kinds.contains(OracleKind.RELOCATION)) {
      reader(decoders).ifPresent(each -> subjects.add("architecture/" + each));
    }
    return subjects;
  }

  private static List<String> pairs(List<String> decoders) {
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < decoders.size(); i++) {
      for (String second : decoders.subList(i + 1, decoders.size())) {
        pairs.add(decoders.get(i) + "/" + second);
      }
    }
    return pairs;
  }

  /** Who reads copies: the first one that is not the architecture's own. */
  static Optional<String> reader(List<String> decoders) {
    return decoders.stream().filter(name -> !name.equals(DecoderChoice.OPTPROBE)).findFirst();
  }
}
