package io.github.optprobe.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.arch.InstructionSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are no libraries, and files that were broken, made of a library inside JNA's jar. */
class ProgramFilesTest {
  private static final int E_TYPE = 16;
  private static final int E_SHOFF_64 = 40;
  private static final int SECTION_HEADER_64 = 64;
  private static final int SH_TYPE = 4;
  private static final int SH_OFFSET_64 = 24;
  private static final int SH_LINK_64 = 40;
  private static final int DYNAMIC = 6;

  @Test
  void a_program_with_addresses_of_its_own_is_read_like_a_library() throws IOException {
    byte[] file = library("linux-x86-64");
    ElfLibrary library = ElfLibrary.of("it", file);
    ElfLibrary program = ElfLibrary.of("it", ofType(file, 2));

    assertThat(library.isMovable()).isTrue();
    assertThat(program.isMovable()).isFalse();
    assertThat(program.functions(0)).isNotEmpty().isEqualTo(library.functions(0));
  }

  @Test
  void an_object_file_is_refused_with_the_reason() throws IOException {
    byte[] object = ofType(library("linux-x86-64"), 1);

    assertThatExceptionOfType(ElfImageException.class)
        .isThrownBy(() -> ElfLibrary.of("it", object))
        .withMessage("it: is an object file, whose branches lead nowhere yet: link it");
  }

  @ParameterizedTest
  @CsvSource({"linux-x86-64, x86-64", "linux-x86, x86-32", "linux-arm, a32 t32"})
  void it_tells_the_instruction_sets_of_its_machine(String where, String names) throws IOException {
    assertThat(ElfLibrary.of("it", library(where)).instructionSets())
        .extracting(InstructionSet::name)
        .containsExactly(names.split(" "));
  }

  /** Each function that has a symbol's name is where the symbol is. */
  @ParameterizedTest
  @ValueSource(strings = {"linux-x86-64", "linux-x86", "linux-arm"})
  void its_symbols_are_where_its_functions_are(String where) throws IOException {
    ElfLibrary library = ElfLibrary.of("it", library(where));
    long base = 0x10000;

    Map<String, SortedSet<Long>> symbols = library.symbols(base);

    List<ElfFunction> named =
        library.functions(base).stream().filter(f -> symbols.containsKey(f.name())).toList();
    assertThat(named)
        .hasSizeGreaterThan(50)
        .allMatch(function -> symbols.get(function.name()).contains(function.body().first()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-x86-64", "linux-x86", "linux-arm"})
  void a_file_that_was_cut_off_says_what_is_missing(String where) throws IOException {
    byte[] file = library(where);
    for (int length : new int[] {100, file.length / 2, file.length - 1}) {
      byte[] cut = Arrays.copyOf(file, length);

      assertThatExceptionOfType(ElfImageException.class)
          .isThrownBy(() -> ElfLibrary.of("it", cut))
          .withMessageContaining("it: is broken: ");
    }
  }

  /** Each would make a reader that believes it ask for gigabytes, or divide by zero. */
  @ParameterizedTest
  @CsvSource({
    "11, 32, 0x7fffffffffff0000, is not all in the file",
    "11, 24, 0x7fffffffffff0000, is not all in the file",
    "11, 24, -1, is not all in the file",
    "11, 56, 0, in entries of 0x0",
    "4, 56, 1, in entries of 0x1",
  })
  void a_section_that_says_what_can_not_be_is_not_believed(
      int type, int field, long value, String message) throws IOException {
    byte[] file = library("linux-x86-64");
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(section(bytes, type) + field, value);

    assertThatExceptionOfType(ElfImageException.class)
        .isThrownBy(() -> ElfLibrary.of("it", file))
        .withMessageContaining("it: is broken: section ")
        .withMessageContaining(message);
  }

  /** The content of a hash table says how long it is. */
  @Test
  void a_hash_table_that_says_what_can_not_be_is_not_believed() throws IOException {
    byte[] file = library("linux-x86-64");
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int header = section(bytes, 0x6fff_fff6);
    bytes.putInt((int) bytes.getLong(header + SH_OFFSET_64), 0x7fff_ffff);

    assertThatExceptionOfType(ElfImageException.class)
        .isThrownBy(() -> ElfLibrary.of("it", file))
        .withMessageContaining("and its content says");
  }

  /** Offsets behind the strings, and a table of strings that is none. */
  @ParameterizedTest
  @ValueSource(longs = {0x7fff_ffffL, 0x7fff_ffff_ffff_ffffL, -1})
  void names_that_are_not_in_the_file_are_not_believed(long offset) throws IOException {
    byte[] file = library("linux-x86-64");
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int header = section(bytes, DYNAMIC);
    int entry = (int) bytes.getLong(header + SH_OFFSET_64);
    assertThat(bytes.getLong(entry)).as("DT_NEEDED").isOne();
    bytes.putLong(entry + Long.BYTES, offset);

    assertNamesAreMissing(file);
    bytes.putInt(header + SH_LINK_64, (int) offset);
    assertNamesAreMissing(file);
    bytes.putInt(header + SH_LINK_64, 1);
    assertNamesAreMissing(file);
  }

  private static void assertNamesAreMissing(byte[] file) {
    ElfLibrary library = ElfLibrary.of("it", file);
    assertThatExceptionOfType(ElfImageException.class)
        .isThrownBy(library::needed)
        .withMessage("it: is broken: names of its dynamic section are missing");
  }

  private static int section(ByteBuffer bytes, int type) {
    int header = (int) bytes.getLong(E_SHOFF_64);
    while (bytes.getInt(header + SH_TYPE) != type) {
      header += SECTION_HEADER_64;
    }
    return header;
  }

  private static byte[] ofType(byte[] file, int type) {
    byte[] other = file.clone();
    other[E_TYPE] = (byte) type;
    return other;
  }

  private static byte[] library(String where) throws IOException {
    String name = "/com/sun/jna/" + where + "/libjnidispatch.so";
    try (InputStream in = com.sun.jna.Native.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }
}
