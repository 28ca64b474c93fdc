package io.github.optprobe.elf;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Landings;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.TextReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import net.fornwall.jelf.ElfSegment;
import net.fornwall.jelf.ElfSymbol;

/**
 * A shared library, or a program, as a file: its functions, with symbols or without, and its bytes
 * as text that nobody runs. Libraries with thread-local variables or indirect functions can be read
 * as well as others, and so can programs. Immutable.
 */
public final class ElfLibrary {
  private final ElfSource source;
  private final Optional<InstructionSet> otherwise;

  private ElfLibrary(ElfSource source, Optional<InstructionSet> otherwise) {
    this.source = source;
    this.otherwise = otherwise;
  }

  /**
   * Reads a library.
   *
   * @throws UncheckedIOException if the file can not be read
   * @throws ElfImageException if it is no library of the supported kind
   */
  public static ElfLibrary read(Path file) {
    try {
      return of(file.getFileName() + "", Files.readAllBytes(file));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /**
   * Takes a library from memory, such as one inside a jar.
   *
   * @param name for messages
   * @throws ElfImageException if it is no library of the supported kind
   */
  public static ElfLibrary of(String name, byte[] file) {
    return new ElfLibrary(new ElfSource(name, file), Optional.empty());
  }

  /**
   * The same library, of which the caller knows more than its file: functions of the unwind index
   * of which nothing tells the instruction set are in this one. Changes nothing for x86.
   *
   * @param set {@code "a32"} or {@code "t32"}
   */
  public ElfLibrary otherwiseIn(InstructionSet set) {
    return new ElfLibrary(source, Optional.of(set));
  }

  /** The file's name. */
  public String name() {
    return source.name();
  }

  /**
   * Whether it can be loaded at any base. A program that can not be, because it has addresses of
   * its own, has the base 0.
   */
  public boolean isMovable() {
    return source.isMovable();
  }

  /**
   * The name by which other libraries ask for it ({@code DT_SONAME}), such as {@code "libz.so.1"};
   * programs have none.
   *
   * @throws ElfImageException if its dynamic section is broken
   */
  public Optional<String> soname() {
    return source.dynamicTable().sonames().stream().findFirst();
  }

  /**
   * The names of the libraries that it asks for itself ({@code DT_NEEDED}), in the order of the
   * file. What these ask for is not among them.
   *
   * @throws ElfImageException if its dynamic section is broken
   */
  public List<String> needed() {
    return source.dynamicTable().needed();
  }

  /**
   * The names of the functions that strangers may call: what the dynamic symbols define, bind
   * globally or weakly, and do not hide. Without versions; with indirect functions, at whose
   * address the code that chooses lies.
   */
  public Set<String> exported() {
    Set<String> names = new TreeSet<>();
    for (ElfSymbol symbol : source.exportedFunctionSymbols()) {
      if (symbol.getName() != null) {
        names.add(symbol.getName());
      }
    }
    return names;
  }

  /** The machine that it is for. */
  public Machine machine() {
    return source.machine();
  }

  /** What a loader maps, in the order of the file, which is by ascending address. */
  public List<LoadedSegment> segments() {
    return source.segments().stream().map(each -> new LoadedSegment(source, each)).toList();
  }

  /**
   * The relocations that a loader applies, in the order of the file.
   *
   * @throws ElfImageException if one refers to a symbol and there are no dynamic symbols
   */
  public List<DynamicRelocation> relocations() {
    return source.relocations().stream().map(this::withSymbol).toList();
  }

  private DynamicRelocation withSymbol(ElfSource.Relocation found) {
    return new DynamicRelocation(found.offset(), found.type(), symbolOf(found), found.addend());
  }

  private DynamicSymbol symbolOf(ElfSource.Relocation relocation) {
    if (relocation.symbol() == 0) {
      return DynamicSymbol.NONE;
    }
    ElfSymbol symbol = source.symbolOf(relocation);
    return DynamicSymbol.of(symbol, source.addressOf(symbol));
  }

  /** The instruction sets that its machine has: one, or A32 and T32. */
  public List<InstructionSet> instructionSets() {
    return source.machine().sets();
  }

  /**
   * All symbols of functions, and where they are, as plain addresses in ascending order: several of
   * a name where local functions of one name are in one program, several names of one address where
   * there are aliases. Without versions.
   *
   * @param base address of its first page
   */
  public Map<String, SortedSet<Long>> symbols(long base) {
    Map<String, SortedSet<Long>> found = new TreeMap<>();
    for (ElfSymbol symbol : source.functionSymbols()) {
      if (symbol.getName() != null) {
        found
            .computeIfAbsent(symbol.getName(), unused -> new TreeSet<>(Long::compareUnsigned))
            .add(base + source.addressOf(symbol));
      }
    }
    return found;
  }

  /**
   * The functions that symbols tell of, with a size, without a look at the code.
   *
   * @param base address of its first page
   */
  public FunctionTable functionTable(long base) {
    return new FunctionTable(source, base);
  }

  /**
   * The code of the library, and its constants, as text. What a running library could change is not
   * there: it proves nothing of code.
   *
   * @param base address of its first page
   * @throws ElfImageException if there is none
   */
  public ByteArrayText text(long base) {
    List<ElfSegment> constant =
        source.segments().stream()
            .filter(segment -> !segment.isWriteable() && segment.p_filesz > 0)
            .toList();
    if (constant.isEmpty()) {
      throw new ElfImageException(name(), "has no code, and no constants");
    }
    ElfSegment first = constant.get(0);
    ByteArrayText text = ByteArrayText.at(base + first.p_vaddr, source.contentOf(first));
    for (ElfSegment segment : constant.subList(1, constant.size())) {
      text.map(base + segment.p_vaddr, source.contentOf(segment));
    }
    return text;
  }

  /**
   * The functions, by ascending address: those of symbols, and those that the unwind information
   * tells of, with all places where they may be entered. Found by scanning all code for branches
   * from one function into the middle of another; parts of one function that branch into each other
   * know of each other.
   *
   * <p>Of a library for ARM: those in the architecture's instruction set; see {@link
   * #functions(long, List, TextReader)}.
   *
   * @param base address of the first page
   * @param architecture that of the code
   * @param text where it lies
   * @throws DwarfException if the unwind information is broken
   */
  public List<CodeMap.Function> functions(long base, Architecture architecture, TextReader text) {
    return functions(base, List.of(architecture), text).stream()
        .map(ElfFunction::function)
        .toList();
  }

  /**
   * The functions of a library that may have code in several instruction sets, by ascending
   * address, as far as one of the architectures can read them.
   *
   * <p>In a library for ARM, functions are told by symbols, by the unwind index, by pointers in its
   * data, and by the direct branches out of those that are known already. Where only the start is
   * told, the body goes on to the next start that is known: constants, and a function of which
   * nothing is told, may lie in it, and where it is entered counts as {@linkplain
   * Landings#unknown() not known}. Code of which nothing tells the instruction set is not among
   * them; mapping symbols, which stripped libraries lack, tell it of all code, and {@link
   * #otherwiseIn} lets the caller tell.
   *
   * @param base address of the first page
   * @param architectures those of the code, one for each instruction set
   * @param text where it lies
   * @throws DwarfException if the unwind information is broken
   * @throws IllegalArgumentException if there is no architecture
   */
  public List<ElfFunction> functions(long base, List<Architecture> architectures, TextReader text) {
    Extents extents = Extents.of(source, otherwise);
    CodeReader code = new CodeReader(source.machine(), architectures, text);
    if (source.machine() == Machine.ARM) {
      new ReachedFunctions(extents, base, code).find();
    }
    CrossBranches branches = new CrossBranches(extents, base, code);
    branches.find();
    List<ElfFunction> functions = new ArrayList<>();
    for (Extents.Extent extent : extents.all()) {
      if (code.of(extent).isPresent()) {
        function(extent, landings(extents, extent, base), branches.related(extent), base)
            .ifPresent(functions::add);
      }
    }
    return functions;
  }

  /**
   * The functions that the file itself tells of, by ascending address, without a look at the code:
   * where they may be entered besides their starts is not known. Of a library for ARM, those whose
   * instruction set it tells, too.
   *
   * @param base address of the first page
   * @throws DwarfException if the unwind information is broken
   */
  public List<ElfFunction> functions(long base) {
    Extents extents = Extents.of(source, otherwise);
    return extents.all().stream()
        .map(extent -> function(extent, Landings.unknown(), List.of(), base))
        .flatMap(Optional::stream)
        .toList();
  }

  /** The functions as a map for a registry; see {@link #functions(long, List, TextReader)}. */
  public CodeMap codeMap(long base, Architecture architecture, TextReader text) {
    return codeMap(base, List.of(architecture), text);
  }

  /** The functions as a map for a registry; see {@link #functions(long, List, TextReader)}. */
  public CodeMap codeMap(long base, List<Architecture> architectures, TextReader text) {
    return CodeMap.of(
        functions(base, architectures, text).stream().map(ElfFunction::function).toList());
  }

  private static Landings landings(Extents extents, Extents.Extent extent, long base) {
    List<Long> known = extents.landings(extent).stream().map(address -> address + base).toList();
    return extent.closed() ? Landings.at(known) : new Landings(false, known);
  }

  private static Optional<ElfFunction> function(
      Extents.Extent extent, Landings landings, List<AddressRange> related, long base) {
    AddressRange body = CrossBranches.moved(extent.body(), base);
    String name =
        extent.name().isEmpty() ? "function_%x".formatted(extent.body().first()) : extent.name();
    CodeMap.Function function = new CodeMap.Function(name, body, related, landings);
    return extent.set().map(set -> new ElfFunction(function, set));
  }
}
