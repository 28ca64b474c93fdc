package io.github.optprobe.examples.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Properties;

/**
 * The agent's end of the line to the command: lines go out, and anything that comes in, its end
 * included, says stop. For one thread.
 */
public final class Connection implements AutoCloseable {
  /** The property with the port on which the command listens. */
  public static final String PORT = "port";

  /** The property with the line by which the command is known. */
  public static final String GREETING = "greeting";

  /** The property with the line by which the agent is known. */
  public static final String ANSWER = "answer";

  private static final int PATIENCE_MILLIS = 5000;

  private final Socket socket;
  private final BufferedReader in;
  private final BufferedWriter out;

  private Connection(Socket socket) throws IOException {
    this.socket = socket;
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    out = new BufferedWriter(new OutputStreamWriter(socket.getOutputStream(), UTF_8));
  }

  /**
   * Connects, and makes sure that it is the command that listens: somebody else may have taken its
   * port.
   *
   * @throws IOException if it is not
   */
  static Connection open(Properties request) throws IOException {
    int port = Integer.parseInt(request.getProperty(PORT));
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    boolean known = false;
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
      Connection connection = new Connection(socket);
      connection.greet(request);
      known = true;
      return connection;
    } finally {
      if (!known) {
        socket.close();
      }
    }
  }

  private void greet(Properties request) throws IOException {
    if (!request.getProperty(GREETING).equals(in.readLine())) {
      throw new IOException("somebody else listens there");
    }
    write(request.getProperty(ANSWER));
    flush();
  }

  void send(Line line) throws IOException {
    write(line.toString());
  }

  private void write(String line) throws IOException {
    out.write(line);
    out.write('\n');
  }

  void flush() throws IOException {
    out.flush();
  }

  /** Waits, at most so long, for the command to say stop, or to end. */
  boolean isStoppedWithin(int millis) throws IOException {
    socket.setSoTimeout(Math.max(1, millis));
    try {
      in.read();
      return true;
    } catch (SocketTimeoutException nothing) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
