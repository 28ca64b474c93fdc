package io.github.optprobe.benchmarks;

import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.x86.X86_64;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSymbol;

/**
 * The machine code that everything is measured on: the exported functions of the native library
 * that JNA's jar carries for x86-64 Linux. The same bytes on every machine.
 */
final class RealCode {
  private static final String LIBRARY = "com/sun/jna/linux-x86-64/libjnidispatch.so";

  /** Where the code is mapped: its addresses in the file, moved up. */
  private static final long BASE = 0x40_0000L;

  private final byte[] bytes;
  private final long address;
  private final List<CodeMap.Function> functions;

  RealCode() {
    ElfFile elf = load();
    var section = elf.firstSectionByName(".text");
    bytes = section.getData();
    address = BASE + section.header.sh_addr;
    functions = functions(elf, AddressRange.ofLength(address, bytes.length));
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
    List<CodeMap.Function> found = new ArrayList<>();
    for (ElfSymbol symbol : elf.getDynamicSymbolTableSection().symbols) {
      boolean function = symbol.getType() == ElfSymbol.STT_FUNC && symbol.st_size > 0;
      if (function && text.contains(BASE + symbol.st_value)) {
        AddressRange body = AddressRange.ofLength(BASE + symbol.st_value, symbol.st_size);
        if (found.stream().noneMatch(other -> other.body().overlaps(body))) {
          found.add(new CodeMap.Function(String.valueOf(symbol.getName()), body));
        }
      }
    }
    return found;
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
