package io.github.optprobe.x86.forms;

import io.github.optprobe.x86.decode.Decoded;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.X86Decoder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Walks the encoding space of 64-bit code map by map, opcode by opcode, and keeps one instruction
 * of each form that the decoder knows. Nothing is listed here but how opcodes are wrapped.
 */
final class FormSpace {
  private static final int ATTEMPTS = 4;
  private static final int[][] PREFIXES = {
    {},
    {0x66},
    {0xf3},
    {0xf2},
    {0xf0},
    {0x66, 0xf2},
    {0x66, 0xf3},
    {0x66, 0xf0},
    {0xf0, 0xf2},
    {0xf0, 0xf3}
  };
  private static final Set<Integer> PREFIX_BYTES =
      Set.of(
          0x0f, 0x26, 0x2e, 0x36, 0x3e, 0x62, 0x64, 0x65, 0x66, 0x67, 0xc4, 0xc5, 0xf0, 0xf2, 0xf3);
  private static final int[][] ESCAPES = {{}, {0x0f}, {0x0f, 0x38}, {0x0f, 0x3a}, {0x0f, 0x0f}};

  /**
   * Broadcast or rounding, vector length, masking: all of them for two operands, few for others.
   */
  private static final int[] MASKINGS = {0, 0x03, 0x85};

  private final X86Decoder decoder = X86Decoder.for64Bit();
  private final Encoder encoder;
  private final OperandPatcher patcher;
  private final Map<String, Form> forms = new LinkedHashMap<>();

  private final int oneIn;
  private final long seed;

  private FormSpace(long seed, int oneIn) {
    this.seed = seed;
    this.oneIn = oneIn;
    SplittableRandom random = new SplittableRandom(seed);
    encoder = new Encoder(random);
    patcher = new OperandPatcher(decoder, random);
  }

  /**
   * All forms; the same seed gives the same instructions.
   *
   * @param oneIn 1 for all opcodes, else about one in so many, and of its forms one in so many,
   *     chosen by the seed
   */
  static Collection<Form> walk(long seed, int oneIn) {
    FormSpace space = new FormSpace(seed, oneIn);
    space.walkLegacy();
    space.walkVex(0xc4, 1, 3);
    space.walkVex(0x8f, 8, 10);
    for (int map = 1; map <= 6; map++) {
      space.walkEvex(map);
    }
    return space.forms.values();
  }

  private void walkLegacy() {
    for (int[] escape : ESCAPES) {
      for (int[] prefixes : PREFIXES) {
        for (int opcode = 0; opcode < 256; opcode++) {
          if (isChosen(escape.length, opcode) && !isPrefix(escape, opcode)) {
            walkLegacyOpcode(prefixes, escape, opcode);
          }
        }
      }
    }
  }

  private void walkLegacyOpcode(int[] prefixes, int[] escape, int opcode) {
    boolean suffixed = escape.length == 2 && escape[1] == 0x0f;
    String wrap = "legacy %s %s %02x".formatted(hex(prefixes), hex(escape), opcode);
    if (!suffixed) {
      keepByWholeModrm(wrap, prefixes, escape, opcode);
    }
    for (Operand operand : Operand.values()) {
      for (boolean wide : new boolean[] {false, true}) {
        if (suffixed) {
          keep(wrap, operand, -1, reg -> suffixed(prefixes, escape, opcode, operand));
        } else {
          keepAll(
              wrap, operand, reg -> encoder.legacy(prefixes, escape, opcode, wide, reg, operand));
        }
      }
    }
  }

  /** Some opcodes name no register in ModRM.rm, but one more part of the operation. */
  private void keepByWholeModrm(String wrap, int[] prefixes, int[] escape, int opcode) {
    for (int row = 0xc0; row < 0x100; row += 8) {
      Map<Integer, byte[]> codes = new LinkedHashMap<>();
      Set<String> mnemonics = new HashSet<>();
      for (int modrm = row; modrm < row + 8; modrm++) {
        byte[] code = encoder.operation(prefixes, escape, opcode, modrm);
        Decoded decoded = decoder.decode(code, FormBench.CODE);
        boolean found = decoded instanceof Instruction instruction && instruction.modrm() == modrm;
        mnemonics.add(found ? ((Instruction) decoded).mnemonic() : "");
        codes.put(modrm, code);
      }
      if (mnemonics.size() > 1) {
        codes.forEach(
            (modrm, code) ->
                keep(wrap + " %02x".formatted(modrm), Operand.REGISTER, -1, reg -> code));
      }
    }
  }

  /** 3DNow! has its opcode behind everything else. */
  private byte[] suffixed(int[] prefixes, int[] escape, int opcode, Operand operand) {
    byte[] code = encoder.legacy(prefixes, new int[] {escape[0]}, escape[1], false, -1, operand);
    int modrm = prefixes.length + 2;
    while ((code[modrm - 1] & 0xff) != 0x0f || (code[modrm - 2] & 0xff) != 0x0f) {
      modrm++;
    }
    int size =
        switch (operand) {
          case REGISTER -> 1;
          case INDEXED -> 3;
          case RIP, EIP -> 5;
          default -> 2;
        };
    code[modrm + size] = (byte) opcode;
    return code;
  }

  private void walkVex(int lead, int firstMap, int lastMap) {
    for (int map = firstMap; map <= lastMap; map++) {
      for (int opcode = 0; opcode < 256; opcode++) {
        for (int bits = 0; bits < 16 && isChosen(map + lead, opcode); bits++) {
          walkVexOpcode(lead, map, opcode, bits & 3, (bits >> 2) & 1, bits >> 3);
        }
      }
    }
  }

  private void walkVexOpcode(int lead, int map, int opcode, int pp, int wide, int length) {
    String wrap = "%02x map%d pp%d w%d l%d %02x".formatted(lead, map, pp, wide, length, opcode);
    for (Operand operand : Operand.values()) {
      keepAll(wrap, operand, reg -> encoder.vex(lead, map, pp, wide, length, opcode, reg, operand));
    }
  }

  private void walkEvex(int map) {
    for (int opcode = 0; opcode < 256; opcode++) {
      for (int pp = 0; pp < 4 && isChosen(0x1000 + map, opcode); pp++) {
        if (isEvexOpcode(map, pp, opcode)) {
          walkEvexOpcode(map, pp, opcode);
        }
      }
    }
  }

  private void walkEvexOpcode(int map, int pp, int opcode) {
    for (int wide = 0; wide < 2; wide++) {
      for (int masking : MASKINGS) {
        for (int length = 0; length < 8; length++) {
          walkEvexOpcode(map, pp, wide, masking | (length << 4), opcode);
        }
      }
    }
  }

  /** Most of that space is empty. */
  private boolean isEvexOpcode(int map, int pp, int opcode) {
    for (int bits = 0; bits < 8; bits++) {
      int wide = bits & 1;
      int flags = ((bits & 2) << 5) | ((bits & 4) >> 2); // 512 bits or 128; a mask or none
      for (int reg = 0; reg < 8; reg++) {
        int each = reg;
        for (Operand operand : List.of(Operand.REGISTER, Operand.INDEXED)) {
          if (decode(each, r -> encoder.evex(map, pp, wide, flags, opcode, r, operand)) != null) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private void walkEvexOpcode(int map, int pp, int wide, int flags, int opcode) {
    String wrap = "evex map%d pp%d w%d f%02x %02x".formatted(map, pp, wide, flags, opcode);
    boolean plain = (flags & 0x97) == 0;
    for (Operand operand : Operand.values()) {
      boolean always = operand == Operand.REGISTER || operand == Operand.BASE;
      boolean vectors = operand == Operand.INDEXED || operand == Operand.RIP;
      if (always || plain || (vectors && (flags & 0x80) == 0)) {
        keepAll(wrap, operand, reg -> encoder.evex(map, pp, wide, flags, opcode, reg, operand));
      }
    }
  }

  /** One form for each ModRM.reg where that chooses the operation, else one. */
  private void keepAll(String wrap, Operand operand, IntFunction<byte[]> encode) {
    @Nullable Instruction first = decode(0, encode);
    boolean chooses = false;
    for (int reg = 1; reg < 8 && !chooses; reg++) {
      chooses = !mnemonic(first).equals(mnemonic(decode(reg, encode)));
    }
    if (!chooses) {
      keep(wrap, operand, -1, encode);
      return;
    }
    for (int reg = 0; reg < 8; reg++) {
      keep(wrap, operand, reg, encode);
    }
  }

  private void keep(String wrap, Operand operand, int reg, IntFunction<byte[]> encode) {
    Instruction found = decode(reg, encode);
    if (found != null) {
      String key = key(wrap, operand, reg, found);
      if (!forms.containsKey(key) && isChosen(key.hashCode(), 0)) {
        forms.put(key, new Form(key, patcher.patch(found)));
      }
    }
  }

  private static String key(String wrap, Operand operand, int reg, Instruction found) {
    boolean memory = found.modrm() >= 0;
    return "%s %s/%s o%d %s"
        .formatted(
            found.mnemonic(),
            wrap,
            memory && reg >= 0 ? String.valueOf(reg) : "r",
            found.operandWidth(),
            memory ? operand : found.hasAddressSizePrefix() ? "67" : "-");
  }

  /** Some of the random operands are forbidden for some instructions: several attempts. */
  private @Nullable Instruction decode(int reg, IntFunction<byte[]> encode) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      encoder.attempt(attempt);
      Decoded decoded = decoder.decode(encode.apply(reg), FormBench.CODE);
      if (decoded instanceof Instruction instruction) {
        return instruction;
      }
    }
    return null;
  }

  private static String mnemonic(@Nullable Instruction instruction) {
    return instruction == null ? "" : instruction.mnemonic();
  }

  private boolean isChosen(int map, int opcode) {
    long mixed = (seed * 31 + map * 256L + opcode) * 0x9E3779B97F4A7C15L;
    return (mixed >>> 33) % oneIn == 0;
  }

  /** Whether the byte is no opcode there, but leads on to one. */
  private static boolean isPrefix(int[] escape, int opcode) {
    if (escape.length > 0) {
      boolean leadsOn = opcode == 0x38 || opcode == 0x3a || opcode == 0x0f;
      return escape.length == 1 && leadsOn;
    }
    return (opcode >= 0x40 && opcode <= 0x4f) || PREFIX_BYTES.contains(opcode);
  }

  private static String hex(int[] values) {
    List<String> parts = new ArrayList<>();
    for (int value : values) {
      parts.add("%02x".formatted(value));
    }
    return parts.isEmpty() ? "-" : String.join(".", parts);
  }
}
