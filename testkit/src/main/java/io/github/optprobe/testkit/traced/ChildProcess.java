package io.github.optprobe.testkit.traced;

import io.github.optprobe.testkit.ptrace.PtraceException;
import io.github.optprobe.testkit.ptrace.PtraceLibrary;
import io.github.optprobe.testkit.ptrace.Tracee;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Starts the child and sees its end. A shell stands between: it is the child's parent, so that the
 * JDK, which waits for its own children, does not take the child's stops from its tracer; and it
 * collects what is left of the child. While nobody traces it, the child waits on its standard
 * input, which ends when this process does; from then on the kernel kills it with its tracer.
 */
final class ChildProcess {
  private static final Pattern PID = Pattern.compile("(\\d+)\n");

  // Without the redirection the shell would give a process in the background no standard input.
  private static final String SCRIPT = "exec 3<&0; \"$0\" <&3 & echo $!; wait";

  private final Process shell;
  private final Tracee tracee;

  private ChildProcess(Process shell, Tracee tracee) {
    this.shell = shell;
    this.tracee = tracee;
  }

  /**
   * Starts a child, traced by the calling thread and about to stop.
   *
   * @throws TracedUnavailableException if that is not possible here
   */
  static ChildProcess start() {
    PtraceLibrary.whyNot()
        .ifPresent(
            why -> {
              throw new TracedUnavailableException(why, null);
            });
    try {
      return startShell();
    } catch (IOException failure) {
      throw new TracedUnavailableException("its program can not be started: " + failure, failure);
    }
  }

  private static ChildProcess startShell() throws IOException {
    var permissions =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Path program = Files.createTempFile("optprobe", ".elf", permissions);
    try {
      Files.write(program, ChildProgram.elf());
      Process shell =
          new ProcessBuilder("/bin/sh", "-c", SCRIPT, program.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        return new ChildProcess(shell, Tracee.seize(pidOf(shell)));
      } catch (PtraceException | IOException notPermitted) {
        shell.getOutputStream().close();
        throw new TracedUnavailableException(notPermitted.toString(), notPermitted);
      }
    } finally {
      Files.delete(program);
    }
  }

  /** Reads what shell and child say, in whatever order, until both have said it. */
  private static int pidOf(Process shell) throws IOException {
    StringBuilder said = new StringBuilder();
    InputStream from = shell.getInputStream();
    while (true) {
      Matcher pid = PID.matcher(said.toString().replace(String.valueOf(ChildProgram.READY), ""));
      if (said.indexOf(String.valueOf(ChildProgram.READY)) >= 0 && pid.find()) {
        return Integer.parseInt(pid.group(1));
      }
      byte[] some = new byte[64];
      int count = from.read(some);
      if (count < 0) {
        throw new IOException("the child said no more than \"" + said + "\"");
      }
      said.append(new String(some, 0, count, StandardCharsets.US_ASCII));
    }
  }

  Tracee tracee() {
    return tracee;
  }

  /** Waits for the shell, which ends with the child. Interrupts are left for the caller to see. */
  void awaitShell() {
    boolean interrupted = false;
    while (shell.isAlive()) {
      try {
        shell.waitFor();
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes what connects this process with the shell. */
  void closeStreams() throws IOException {
    shell.getOutputStream().close();
    shell.getInputStream().close();
  }
}
