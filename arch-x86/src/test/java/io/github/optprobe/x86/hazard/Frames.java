package io.github.optprobe.x86.hazard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What GNU readelf says of the unwind information of a library, and the landing pads by it. */
final class Frames {
  private static final Pattern FRAME =
      Pattern.compile("^([0-9a-f]+) .* FDE .*pc=([0-9a-f]+)\\.\\.([0-9a-f]+)");
  private static final Pattern DATA =
      Pattern.compile("^  Augmentation data: +([0-9a-f]{2} [0-9a-f]{2} [0-9a-f]{2} [0-9a-f]{2})$");
  private static final Pattern SECTION =
      Pattern.compile("\\] (\\.\\S+) +\\S+ +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+)");
  private static final int DATA_OFFSET = 17;
  private static final int OMITTED = 0xFF;
  private static final int ULEB = 1;

  final Longs starts = new Longs();
  final Longs ends = new Longs();
  final Longs landingPads = new Longs();

  private final ByteBuffer file;
  private long frameSection;
  private long tableSection;
  private long tableOffset;
  private long frame;
  private long function;

  Frames(Path path) throws IOException {
    file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    Listing.of(this::section, "readelf", "-SW", path.toString());
    Listing.of(this::line, "readelf", "--debug-dump=frames", "-W", path.toString());
  }

  private void section(String line) {
    Matcher matcher = SECTION.matcher(line);
    if (!matcher.find()) {
      return;
    }
    if (matcher.group(1).equals(".eh_frame")) {
      frameSection = Long.parseLong(matcher.group(2), 16);
    } else if (matcher.group(1).equals(".gcc_except_table")) {
      tableSection = Long.parseLong(matcher.group(2), 16);
      tableOffset = Long.parseLong(matcher.group(3), 16);
    }
  }

  private void line(String line) {
    Matcher data = DATA.matcher(line);
    if (data.find() && frame != 0) {
      int distance = Integer.reverseBytes((int) Long.parseLong(data.group(1).replace(" ", ""), 16));
      if (distance != 0) {
        landingPads(frameSection + frame + DATA_OFFSET + distance);
      }
      frame = 0;
      return;
    }
    Matcher matcher = FRAME.matcher(line);
    if (matcher.find()) {
      frame = Long.parseLong(matcher.group(1), 16);
      function = Long.parseLong(matcher.group(2), 16);
      starts.add(function);
      ends.add(Long.parseLong(matcher.group(3), 16));
    }
  }

  /** The common shape only: no start of its own, numbers of variable length. */
  private void landingPads(long address) {
    file.position((int) (address - tableSection + tableOffset));
    boolean common = u1() == OMITTED;
    if (common && u1() != OMITTED) {
      uleb();
    }
    if (!common || u1() != ULEB) {
      throw new IllegalStateException("0x%x: a table of another shape".formatted(address));
    }
    long end = uleb();
    end += file.position();
    while (file.position() < end) {
      uleb();
      uleb();
      long pad = uleb();
      uleb();
      if (pad != 0) {
        landingPads.add(function + pad);
      }
    }
  }

  private int u1() {
    return file.get() & 0xFF;
  }

  private long uleb() {
    long value = 0;
    int shift = 0;
    int part;
    do {
      part = u1();
      value |= (part & 0x7FL) << shift;
      shift += 7;
    } while ((part & 0x80) != 0);
    return value;
  }
}
