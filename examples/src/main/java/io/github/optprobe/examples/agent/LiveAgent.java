package io.github.optprobe.examples.agent;

import java.io.IOException;
import java.io.Reader;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/**
 * The one class that is added to the class path of the JVM that is attached to. It loads everything
 * else by a class loader of its own, so that what the JVM's program calls by the same names stays
 * what it was. Needs nothing but Java itself.
 */
public final class LiveAgent {
  /** The property with the files of the class path, one a line. */
  public static final String CLASS_PATH = "class.path";

  /** The property that is another one when one of these files is. */
  public static final String CLASS_PATH_VERSION = "class.path.version";

  private static final String SESSION = "io.github.optprobe.examples.agent.AgentSession";

  /** Kept, since what is loaded can not be unloaded: a second session takes the same classes. */
  private static final Map<String, ClassLoader> LOADERS = new HashMap<>();

  private LiveAgent() {}

  /**
   * Called by the JVM when the agent is loaded; returns when the session has begun on a thread of
   * its own.
   *
   * @param options the file with the request, see {@link TraceRequest}
   * @throws IOException if the file can not be read
   * @throws ReflectiveOperationException if the class path lacks something
   */
  public static void agentmain(String options) throws IOException, ReflectiveOperationException {
    Properties request = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(options))) {
      request.load(reader);
    }
    ClassLoader loader = loader(request);
    loader.loadClass(SESSION).getMethod("start", Properties.class).invoke(null, request);
  }

  private static synchronized ClassLoader loader(Properties request) throws MalformedURLException {
    String classPath = Objects.requireNonNull(request.getProperty(CLASS_PATH));
    String key = classPath + request.getProperty(CLASS_PATH_VERSION);
    ClassLoader known = LOADERS.get(key);
    if (known == null) {
      known = new URLClassLoader(urls(classPath), ClassLoader.getPlatformClassLoader());
      LOADERS.put(key, known);
    }
    return known;
  }

  private static URL[] urls(String classPath) throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String file : classPath.split("\n", -1)) {
      urls.add(Path.of(file).toUri().toURL());
    }
    return urls.toArray(URL[]::new);
  }
}
