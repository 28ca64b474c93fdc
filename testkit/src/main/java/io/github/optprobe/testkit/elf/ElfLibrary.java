package io.github.optprobe.testkit.elf;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Landings;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.TextReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.fornwall.jelf.ElfSegment;

/**
 * A shared library as a file: its functions, with symbols or without, and its bytes as text that
 * nobody runs. What {@link ElfImage} can not run can be read here: libraries with thread-local
 * variables or indirect functions. Immutable.
 */
public final class ElfLibrary {
  private final ElfSource source;

  private ElfLibrary(ElfSource source) {
    this.source = source;
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
    return new ElfLibrary(new ElfSource(name, file));
  }

  static ElfLibrary of(ElfSource source) {
    return new ElfLibrary(source);
  }

  /** The file's name. */
  public String name() {
    return source.name();
  }

  /**
   * The code of the library, and its constants, as text. What a running library could change is not
   * there: it proves nothing of code.
   *
   * @param base address of its first page
   */
  public ByteArrayText text(long base) {
    List<ElfSegment> constant =
        source.segments().stream().filter(segment -> !segment.isWriteable()).toList();
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
   * @param base address of the first page
   * @param architecture that of the code
   * @param text where it lies
   * @throws DwarfException if the unwind information is broken
   */
  public List<CodeMap.Function> functions(long base, Architecture architecture, TextReader text) {
    Extents extents = new Extents(source);
    CrossBranches branches = new CrossBranches(extents, base, architecture, text);
    branches.find();
    List<CodeMap.Function> functions = new ArrayList<>();
    for (Extents.Extent extent : extents.all()) {
      functions.add(function(extent, extents.landings(extent), branches.related(extent), base));
    }
    return functions;
  }

  /** The functions as a map for a registry; see {@link #functions}. */
  public CodeMap codeMap(long base, Architecture architecture, TextReader text) {
    return CodeMap.of(functions(base, architecture, text));
  }

  private static CodeMap.Function function(
      Extents.Extent extent, Set<Long> landings, List<AddressRange> related, long base) {
    AddressRange body = CrossBranches.moved(extent.body(), base);
    String name =
        extent.name().isEmpty() ? "function_%x".formatted(extent.body().first()) : extent.name();
    List<Long> moved = landings.stream().map(address -> address + base).toList();
    return new CodeMap.Function(name, body, related, Landings.at(moved));
  }
}
