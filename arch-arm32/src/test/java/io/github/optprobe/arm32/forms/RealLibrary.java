package io.github.optprobe.arm32.forms;

import com.sun.jna.Native;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arm32.A32;
import io.github.optprobe.arm32.T32;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.elf.ElfFunction;
import io.github.optprobe.elf.ElfLibrary;
import io.github.optprobe.testkit.elf.CrossCompiler;
import io.github.optprobe.testkit.elf.SampleLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/**
 * A library with its functions.
 *
 * @param functions with the library's first page at {@link #BASE}
 */
record RealLibrary(ElfLibrary library, List<ElfFunction> functions) {
  static final long BASE = Space.TEXT;

  private static final String JNA = "com/sun/jna/linux-arm/libjnidispatch.so";

  /** The one in the jar of JNA, all of which is A32. */
  static RealLibrary jna() {
    ClassLoader loader = Native.class.getClassLoader();
    try (InputStream in = Objects.requireNonNull(loader.getResourceAsStream(JNA))) {
      return of(
          ElfLibrary.of("libjnidispatch.so", in.readAllBytes()).otherwiseIn(A32.INSTRUCTION_SET));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The sample, compiled now; the test is skipped where there is no compiler. */
  static RealLibrary sample(String name, List<String> options) {
    return of(ElfLibrary.of(name, compiled(options)));
  }

  private static byte[] compiled(List<String> options) {
    CrossCompiler compiler =
        CrossCompiler.find("arm-linux-gnueabihf-gcc")
            .orElseGet(() -> Assumptions.abort("needs arm-linux-gnueabihf-gcc on the path"));
    return SampleLibrary.compile(compiler, options);
  }

  private static RealLibrary of(ElfLibrary library) {
    List<Architecture> both = architectures();
    return new RealLibrary(library, library.functions(BASE, both, library.text(BASE)));
  }

  static List<Architecture> architectures() {
    return List.of(new A32(), new T32());
  }

  static ArmSet set(InstructionSet set) {
    return set.equals(A32.INSTRUCTION_SET) ? ArmSet.A32 : ArmSet.T32;
  }

  static Architecture architecture(InstructionSet set) {
    return architectures().stream()
        .filter(each -> each.instructionSet().equals(set))
        .findFirst()
        .orElseThrow();
  }
}
