package io.github.optprobe.examples.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes HTML that is XML too, so that nothing can be left open and nothing that a file says can
 * become markup. Not thread-safe.
 */
final class HtmlWriter implements AutoCloseable {
  private final XMLStreamWriter xml;

  /**
   * Begins a page.
   *
   * @param out stays open
   */
  HtmlWriter(Writer out) {
    try {
      xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
      xml.writeDTD("<!DOCTYPE html>");
    } catch (XMLStreamException failed) {
      throw unwritten(failed);
    }
  }

  /** Writes what is inside an element. */
  @FunctionalInterface
  interface Content {
    void write();
  }

  /** Writes an element. */
  void element(String name, Map<String, String> attributes, Content content) {
    try {
      xml.writeStartElement(name);
      for (Map.Entry<String, String> each : new TreeMap<>(attributes).entrySet()) {
        xml.writeAttribute(each.getKey(), Printable.of(each.getValue()));
      }
      content.write();
      xml.writeEndElement();
    } catch (XMLStreamException failed) {
      throw unwritten(failed);
    }
  }

  /** Writes an element without attributes. */
  void element(String name, Content content) {
    element(name, Map.of(), content);
  }

  /** Writes an element that has text and nothing else. */
  void element(String name, Map<String, String> attributes, String text) {
    element(name, attributes, () -> text(text));
  }

  /** Writes an element that has text and nothing else, and no attribute. */
  void element(String name, String text) {
    element(name, Map.of(), text);
  }

  /** Writes an element that never has content, and no end tag. */
  void empty(String name, Map<String, String> attributes) {
    try {
      xml.writeEmptyElement(name);
      for (Map.Entry<String, String> each : new TreeMap<>(attributes).entrySet()) {
        xml.writeAttribute(each.getKey(), Printable.of(each.getValue()));
      }
    } catch (XMLStreamException failed) {
      throw unwritten(failed);
    }
  }

  /** Writes text, of several lines too. */
  void text(String text) {
    try {
      xml.writeCharacters(String.join("\n", text.lines().map(Printable::of).toList()));
    } catch (XMLStreamException failed) {
      throw unwritten(failed);
    }
  }

  /** Nothing but the file can fail: what is written is nested by construction. */
  private static UncheckedIOException unwritten(XMLStreamException failed) {
    return new UncheckedIOException(new IOException(failed));
  }

  @Override
  public void close() {
    try {
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException failed) {
      throw unwritten(failed);
    }
  }
}
