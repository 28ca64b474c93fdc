package io.github.optprobe.examples.agent;

import io.github.optprobe.RefusedException;
import io.github.optprobe.live.LiveProcess;
import io.github.optprobe.text.TextException;
import java.io.IOException;
import java.util.Properties;

/** One session of the agent: from the request to the last line. */
public final class AgentSession implements Runnable {
  private static final System.Logger LOG = System.getLogger(AgentSession.class.getName());

  private final Properties properties;

  private AgentSession(Properties properties) {
    this.properties = properties;
  }

  /**
   * Begins a session, on a thread that does not keep the JVM alive. Called by {@link LiveAgent}.
   */
  public static void start(Properties request) {
    Thread thread = new Thread(new AgentSession(request), "optprobe-live-agent");
    thread.setDaemon(true);
    thread.setContextClassLoader(AgentSession.class.getClassLoader());
    thread.start();
  }

  @Override
  public void run() {
    try (Connection connection = Connection.open(properties)) {
      serve(TraceRequest.of(properties), connection);
      connection.flush();
    } catch (IOException gone) {
      // Nothing that the program of this JVM need be bothered with: the probes are gone.
      LOG.log(System.Logger.Level.DEBUG, "optprobe live: the command is gone; it is over", gone);
    }
  }

  private static LiveProcess open() {
    try {
      return LiveProcess.open();
    } catch (IllegalStateException taken) {
      throw new IllegalStateException(
          "somebody probes this process already, and one can at a time: " + taken.getMessage(),
          taken);
    }
  }

  private static void serve(TraceRequest request, Connection connection) throws IOException {
    try (LiveProcess live = open()) {
      Symbols symbols = new Symbols(live.libraries(), connection);
      if (request.kind() == TraceRequest.Kind.LIST) {
        symbols.list(request.places().get(0));
      } else if (symbols.areKnown(request.places())) {
        new Tracer(live, request, connection).run();
      }
    } catch (UnsupportedOperationException
        | IllegalStateException
        | RefusedException
        | TextException reason) {
      connection.send(Line.of(Line.Word.FAILED, String.valueOf(reason.getMessage())));
    } catch (RuntimeException | LinkageError bug) {
      // Nobody sees the log of the other JVM.
      connection.send(Line.of(Line.Word.FAILED, bug.toString()));
      LOG.log(System.Logger.Level.ERROR, "optprobe live failed", bug);
    }
  }
}
