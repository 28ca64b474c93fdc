package io.github.optprobe.examples;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Architectures;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.EmulatorUnavailableException;
import io.github.optprobe.x86.DecoderUnavailableException;
import io.github.optprobe.x86.X86_64;
import java.io.PrintStream;
import java.util.concurrent.Callable;
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
    boolean decoder = decoder();
    boolean emulator = emulator();
    return decoder && emulator ? 0 : 1;
  }

  private boolean decoder() {
    try {
      out.printf("decoder   %s%n", X86_64.decoderLibrary());
      return true;
    } catch (DecoderUnavailableException missing) {
      out.printf("decoder   MISSING%n%s%n", missing.getMessage());
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
