package io.github.optprobe.testkit.elf;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.SymbolResolver;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.fornwall.jelf.ElfSegment;

/**
 * A shared library in a target: mapped, relocated, its imports connected. Immutable.
 *
 * <p>Supported are libraries for x86-64 and x86-32 without thread-local variables and without
 * indirect functions. Initialisers are not run.
 */
public final class ElfImage {
  private static final int PAGE_BYTES = 4096;

  private final String name;
  private final long base;
  private final AddressRange range;
  private final FunctionTable functions;
  private final Map<String, Long> importAddresses;
  private final ElfSource source;

  private ElfImage(EmulatedTarget target, ElfSource source, long base, Imports imports) {
    this.name = source.name();
    this.source = source;
    this.base = base;
    range = mapSegments(target, source);
    DataCells cells = new DataCells(target, range.last() + 1);
    Relocator relocator = new Relocator(target, source, base, imports, cells);
    relocator.apply();
    importAddresses = Map.copyOf(relocator.importAddresses());
    functions = new FunctionTable(source, base);
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
    return new ElfImage(target, new ElfSource(name, file), base, imports);
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
    return functions.functions();
  }

  /**
   * A function.
   *
   * @param symbol any of its names, without a version
   */
  public Optional<CodeMap.Function> function(String symbol) {
    return functions.function(symbol);
  }

  /**
   * The address of a function.
   *
   * @param symbol any of its names, without a version
   * @throws IllegalArgumentException if there is none of that name
   */
  public long addressOf(String symbol) {
    return function(symbol)
        .map(function -> function.body().first())
        .orElseThrow(
            () -> new IllegalArgumentException("%s has no function %s".formatted(name, symbol)));
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
    return ElfLibrary.of(source).codeMap(base, architecture, text);
  }

  /**
   * The functions as symbols for a registry, in a module of this image's {@link #name}.
   *
   * @param instructionSet that of the code, of which the file's headers say less than a decoder
   *     needs
   */
  public SymbolResolver symbols(InstructionSet instructionSet) {
    return (module, symbol) ->
        module.isEmpty() || module.equals(name)
            ? function(symbol).map(found -> symbol(found, instructionSet)).stream().toList()
            : List.of();
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

  private AddressRange mapSegments(EmulatedTarget target, ElfSource source) {
    long last = base;
    for (ElfSegment segment : source.segments()) {
      AddressRange pages = pagesOf(segment);
      target.map(pages, protectionOf(segment));
      target.writeBytes(base + segment.p_vaddr, source.contentOf(segment));
      last = pages.last();
    }
    return new AddressRange(base, last);
  }

  private AddressRange pagesOf(ElfSegment segment) {
    long first = (base + segment.p_vaddr) & -PAGE_BYTES;
    long last = (base + segment.p_vaddr + segment.p_memsz - 1) | (PAGE_BYTES - 1);
    return new AddressRange(first, last);
  }

  private static Protection protectionOf(ElfSegment segment) {
    if (segment.isExecutable()) {
      return segment.isWriteable() ? Protection.READ_WRITE_EXECUTE : Protection.READ_EXECUTE;
    }
    return segment.isWriteable() ? Protection.READ_WRITE : Protection.READ;
  }
}
