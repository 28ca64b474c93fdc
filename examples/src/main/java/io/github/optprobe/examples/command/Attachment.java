package io.github.optprobe.examples.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.github.optprobe.examples.agent.Connection;
import io.github.optprobe.examples.agent.Line;
import io.github.optprobe.examples.agent.TraceRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Properties;

/**
 * An agent in another JVM, and the line to it. The agent ends, and takes its probes with it, when
 * this is closed or this process ends. Reading is for one thread; {@link #stop} is for any.
 */
final class Attachment implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;
  private static final int TOKEN_BYTES = 16;

  private final Socket socket;
  private final BufferedReader in;

  private Attachment(Socket socket, BufferedReader in) {
    this.socket = socket;
    this.in = in;
  }

  /**
   * Attaches to a JVM and hands it a request.
   *
   * @throws CommandFailure if that is not possible; it says why
   */
  static Attachment open(long process, TraceRequest request) throws IOException {
    if (process == ProcessHandle.current().pid()) {
      throw CommandFailure.usage("%d is this command itself".formatted(process));
    }
    if (ProcessHandle.of(process).isEmpty()) {
      throw CommandFailure.usage("there is no process %d; jps lists JVMs".formatted(process));
    }
    Properties properties = new Properties();
    request.store(properties);
    try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      properties.setProperty(Connection.PORT, Integer.toString(server.getLocalPort()));
      properties.setProperty(Connection.GREETING, token());
      properties.setProperty(Connection.ANSWER, token());
      try (AgentFiles files = AgentFiles.write(properties)) {
        load(process, files);
        return accept(server, properties);
      }
    }
  }

  private static String token() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static void load(long process, AgentFiles files) throws IOException {
    VirtualMachine machine = attach(process);
    try {
      machine.loadAgent(files.jar(), files.request());
    } catch (AgentLoadException | AgentInitializationException refused) {
      throw failure(
          "process %d does not load the agent (%s); was it started with"
                  .formatted(process, refused.getMessage())
              + " -XX:-EnableDynamicAgentLoading, or by another user?",
          refused);
    } finally {
      machine.detach();
    }
  }

  private static VirtualMachine attach(long process) {
    try {
      return VirtualMachine.attach(Long.toString(process));
    } catch (AttachNotSupportedException | IOException refused) {
      throw failure(
          "can not attach to process %d: is it a JVM of the same user? (%s)"
              .formatted(process, refused.getMessage()),
          refused);
    } catch (LinkageError absent) {
      throw new CommandFailure(
          ExitCode.MISSING, "this Java has no module jdk.attach; use a JDK", absent);
    }
  }

  private static CommandFailure failure(String message, Exception cause) {
    return new CommandFailure(ExitCode.FOUND, Printable.of(message), cause);
  }

  private static Attachment accept(ServerSocket server, Properties properties) throws IOException {
    server.setSoTimeout(PATIENCE_MILLIS);
    while (true) {
      Socket socket = acceptNext(server);
      socket.setSoTimeout(PATIENCE_MILLIS);
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      if (isAgent(socket, in, properties)) {
        socket.setSoTimeout(0);
        return new Attachment(socket, in);
      }
      socket.close();
    }
  }

  private static Socket acceptNext(ServerSocket server) throws IOException {
    try {
      return server.accept();
    } catch (SocketTimeoutException silent) {
      throw failure("the agent was loaded, but does not answer", silent);
    }
  }

  /** Anybody on this machine can connect; who can not read the request can not answer. */
  private static boolean isAgent(Socket socket, BufferedReader in, Properties properties)
      throws IOException {
    socket
        .getOutputStream()
        .write((properties.getProperty(Connection.GREETING) + "\n").getBytes(UTF_8));
    try {
      return Objects.equals(properties.getProperty(Connection.ANSWER), in.readLine());
    } catch (SocketTimeoutException silent) {
      return false;
    }
  }

  /**
   * What the agent says next.
   *
   * @throws CommandFailure if it has gone
   */
  Line next() throws IOException {
    String line = in.readLine();
    if (line == null) {
      throw new CommandFailure(ExitCode.FOUND, "the process has ended, or dropped the line");
    }
    return Line.parse(line);
  }

  /** Whether the agent has nothing more to say. */
  boolean isAtEnd() throws IOException {
    in.mark(1);
    if (!hasMore()) {
      return true;
    }
    in.reset();
    return false;
  }

  private boolean hasMore() throws IOException {
    try {
      return in.read() >= 0;
    } catch (SocketException reset) {
      // The process was killed.
      return false;
    }
  }

  /** Asks the agent to remove its probes and to say the rest. */
  void stop() {
    try {
      socket.shutdownOutput();
    } catch (IOException gone) {
      // Then there is nobody to be stopped; whoever reads is told.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
