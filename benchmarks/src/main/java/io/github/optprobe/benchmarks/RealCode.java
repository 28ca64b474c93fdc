package io.github.optprobe.benchmarks;

import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.x86.X86_64;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSymbol;

/**
 * The machine code that things are measured on: the exported functions of the native library that
 * JNA's jar carries for x86-64 Linux, the same bytes on every machine; or of the machine's libc.
 */
final class RealCode {
  private static final String LIBRARY = "com/sun/jna/linux-x86-64/libjnidispatch.so";

  private static final List<String> LIBC_PLACES =
      List.of("/lib/x86_64-linux-gnu/libc.so.6", "/lib64/libc.so.6", "/usr/lib/libc.so.6");

  /** Where the code is mapped: its addresses in the file, moved up. */
  private static final long BASE = 0x40_0000L;

  private final byte[] bytes;
  private final long address;
  private final List<CodeMap.Function> functions;

  RealCode() {
    this(load());
  }

  private RealCode(ElfFile elf) {
    var section = elf.firstSectionByName(".text");
    bytes = section.getData();
    address = BASE + section.header.sh_addr;
    functions = functions(elf, AddressRange.ofLength(address, bytes.length));
  }

  /**
   * The machine's C library.
   *
   * @throws IllegalStateException if there is none where it is looked for
   */
  static RealCode libc() {
    return LIBC_PLACES.stream()
        .map(File::new)
        .filter(File::isFile)
        .findFirst()
        .map(RealCode::open)
        .orElseThrow(() -> new IllegalStateException("no libc at " + LIBC_PLACES));
  }

  private static RealCode open(File file) {
    try {
      return new RealCode(ElfFile.from(file));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A fresh text with the original code. */
  ByteArrayText text() {
    return ByteArrayText.at(address, bytes.clone());
  }

  byte[] bytes() {
    return bytes.clone();
  }

  long address() {
    return address;
  }

  CodeMap codeMap() {
    return CodeMap.of(functions);
  }

  List<CodeMap.Function> functions() {
    return functions;
  }

  /** The addresses of the first {@code count} instructions of exported functions. */
  long[] instructionStarts(int count) {
    X86_64 architecture = new X86_64();
    ByteArrayText text = text();
    return functions.stream()
        .map(function -> architecture.scan(text, function.body()))
        .flatMapToLong(scan -> Arrays.stream(scan.boundaries()))
        .limit(count)
        .toArray();
  }

  CodeScan scan(CodeMap.Function function) {
    return new X86_64().scan(text(), function.body());
  }

  private static List<CodeMap.Function> functions(ElfFile elf, AddressRange text) {
    TreeMap<Long, CodeMap.Function> found = new TreeMap<>();
    for (ElfSymbol symbol : elf.getDynamicSymbolTableSection().symbols) {
      boolean function = symbol.getType() == ElfSymbol.STT_FUNC && symbol.st_size > 0;
      if (function && text.contains(BASE + symbol.st_value)) {
        AddressRange body = AddressRange.ofLength(BASE + symbol.st_value, symbol.st_size);
        if (!overlaps(found, body)) {
          found.put(body.first(), new CodeMap.Function(String.valueOf(symbol.getName()), body));
        }
      }
    }
    return List.copyOf(found.values());
  }

  private static boolean overlaps(NavigableMap<Long, CodeMap.Function> found, AddressRange body) {
    var below = found.floorEntry(body.last());
    return below != null && below.getValue().body().overlaps(body);
  }

  private static ElfFile load() {
    try (InputStream in = RealCode.class.getClassLoader().getResourceAsStream(LIBRARY)) {
      if (in == null) {
        throw new IllegalStateException(LIBRARY + " is not in the JNA jar");
      }
      return ElfFile.from(in.readAllBytes());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
