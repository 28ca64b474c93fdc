package io.github.optprobe.testkit.elf;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Landings;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.TextReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
   * The library as text, addresses in its data filled in as far as they are its own. Linking it
   * with others is not needed for reading code.
   *
   * @param base address of its first page
   */
  public ByteArrayText text(long base) {
    List<byte[]> contents = new ArrayList<>();
    List<ElfSegment> segments = source.segments();
    for (ElfSegment segment : segments) {
      contents.add(Arrays.copyOf(source.contentOf(segment), Math.toIntExact(segment.p_memsz)));
    }
    for (ElfSource.Relocation relocation : source.relocations()) {
      if (RelocationType.of(source.wordBytes(), relocation.type()) == RelocationType.RELATIVE) {
        relocate(relocation, base, segments, contents);
      }
    }
    ByteArrayText text = ByteArrayText.at(base + segments.get(0).p_vaddr, contents.get(0));
    for (int i = 1; i < contents.size(); i++) {
      text.map(base + segments.get(i).p_vaddr, contents.get(i));
    }
    return text;
  }

  private void relocate(
      ElfSource.Relocation relocation,
      long base,
      List<ElfSegment> segments,
      List<byte[]> contents) {
    for (int i = 0; i < contents.size(); i++) {
      long offset = relocation.offset() - segments.get(i).p_vaddr;
      if (offset >= 0 && offset + source.wordBytes() <= contents.get(i).length) {
        ByteBuffer words = ByteBuffer.wrap(contents.get(i)).order(ByteOrder.LITTLE_ENDIAN);
        addBase(words, (int) offset, relocation, base);
        return;
      }
    }
  }

  private void addBase(ByteBuffer words, int at, ElfSource.Relocation relocation, long base) {
    if (source.wordBytes() == Long.BYTES) {
      words.putLong(at, base + relocation.addend().orElseGet(() -> words.getLong(at)));
    } else {
      words.putInt(at, (int) (base + relocation.addend().orElseGet(() -> words.getInt(at))));
    }
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
