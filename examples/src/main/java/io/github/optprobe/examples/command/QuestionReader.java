package io.github.optprobe.examples.command;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Landings;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.elf.ElfFunction;
import io.github.optprobe.examples.command.CodeFile.UnreadableException;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Makes a question of what a user typed, or says what is wrong with it. */
final class QuestionReader {
  private final Optional<String> isa;

  /**
   * Creates a reader.
   *
   * @param isa the name of the instruction set, where it is given
   */
  QuestionReader(Optional<String> isa) {
    this.isa = isa;
    isa.ifPresent(Isa::requireKnown);
  }

  /**
   * About bytes, which are taken for a whole function that is entered at its start only.
   *
   * @param where the address of the first, as it was typed
   */
  Question ofBytes(byte[] bytes, String where) {
    Architecture architecture =
        Isa.named(
            isa.orElseThrow(
                () -> CommandFailure.usage("--hex needs --isa, one of " + Isa.names())));
    long address = Place.number(where, 0);
    InstructionSet set = architecture.instructionSet();
    boolean fits = set.canAddress(address) && set.canAddress(address + bytes.length - 1);
    if (!fits || Long.compareUnsigned(address + bytes.length, address) < 0) {
      throw wrongAddress(where, 0, set);
    }
    ByteArrayText text = ByteArrayText.at(address, bytes);
    AddressRange body = AddressRange.ofLength(address, bytes.length);
    CodeMap.Function function = new CodeMap.Function("bytes", body, List.of(), Landings.none());
    return new Question(
        "bytes", text, List.of(architecture), CodeMap.of(function), new CodeAddress(address, set));
  }

  /**
   * About a place in a file.
   *
   * @param place as it was typed
   */
  Question ofFile(Path path, String place) {
    Place parsed = Place.parse(place);
    CodeFile file = read(path);
    CodeAddress address =
        parsed instanceof Place.Symbol symbol
            ? resolve(file, symbol, place)
            : at(file, ((Place.Address) parsed).value(), place);
    return new Question(
        path.getFileName() + "", file.newText(), file.architectures(), file.codeMap(), address);
  }

  private static CodeFile read(Path path) {
    try {
      return CodeFile.read(path);
    } catch (UnreadableException unreadable) {
      throw new CommandFailure(
          ExitCode.FOUND, Printable.of(path + ": " + unreadable.getMessage()), unreadable);
    }
  }

  private CodeAddress at(CodeFile file, long address, String typed) {
    InstructionSet set = setAt(file, address, typed);
    if (!set.canAddress(address)) {
      throw wrongAddress(typed, 0, set);
    }
    return new CodeAddress(address, set);
  }

  private InstructionSet setAt(CodeFile file, long address, String typed) {
    List<InstructionSet> sets =
        file.architectures().stream().map(Architecture::instructionSet).toList();
    if (isa.isPresent()) {
      return sets.stream()
          .filter(each -> each.name().equals(isa.get()))
          .findFirst()
          .orElseThrow(() -> CommandFailure.usage(otherMachine(isa.get(), sets)));
    }
    Optional<InstructionSet> known = file.functionAt(address).map(ElfFunction::instructionSet);
    return known.orElseGet(
        () -> {
          if (sets.size() == 1) {
            return sets.get(0);
          }
          throw CommandFailure.usage(
              Caret.rest(
                  typed, 0, "no function is known there, so nothing tells the set", "give --isa"));
        });
  }

  private static Caret otherMachine(String isa, List<InstructionSet> sets) {
    List<String> names = sets.stream().map(InstructionSet::name).toList();
    return Caret.rest(isa, 0, "--isa: the file is for another machine", "one of " + names);
  }

  private CodeAddress resolve(CodeFile file, Place.Symbol symbol, String typed) {
    Map<String, SortedSet<Long>> symbols = file.symbols();
    SortedSet<Long> found = new TreeSet<>(symbols.getOrDefault(symbol.name(), new TreeSet<>()));
    file.functions().stream()
        .filter(each -> found.isEmpty() && each.name().equals(symbol.name()))
        .findFirst()
        .ifPresent(each -> found.add(each.body().first()));
    if (found.isEmpty()) {
      throw unknown(symbol, symbols, typed);
    }
    if (found.size() > 1) {
      String places = found.stream().map(JsonLines::hex).collect(Collectors.joining(" or "));
      int length = symbol.name().length();
      throw CommandFailure.usage(
          new Caret(typed, 0, length, "several functions have this name", places));
    }
    return at(file, inside(file, found.first(), symbol, typed), typed);
  }

  private static long inside(CodeFile file, long start, Place.Symbol symbol, String typed) {
    Optional<ElfFunction> function = file.functionAt(start);
    long left = function.isEmpty() ? Long.MAX_VALUE : function.get().body().last() - start + 1;
    if (Long.compareUnsigned(symbol.offset(), left) >= 0) {
      String advice = "it has 0x%x bytes".formatted(left);
      int from = typed.lastIndexOf('+') + 1;
      throw CommandFailure.usage(
          Caret.rest(typed, from, "the offset leads out of the function", advice));
    }
    return start + symbol.offset();
  }

  private static CommandFailure unknown(
      Place.Symbol symbol, Map<String, SortedSet<Long>> symbols, String typed) {
    List<String> alike = Suggestions.of(symbol.name(), symbols.keySet());
    String advice =
        alike.isEmpty()
            ? "%d functions have names here, none like it".formatted(symbols.size())
            : "did you mean " + String.join(", ", alike) + "?";
    return CommandFailure.usage(
        new Caret(typed, 0, symbol.name().length(), "no function has this name", advice));
  }

  private static CommandFailure wrongAddress(String typed, int from, InstructionSet set) {
    String advice = "%s has %d bits".formatted(set.name(), set.addressBits());
    return CommandFailure.usage(
        Caret.rest(typed, from, "this is no address of the instruction set", advice));
  }
}
