package io.github.optprobe.examples;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Architectures;
import io.github.optprobe.arm32.A32;
import io.github.optprobe.examples.command.ExitCode;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.EmulatorUnavailableException;
import io.github.optprobe.x86.X86_64;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;

/** {@code optprobe doctor}: what is here, what is missing, and what to do about it. */
@Command(
    name = "doctor",
    description = "Say what of the native parts is found, where, and what is missing.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private final PrintStream out = System.out;

  @Override
  public Integer call() {
    out.printf(
        "java      %s, %s, %s%n",
        System.getProperty("java.runtime.version"),
        System.getProperty("os.name"),
        System.getProperty("os.arch"));
    for (Architecture architecture : Architectures.all()) {
      out.printf("arch      %s%n", architecture.instructionSet().name());
    }
    boolean x86 = decoder("x86", X86_64::decoderLibrary);
    boolean arm = decoder("ARM", A32::decoderLibrary);
    boolean emulator = emulator();
    return (x86 && arm && emulator ? ExitCode.OK : ExitCode.MISSING).number();
  }

  private boolean decoder(String architectures, Supplier<String> library) {
    try {
      out.printf("decoder   %s, for %s%n", library.get(), architectures);
      return true;
    } catch (io.github.optprobe.x86.DecoderUnavailableException
        | io.github.optprobe.arm32.DecoderUnavailableException missing) {
      out.printf("decoder   for %s MISSING%n%s%n", architectures, missing.getMessage());
      return false;
    }
  }

  private boolean emulator() {
    try {
      EmulatedTarget.of(new X86_64()).close();
      out.printf("emulator  libunicorn 2 found%n");
      return true;
    } catch (EmulatorUnavailableException missing) {
      out.printf("emulator  MISSING%n%s%n", missing.getMessage());
      return false;
    }
  }
}
