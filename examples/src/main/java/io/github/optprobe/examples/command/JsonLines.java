package io.github.optprobe.examples.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonGenerator.Feature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;

/**
 * Writes one JSON object a line. Each says its schema, the schema's version and its own type first.
 * A version grows when a field goes or changes its meaning; new fields may come at any time. Not
 * thread-safe.
 */
final class JsonLines implements AutoCloseable {
  private final Writer out;
  private final JsonGenerator json;
  private final String schema;
  private final int version;

  /**
   * Creates a writer.
   *
   * @param out stays open
   * @param schema the name of the schema, such as {@code optprobe.sweep}
   */
  JsonLines(Writer out, String schema, int version) {
    this.out = out;
    this.schema = schema;
    this.version = version;
    try {
      // Whatever the encoding of the other end is, it has ASCII.
      JsonFactory factory = JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
      json = factory.createGenerator(out);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    json.disable(Feature.AUTO_CLOSE_TARGET);
    json.setRootValueSeparator(null);
  }

  /** Writes the fields of an object, or the elements of an array. */
  @FunctionalInterface
  interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  /** Writes a line, at once. */
  void line(String type, Content content) {
    try {
      json.writeStartObject();
      json.writeStringField("schema", schema);
      json.writeNumberField("version", version);
      json.writeStringField("type", type);
      content.write(json);
      json.writeEndObject();
      json.flush();
      out.write('\n');
      out.flush();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** An address as a string, because JSON's numbers lose what is above 2^53. */
  static String hex(long address) {
    return "0x" + Long.toHexString(address);
  }

  @Override
  public void close() {
    try {
      json.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
