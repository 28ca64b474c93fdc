package io.github.optprobe.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The arrows between the rooms run one way. This module sees all of them, so the rules live here.
 */
@Tag("classpath-only") // ArchUnit reads class files from the class path
class RoomsTest {
  private static final String LIB_API = "io.github.optprobe";
  private static final String TEXT = "io.github.optprobe.text..";
  private static final String ARCH = "io.github.optprobe.arch..";
  private static final String INTERNAL = "io.github.optprobe.internal..";
  private static final String X86 = "io.github.optprobe.x86..";
  private static final String ARM32 = "io.github.optprobe.arm32..";
  private static final String ELF = "io.github.optprobe.elf..";
  private static final String TESTKIT = "io.github.optprobe.testkit..";
  private static final String EXAMPLES = "io.github.optprobe.examples..";
  private static final String RISCV = "io.github.optprobe.examples.riscv..";
  private static final String DECODER = "io.github.optprobe.examples.decoder..";
  private static final String FLIGHT = ".*\\.internal\\.Flight.*";
  private static final String JNA = "com.sun.jna..";
  private static final String LIVE = "io.github.optprobe.live..";
  private static final String UPCALLS = "io\\.github\\.optprobe\\.live\\.Upcalls.*";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("/test-classes-quick/"))
          .importPackages("io.github.optprobe");

  @Test
  void lib_api_needs_nothing_but_java_and_itself() {
    classes()
        .that()
        .resideInAnyPackage(LIB_API, TEXT, ARCH, INTERNAL)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "jdk.jfr..", "org.jspecify..", LIB_API, TEXT, ARCH, INTERNAL)
        .check(CLASSES);
  }

  /** An image may come without Flight Recorder: what needs it is loaded by one class, if at all. */
  @Test
  void flight_recorder_is_behind_one_door() {
    noClasses()
        .that()
        .haveNameNotMatching(FLIGHT)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.jfr..")
        .check(CLASSES);
    noClasses()
        .that()
        .haveNameNotMatching(FLIGHT)
        .and()
        .doNotHaveSimpleName("Observers")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(FLIGHT)
        .check(CLASSES);
  }

  @Test
  void text_knows_no_probe_and_no_architecture() {
    noClasses()
        .that()
        .resideInAPackage(TEXT)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(LIB_API, ARCH, INTERNAL)
        .check(CLASSES);
  }

  @Test
  void only_the_registry_opens_the_internal_room() {
    noClasses()
        .that()
        .resideOutsideOfPackages(INTERNAL)
        .and()
        .doNotHaveFullyQualifiedName("io.github.optprobe.Kprobes")
        .and()
        .doNotHaveFullyQualifiedName("io.github.optprobe.Kprobes$Builder")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(INTERNAL)
        .check(CLASSES);
  }

  @Test
  void architecture_modules_know_neither_each_other_nor_the_testkit() {
    noClasses()
        .that()
        .resideInAPackage(X86)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ARM32, ELF, TESTKIT, EXAMPLES)
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(ARM32)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(X86, ELF, TESTKIT, EXAMPLES)
        .check(CLASSES);
  }

  @Test
  void the_reader_of_elf_files_knows_lib_api_only() {
    noClasses()
        .that()
        .resideInAPackage(ELF)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(X86, ARM32, TESTKIT, EXAMPLES, INTERNAL)
        .check(CLASSES);
  }

  /** Whoever uses another parser has one place to change. */
  @Test
  void elf_files_are_parsed_in_their_room_only() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ELF, "io.github.optprobe.benchmarks..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("net.fornwall.jelf..")
        .check(CLASSES);
  }

  @Test
  void this_process_is_patched_without_the_testkit() {
    noClasses()
        .that()
        .resideInAPackage(LIVE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ARM32, TESTKIT, EXAMPLES, INTERNAL)
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages(LIVE, EXAMPLES, "io.github.optprobe.benchmarks..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(LIVE)
        .check(CLASSES);
  }

  /** Memory knows no machine code, machine code no registry; handlers write bytes only. */
  @Test
  void inside_live_the_rooms_stand_in_their_order() {
    mayNotSee("live", "memory", "machine", "handler");
    mayNotSee("live", "machine", "handler");
    noClasses()
        .that()
        .resideInAnyPackage(rooms("live", "memory", "machine", "handler"))
        .should()
        .dependOnClassesThat()
        .haveNameMatching("io\\.github\\.optprobe\\.Kprobes.*")
        .check(CLASSES);
  }

  @Test
  void the_testkit_knows_no_architecture_module() {
    noClasses()
        .that()
        .resideInAPackage(TESTKIT)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(X86, ARM32, EXAMPLES)
        .check(CLASSES);
  }

  @Test
  void native_code_is_called_from_the_decode_room_and_the_executors_only() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.github.optprobe.x86.decode..",
            "io.github.optprobe.arm32.decode..",
            "io.github.optprobe.testkit.decode..",
            "io.github.optprobe.testkit.unicorn..",
            "io.github.optprobe.testkit.ptrace..",
            "io.github.optprobe.live.memory..")
        .and()
        .haveNameNotMatching(UPCALLS)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(JNA)
        .check(CLASSES);
  }

  @Test
  void inside_x86_the_rooms_stand_in_their_order() {
    standInTheirOrder("x86");
    mayNotSee("x86", "emulate", "registers");
  }

  /** What it emulates is executed in one of two sets, which the registers tell. */
  @Test
  void inside_arm32_the_rooms_stand_in_their_order() {
    standInTheirOrder("arm32");
  }

  private static void standInTheirOrder(String module) {
    mayNotSee(
        module, "decode", "plan", "relocate", "emit", "patch", "registers", "emulate", "scan");
    mayNotSee(module, "scan", "plan", "relocate", "emit", "patch", "registers", "emulate");
    mayNotSee(
        module, "emit", "plan", "relocate", "patch", "registers", "decode", "emulate", "scan");
    mayNotSee(module, "relocate", "plan", "patch", "registers", "emulate", "scan");
    mayNotSee(module, "plan", "patch", "registers", "emit", "emulate");
    mayNotSee(
        module, "patch", "plan", "relocate", "decode", "registers", "emit", "emulate", "scan");
    mayNotSee(module, "emulate", "plan", "relocate", "emit", "patch", "scan");
  }

  @Test
  void the_tables_of_arm32_see_no_other_room() {
    classes()
        .that()
        .resideInAPackage("io.github.optprobe.arm32.table..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", ARCH, "io.github.optprobe.arm32.table..")
        .check(CLASSES);
  }

  /** It is what a stranger writes: with the library, and with the testkit only to be tested. */
  @Test
  void the_module_of_the_tutorial_knows_the_library_only() {
    classes()
        .that()
        .resideInAPackage(RISCV)
        .and()
        .doNotHaveSimpleName("RiscVProfiles")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", LIB_API, TEXT, ARCH, RISCV)
        .check(CLASSES);
  }

  /** What agrees with a decoder of one's own has to have been decoded twice. */
  @Test
  void the_decoder_of_the_docs_knows_the_decode_room_only() {
    classes()
        .that()
        .resideInAPackage(DECODER)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "org.jspecify..", "io.github.optprobe.testkit.decode..", DECODER)
        .check(CLASSES);
  }

  /** It is loaded into programs of others, and brings no more than it needs. */
  @Test
  void the_agent_knows_the_library_only() {
    String agent = "io.github.optprobe.examples.agent";
    classes()
        .that()
        .resideInAPackage(agent)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "org.jspecify..", LIB_API, TEXT, ARCH, ELF, "io.github.optprobe.live", agent)
        .check(CLASSES);
  }

  @Test
  void only_the_patch_rooms_write_text() {
    for (String module : List.of("x86", "arm32")) {
      noClasses()
          .that()
          .resideInAnyPackage(
              rooms(module, "decode", "plan", "scan", "relocate", "emit", "emulate", "registers"))
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.github.optprobe.text.TextMemory")
          .check(CLASSES);
    }
  }

  @Test
  void every_package_is_null_marked() {
    Stream<JavaPackage> packages = CLASSES.stream().map(each -> each.getPackage()).distinct();
    assertThat(packages).isNotEmpty().allMatch(each -> each.isAnnotatedWith(NullMarked.class));
  }

  private static void mayNotSee(String module, String room, String... others) {
    noClasses()
        .that()
        .resideInAnyPackage(rooms(module, room))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(rooms(module, others))
        .check(CLASSES);
  }

  private static String[] rooms(String module, String... names) {
    return Stream.of(names)
        .map(name -> "io.github.optprobe." + module + "." + name + "..")
        .toArray(String[]::new);
  }
}
