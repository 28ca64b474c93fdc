package io.github.optprobe.testkit.trial;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Finds code of any architecture by asking it what decodes: random bytes at first, then variations
 * of what has decoded, each operation as often as the others. The same seed gives the same code in
 * the same order. Not thread-safe.
 */
public final class CodeExplorer {
  private static final long HERE = 0x1_0000;
  private static final int EXAMPLES = 24;
  private static final int MOST_TRIES = 20_000;
  private static final int CODE_BYTES = 20;
  private static final int MOST_BREAKPOINTS = 32;

  private final Architecture architecture;
  private final SplittableRandom random;
  private final byte[] memory;
  private final ByteArrayText text;
  private final Map<String, List<byte[]>> byOperation = new TreeMap<>();
  private final List<String> operations = new ArrayList<>();
  private final List<byte[]> breakpoints = new ArrayList<>();

  /**
   * Creates it.
   *
   * @param seed of all that is random
   */
  public CodeExplorer(Architecture architecture, long seed) {
    this.architecture = architecture;
    random = new SplittableRandom(seed);
    memory = new byte[4 * architecture.maxInstructionBytes()];
    text = ByteArrayText.at(HERE, memory);
  }

  /**
   * One instruction, alone.
   *
   * @throws IllegalStateException if nothing of many thousand random inputs decodes
   */
  public byte[] instruction() {
    for (int i = 0; i < MOST_TRIES; i++) {
      Optional<byte[]> found = attempt();
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new IllegalStateException(architecture + " decodes none of many random inputs");
  }

  /** An instruction with others behind it, enough for the window of a jump, and one at least. */
  public byte[] code() {
    byte[] code = instruction();
    int least = 2 * architecture.maxInstructionBytes();
    int wanted = Math.min(CODE_BYTES, Math.max(least, architecture.maxWindowBytes()));
    while (code.length < wanted) {
      byte[] next = someKnown().orElseGet(this::instruction);
      int length = code.length;
      code = Arrays.copyOf(code, length + next.length);
      System.arraycopy(next, 0, code, length, next.length);
    }
    return code;
  }

  /** What is kept for variation: some examples of each operation, copies of no array. */
  public List<byte[]> known() {
    return byOperation.values().stream().flatMap(List::stream).toList();
  }

  /** How many operations (first words of disassemblies) have been seen. */
  public int operations() {
    return operations.size();
  }

  /** Some of the code that was left out because the architecture takes it for a breakpoint. */
  public List<byte[]> breakpoints() {
    return breakpoints.stream().map(byte[]::clone).toList();
  }

  private Optional<byte[]> someKnown() {
    if (operations.isEmpty()) {
      return Optional.empty();
    }
    String operation = operations.get(random.nextInt(operations.size()));
    List<byte[]> examples = byOperation.getOrDefault(operation, List.of());
    return Optional.of(examples.get(random.nextInt(examples.size())));
  }

  private Optional<byte[]> attempt() {
    byte[] bytes = new byte[memory.length];
    random.nextBytes(bytes);
    if (!operations.isEmpty() && random.nextInt(4) != 0) {
      byte[] varied = vary(someKnown().orElseThrow().clone());
      System.arraycopy(varied, 0, bytes, 0, varied.length);
    }
    return firstOf(bytes);
  }

  private byte[] vary(byte[] bytes) {
    int changes = random.nextInt(1, 5);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      bytes[at] ^=
          (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : 1 << random.nextInt(Byte.SIZE));
    }
    return bytes;
  }

  private Optional<byte[]> firstOf(byte[] bytes) {
    text.write(HERE, bytes);
    AddressRange first = AddressRange.ofLength(HERE, 1);
    InstructionText line = architecture.disassemble(text, first).get(0);
    AddressRange body = AddressRange.ofLength(HERE, line.length());
    if (architecture.scan(text, body).firstUndecodable().isPresent()) {
      return Optional.empty();
    }
    byte[] code = Arrays.copyOf(bytes, line.length());
    // What the architecture itself writes over code is no code to be probed.
    if (architecture.isBreakpoint(text, HERE)) {
      if (breakpoints.size() < MOST_BREAKPOINTS) {
        breakpoints.add(code);
      }
      return Optional.empty();
    }
    remember(line.text(), code);
    return Optional.of(code);
  }

  private void remember(String line, byte[] code) {
    int blank = line.indexOf(' ');
    String operation = blank < 0 ? line : line.substring(0, blank);
    List<byte[]> examples =
        byOperation.computeIfAbsent(
            operation,
            added -> {
              operations.add(added);
              return new ArrayList<>();
            });
    if (examples.size() < EXAMPLES) {
      examples.add(code);
    } else {
      examples.set(random.nextInt(EXAMPLES), code);
    }
  }
}
