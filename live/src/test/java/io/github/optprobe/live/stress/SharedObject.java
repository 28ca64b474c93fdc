package io.github.optprobe.live.stress;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The file of a shared library for x86-64 that has functions and nothing else, made without a
 * compiler or a linker. Source: System V ABI, Generic, 4 (Object Files) and 5 (Program Loading and
 * Dynamic Linking).
 */
public final class SharedObject {
  private static final int PAGE = 4096;
  private static final int LINE = 64;
  private static final int HEADER = 64;
  private static final int SEGMENT = 56;
  private static final int SECTION = 64;
  private static final int SYMBOL = 24;
  private static final int SEGMENTS = 5;
  private static final int SECTIONS = 6;
  private static final int BUCKETS = 1021;
  private static final byte BREAKPOINT = (byte) 0xCC;
  private static final byte GLOBAL_FUNCTION = 0x12;

  private final String name;
  private final Map<String, Integer> offsets = new LinkedHashMap<>();
  private final Map<String, byte[]> functions = new LinkedHashMap<>();
  private int codeBytes;

  /** Begins one with the name that programs ask for. */
  public SharedObject(String name) {
    this.name = name;
  }

  /**
   * Adds a function.
   *
   * @param misalignment how far behind the start of a cache line it starts
   */
  public void add(String function, int misalignment, byte[] code) {
    int start = ((codeBytes + LINE) & -LINE) + misalignment;
    offsets.put(function, start);
    functions.put(function, code);
    codeBytes = start + code.length;
  }

  /** The file. */
  public byte[] toBytes() {
    return new Layout().write();
  }

  private final class Layout {
    private final ByteBuffer strings = little(32 * functions.size() + 256);
    private final List<Integer> names = new ArrayList<>();
    private final int library = string(name);
    private final int symbols = HEADER + SEGMENTS * SEGMENT;
    private final int symbolBytes = SYMBOL * (1 + functions.size());
    private final int stringStart;
    private final int stringBytes;
    private final int hash;
    private final int hashBytes = 4 * (2 + BUCKETS + 1 + functions.size());
    private final int text;
    private final int dynamic;
    private final int dynamicBytes = 7 * 16;
    private final int sections;

    Layout() {
      functions.keySet().forEach(each -> names.add(string(each)));
      stringStart = symbols + symbolBytes;
      stringBytes = strings.position() + 1;
      hash = (stringStart + stringBytes + 7) & -8;
      text = page(hash + hashBytes);
      dynamic = page(text + codeBytes);
      sections = dynamic + dynamicBytes;
    }

    private int string(String value) {
      // The first byte stays zero: it is the name of nothing.
      int start = strings.position() + 1;
      byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < bytes.length; i++) {
        strings.put(start + i, bytes[i]);
      }
      strings.position(start + bytes.length);
      return start;
    }

    byte[] write() {
      byte[] file = new byte[sections + SECTIONS * SECTION + 64];
      ByteBuffer out = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      header(out);
      segments(out);
      symbols(out);
      byte[] all = new byte[stringBytes];
      strings.get(0, all);
      out.position(stringStart).put(all);
      hash(out);
      code(out);
      dynamic(out);
      sections(out);
      return file;
    }

    private void header(ByteBuffer out) {
      out.putInt(0x464C_457F).putInt(0x0001_0102).putLong(0); // 64 bits, little-endian
      out.putShort((short) 3).putShort((short) 62).putInt(1); // a shared object, x86-64
      out.putLong(0).putLong(HEADER).putLong(sections).putInt(0);
      out.putShort((short) HEADER).putShort((short) SEGMENT).putShort((short) SEGMENTS);
      out.putShort((short) SECTION).putShort((short) SECTIONS).putShort((short) (SECTIONS - 1));
    }

    private void segments(ByteBuffer out) {
      segment(out, 1, 4, 0, hash + hashBytes, PAGE);
      segment(out, 1, 5, text, codeBytes, PAGE);
      segment(out, 1, 6, dynamic, dynamicBytes, PAGE);
      segment(out, 2, 6, dynamic, dynamicBytes, 8);
      segment(out, 0x6474_E551, 6, 0, 0, 16); // stacks need not be executable
    }

    private void segment(ByteBuffer out, int type, int flags, int at, long bytes, int align) {
      out.putInt(type).putInt(flags).putLong(at).putLong(at).putLong(at);
      out.putLong(bytes).putLong(bytes).putLong(align);
    }

    private void symbols(ByteBuffer out) {
      out.position(symbols + SYMBOL);
      int index = 0;
      for (String function : functions.keySet()) {
        out.putInt(names.get(index++)).put(GLOBAL_FUNCTION).put((byte) 0).putShort((short) 3);
        out.putLong(text + offsets.get(function)).putLong(functions.get(function).length);
      }
    }

    private void hash(ByteBuffer out) {
      int buckets = hash + 8;
      int chains = buckets + 4 * BUCKETS;
      out.putInt(hash, BUCKETS).putInt(hash + 4, 1 + functions.size());
      int index = 1;
      for (String function : functions.keySet()) {
        int bucket = buckets + 4 * (int) (hashOf(function) % BUCKETS);
        out.putInt(chains + 4 * index, out.getInt(bucket));
        out.putInt(bucket, index++);
      }
    }

    private void code(ByteBuffer out) {
      for (int i = 0; i < codeBytes; i++) {
        out.put(text + i, BREAKPOINT);
      }
      functions.forEach((function, code) -> out.position(text + offsets.get(function)).put(code));
    }

    private void dynamic(ByteBuffer out) {
      out.position(dynamic);
      out.putLong(14).putLong(library); // DT_SONAME
      out.putLong(4).putLong(hash); // DT_HASH
      out.putLong(5).putLong(stringStart); // DT_STRTAB
      out.putLong(6).putLong(symbols); // DT_SYMTAB
      out.putLong(10).putLong(stringBytes); // DT_STRSZ
      out.putLong(11).putLong(SYMBOL); // DT_SYMENT
      out.putLong(0).putLong(0);
    }

    private void sections(ByteBuffer out) {
      out.position(sections + SECTION);
      section(out, 1, 11, 2, symbols, symbolBytes, 2, 1, SYMBOL); // .dynsym
      section(out, 9, 3, 2, stringStart, stringBytes, 0, 0, 0); // .dynstr
      section(out, 17, 1, 6, text, codeBytes, 0, 0, 0); // .text
      section(out, 23, 6, 3, dynamic, dynamicBytes, 2, 0, 16); // .dynamic
      section(out, 32, 3, 0, sections + SECTIONS * SECTION, 42, 0, 0, 0); // .shstrtab
      out.put(
          "\0.dynsym\0.dynstr\0.text\0.dynamic\0.shstrtab\0".getBytes(StandardCharsets.US_ASCII));
    }

    private void section(
        ByteBuffer out,
        int sectionName,
        int type,
        long flags,
        long at,
        long bytes,
        int link,
        int info,
        long entry) {
      out.putInt(sectionName).putInt(type).putLong(flags);
      out.putLong((flags & 2) == 0 && type != 6 ? 0 : at).putLong(at).putLong(bytes);
      out.putInt(link).putInt(info).putLong(8).putLong(entry);
    }
  }

  private static int page(int offset) {
    return (offset + PAGE - 1) & -PAGE;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The hash of the ABI. */
  private static long hashOf(String function) {
    long hash = 0;
    for (int i = 0; i < function.length(); i++) {
      hash = (hash << 4) + function.charAt(i);
      long high = hash & 0xF000_0000L;
      hash = (hash ^ (high >>> 24)) & ~high & 0xFFFF_FFFFL;
    }
    return hash;
  }
}
