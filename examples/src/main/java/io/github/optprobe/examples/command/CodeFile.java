package io.github.optprobe.examples.command;

import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.elf.DwarfException;
import io.github.optprobe.elf.ElfFunction;
import io.github.optprobe.elf.ElfImageException;
import io.github.optprobe.elf.ElfLibrary;
import io.github.optprobe.text.ByteArrayText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/**
 * An ELF file with its functions. Addresses are those of the file, as every other tool shows them:
 * it lies at base 0. Immutable and thread-safe.
 */
final class CodeFile {
  static final long BASE = 0;
  private static final long MOST_BYTES = 1L << 30;
  private static final String NAME = "file";
  private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};

  private final Path path;
  private final ElfLibrary library;
  private final List<Architecture> architectures;
  private final List<ElfFunction> functions;

  private CodeFile(Path path, ElfLibrary library) {
    this.path = path;
    this.library = library;
    List<String> names = library.instructionSets().stream().map(InstructionSet::name).toList();
    architectures = names.stream().map(Isa::named).toList();
    functions = library.functions(BASE, architectures, newText());
  }

  /** Whether a file begins as every ELF file does. */
  static boolean isElf(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    }
  }

  /**
   * Reads a file.
   *
   * @throws UnreadableException if it can not be read, is of no supported kind, or is broken
   * @throws CommandFailure if a decoder is missing
   */
  static CodeFile read(Path path) throws UnreadableException {
    try {
      long size = Files.size(path);
      if (size > MOST_BYTES) {
        throw new UnreadableException("has %,d bytes, more than %,d".formatted(size, MOST_BYTES));
      }
      return of(path, Files.readAllBytes(path));
    } catch (NoSuchFileException missing) {
      throw new UnreadableException("is not there", missing);
    } catch (IOException unreadable) {
      throw new UnreadableException("can not be read: " + unreadable, unreadable);
    }
  }

  private static CodeFile of(Path path, byte[] bytes) throws UnreadableException {
    try {
      return new CodeFile(path, ElfLibrary.of(NAME, bytes));
    } catch (io.github.optprobe.x86.DecoderUnavailableException
        | io.github.optprobe.arm32.DecoderUnavailableException missing) {
      throw new CommandFailure(ExitCode.MISSING, missing.getMessage() + "", missing);
    } catch (ElfImageException broken) {
      // The name is said where the message is printed.
      String message = broken.getMessage() + "";
      boolean named = message.startsWith(NAME + ": ");
      throw new UnreadableException(named ? message.substring(NAME.length() + 2) : message, broken);
    } catch (DwarfException broken) {
      throw new UnreadableException("is broken: " + broken.getMessage(), broken);
    } catch (RuntimeException broken) {
      // What a file that is broken on purpose makes a reader throw can be anything.
      throw new UnreadableException(
          "is broken: its tables speak of what is not there (" + broken + ")", broken);
    }
  }

  Path path() {
    return path;
  }

  /** One for each instruction set that the machine has. */
  List<Architecture> architectures() {
    return architectures;
  }

  /** The architecture of an instruction set of the file's machine. */
  Architecture architecture(InstructionSet set) {
    return architectures.stream()
        .filter(each -> each.instructionSet().equals(set))
        .findFirst()
        .orElseThrow();
  }

  /** By ascending address. */
  List<ElfFunction> functions() {
    return functions;
  }

  /** The function whose body holds an address. */
  Optional<ElfFunction> functionAt(long address) {
    return functions.stream().filter(each -> each.body().contains(address)).findFirst();
  }

  /** All names of functions, and where they are. */
  Map<String, SortedSet<Long>> symbols() {
    return library.symbols(BASE);
  }

  /** The functions as a map. */
  CodeMap codeMap() {
    return CodeMap.of(functions.stream().map(ElfFunction::function).toList());
  }

  /** A new text with the code and the constants. */
  ByteArrayText newText() {
    return library.text(BASE);
  }

  /** A file can not be used. The message goes on where the file's name leaves off. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }

    UnreadableException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
