package io.github.optprobe.testkit.elf;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.SymbolResolver;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.elf.DwarfException;
import io.github.optprobe.elf.ElfFunction;
import io.github.optprobe.elf.ElfImageException;
import io.github.optprobe.elf.ElfLibrary;
import io.github.optprobe.elf.FunctionTable;
import io.github.optprobe.elf.LoadedSegment;
import io.github.optprobe.elf.Machine;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A shared library in a target: mapped, relocated, its imports connected. Immutable.
 *
 * <p>Supported are libraries for x86-64, x86-32 and 32-bit ARM (little-endian, A32 and T32) without
 * thread-local variables and without indirect functions. Initialisers are not run.
 *
 * <p>All addresses are plain ones: bit 0 of a pointer to T32 code is in {@link #pointerTo} only.
 */
public final class ElfImage {
  private static final int PAGE_BYTES = 4096;

  private final String name;
  private final long base;
  private final AddressRange range;
  private final FunctionTable functions;
  private final Map<String, Long> importAddresses;
  private final ElfLibrary library;

  private ElfImage(EmulatedTarget target, ElfLibrary library, long base, Imports imports) {
    this.name = library.name();
    this.library = library;
    this.base = base;
    range = mapSegments(target, library);
    DataCells cells = new DataCells(target, range.last() + 1);
    Relocator relocator = new Relocator(target, library, base, imports, cells);
    relocator.apply();
    importAddresses = Map.copyOf(relocator.importAddresses());
    functions = library.functionTable(base);
  }

  /**
   * Loads a library.
   *
   * @param base address of its first page; must be the start of a page
   * @param imports what it may import. Functions that are missing fail when they are called, not
   *     now
   * @throws UncheckedIOException if the file can not be read
   * @throws ElfImageException if it is no library of the supported kind
   * @throws UnsupportedRelocationException if it has a relocation that is not supported
   * @throws IllegalArgumentException if something is mapped there already
   */
  public static ElfImage load(EmulatedTarget target, Path file, long base, Imports imports) {
    try {
      return load(target, file.getFileName() + "", Files.readAllBytes(file), base, imports);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /**
   * Loads a library from memory, such as one inside a jar.
   *
   * @param name for messages
   * @param file the bytes of the file
   * @param base address of its first page; must be the start of a page
   * @param imports what it may import
   * @throws ElfImageException if it is no library of the supported kind
   * @throws UnsupportedRelocationException if it has a relocation that is not supported
   * @throws IllegalArgumentException if something is mapped there already
   */
  public static ElfImage load(
      EmulatedTarget target, String name, byte[] file, long base, Imports imports) {
    ElfLibrary library = ElfLibrary.of(name, file);
    if (!library.isMovable()) {
      throw new ElfImageException(name, "is a program with addresses of its own, no library");
    }
    return new ElfImage(target, library, base, imports);
  }

  /** The file's name. */
  public String name() {
    return name;
  }

  /** The address at which offset 0 of the library lies. */
  public long base() {
    return base;
  }

  /** From the first to the last page. */
  public AddressRange range() {
    return range;
  }

  /** All functions that symbols tell of, one for each address, by ascending address. */
  public List<CodeMap.Function> functions() {
    return elfFunctions().stream().map(ElfFunction::function).toList();
  }

  /** The {@link #functions}, each with the instruction set of its code. */
  public List<ElfFunction> elfFunctions() {
    return functions.functions();
  }

  /**
   * A function.
   *
   * @param symbol any of its names, without a version
   */
  public Optional<CodeMap.Function> function(String symbol) {
    return functions.function(symbol).map(ElfFunction::function);
  }

  /**
   * A function with the instruction set of its code.
   *
   * @param symbol any of its names, without a version
   * @throws IllegalArgumentException if there is none of that name
   */
  public ElfFunction elfFunction(String symbol) {
    return functions
        .function(symbol)
        .orElseThrow(
            () -> new IllegalArgumentException("%s has no function %s".formatted(name, symbol)));
  }

  /**
   * The address of a function.
   *
   * @param symbol any of its names, without a version
   * @throws IllegalArgumentException if there is none of that name
   */
  public long addressOf(String symbol) {
    return elfFunction(symbol).body().first();
  }

  /**
   * A pointer to a function, as guest code has it and as {@link EmulatedTarget#run} wants it: for
   * T32 the address with bit 0 set, otherwise the address.
   *
   * @param symbol any of its names, without a version
   * @throws IllegalArgumentException if there is none of that name
   */
  public long pointerTo(String symbol) {
    return elfFunction(symbol).pointer();
  }

  /**
   * The functions as a map for a registry. Whatever code lies between them may branch into them.
   */
  public CodeMap codeMap() {
    return CodeMap.of(functions());
  }

  /**
   * All functions, with symbols or without, and all places where they may be entered, as a map for
   * a registry: with it more windows can be shown to be safe than with {@link #codeMap()}.
   *
   * @param architecture that of the code
   * @param text the target's
   * @throws DwarfException if the unwind information is broken
   */
  public CodeMap codeMap(Architecture architecture, TextReader text) {
    return codeMap(List.of(architecture), text);
  }

  /**
   * The same of a library that may have code in several instruction sets.
   *
   * @param architectures those of the code, one for each instruction set
   * @param text the target's
   * @throws DwarfException if the unwind information is broken
   * @throws IllegalArgumentException if there is no architecture
   */
  public CodeMap codeMap(List<Architecture> architectures, TextReader text) {
    return library.codeMap(base, architectures, text);
  }

  /**
   * The functions in an instruction set as symbols for a registry, in a module of this image's
   * {@link #name}.
   *
   * @param instructionSet that of the code; of a library for x86, whose functions are all in one
   *     set, the one that their addresses are to carry
   */
  public SymbolResolver symbols(InstructionSet instructionSet) {
    boolean mixed = library.machine() == Machine.ARM;
    return (module, symbol) ->
        found(module, symbol)
            .filter(found -> !mixed || found.instructionSet().equals(instructionSet))
            .map(found -> symbol(found.function(), instructionSet))
            .stream()
            .toList();
  }

  /**
   * All functions as symbols for a registry, each with the instruction set that the file tells, in
   * a module of this image's {@link #name}.
   */
  public SymbolResolver symbols() {
    return (module, symbol) ->
        found(module, symbol)
            .map(found -> symbol(found.function(), found.instructionSet()))
            .stream()
            .toList();
  }

  private Optional<ElfFunction> found(String module, String symbol) {
    boolean asked = module.isEmpty() || module.equals(name);
    return asked ? functions.function(symbol) : Optional.empty();
  }

  private SymbolResolver.Symbol symbol(CodeMap.Function function, InstructionSet instructionSet) {
    AddressRange body = function.body();
    CodeAddress address = new CodeAddress(body.first(), instructionSet);
    return new SymbolResolver.Symbol(name, function.name(), address, body.length());
  }

  /** The imported functions and where the guest calls them. */
  public Map<String, Long> importAddresses() {
    return importAddresses;
  }

  private AddressRange mapSegments(EmulatedTarget target, ElfLibrary library) {
    long last = base;
    for (LoadedSegment segment : library.segments()) {
      AddressRange pages = pagesOf(segment);
      target.map(pages, protectionOf(segment));
      target.writeBytes(base + segment.address(), segment.content());
      last = pages.last();
    }
    return new AddressRange(base, last);
  }

  private AddressRange pagesOf(LoadedSegment segment) {
    long first = (base + segment.address()) & -PAGE_BYTES;
    long last = (base + segment.address() + segment.memoryBytes() - 1) | (PAGE_BYTES - 1);
    return new AddressRange(first, last);
  }

  private static Protection protectionOf(LoadedSegment segment) {
    if (segment.isExecutable()) {
      return segment.isWritable() ? Protection.READ_WRITE_EXECUTE : Protection.READ_EXECUTE;
    }
    return segment.isWritable() ? Protection.READ_WRITE : Protection.READ;
  }
}
