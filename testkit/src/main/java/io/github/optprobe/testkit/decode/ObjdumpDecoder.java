package io.github.optprobe.testkit.decode;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GNU objdump. Its text is all that it tells, so registers are not among the answers.
 *
 * <p>Each input of a batch gets a slot of its own, filled up with no-ops that any instruction at
 * its end may swallow, so that objdump is in step again when the next slot starts. Inputs are
 * decoded at the slot's address; targets are moved to the input's.
 */
final class ObjdumpDecoder implements BatchDecoder {
  private static final long BASE = 0x0100_0000;
  private static final Pattern NOTHING =
      Pattern.compile("(?i)\\(bad\\)|undefined|illegal|\\?\\?|^\\.(?:word|short|byte|inst)|^$");
  private static final Pattern X86_TARGET = Pattern.compile("^0x([0-9a-f]+)$");
  private static final Pattern FAR_OPERAND =
      Pattern.compile("^0x[0-9a-f]+:0x|^(?:F|T)(?:WORD|BYTE) PTR");
  private static final Pattern X86_PREFIX =
      Pattern.compile(
          "^(?:(?:rex(?:\\.[WRXB]+)?|data16|data32|addr16|addr32|[cdefgs]s|lock|bnd|notrack"
              + "|rep|repz|repnz|xacquire|xrelease|\\{evex\\}|\\{vex\\})(?:\\s+|$))+");

  /** What objdump says, and where it was told that the bytes stand. */
  private record Answer(ObjdumpProgram.Line line, long slot) {}

  private final Map<String, Boolean> installed = new HashMap<>();
  private Map<ByteBuffer, Answer> answers = Map.of();
  private String announcedFor = "";

  @Override
  public String name() {
    return "objdump";
  }

  @Override
  public boolean supports(String instructionSet) {
    // Looking through the path takes longer than an answer.
    return installed.computeIfAbsent(
        instructionSet,
        name -> ObjdumpProgram.knows(name) && ObjdumpProgram.of(name).isInstalled());
  }

  @Override
  public void announce(String instructionSet, List<byte[]> inputs, long address) {
    answers = ask(instructionSet, inputs);
    announcedFor = instructionSet;
  }

  private static Map<ByteBuffer, Answer> ask(String instructionSet, List<byte[]> inputs) {
    int slotBytes = slotBytes(instructionSet, inputs);
    byte[] code = new byte[inputs.size() * slotBytes];
    fillWithNops(instructionSet, code);
    for (int i = 0; i < inputs.size(); i++) {
      byte[] input = inputs.get(i);
      System.arraycopy(input, 0, code, i * slotBytes, input.length);
    }
    Map<Long, ObjdumpProgram.Line> lines =
        ObjdumpProgram.of(instructionSet)
            .disassemble(code, BASE, address -> (address - BASE) % slotBytes == 0);
    Map<ByteBuffer, Answer> answers = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      long slot = BASE + (long) i * slotBytes;
      ObjdumpProgram.Line line = lines.getOrDefault(slot, new ObjdumpProgram.Line(0, ""));
      answers.put(ByteBuffer.wrap(inputs.get(i).clone()), new Answer(line, slot));
    }
    return answers;
  }

  /** Room for an input, and for what may start at its last byte; T32 has blocks of four, too. */
  private static int slotBytes(String instructionSet, List<byte[]> inputs) {
    int longest = inputs.stream().mapToInt(input -> input.length).max().orElse(0);
    return switch (instructionSet) {
      case "a32" -> (longest + 3) / 4 * 4;
      case "t32" -> (longest + 1) / 2 * 2 + 12;
      default -> longest + 16;
    };
  }

  private static void fillWithNops(String instructionSet, byte[] code) {
    if (instructionSet.startsWith("x86")) {
      Arrays.fill(code, (byte) 0x90);
    } else {
      // mov r8, r8 of T32; as a word of A32 it is an instruction too.
      for (int i = 0; i < code.length; i += Short.BYTES) {
        code[i] = (byte) 0xC0;
        code[i + 1] = 0x46;
      }
    }
  }

  @Override
  public void decode(CodeInput input, Detail detail, Decoded result) {
    if (!supports(input.instructionSet())) {
      result.unsupported();
      return;
    }
    tell(input, answer(input), result);
  }

  private Answer answer(CodeInput input) {
    byte[] bytes = input.bytes();
    ByteBuffer key = ByteBuffer.wrap(bytes);
    Answer announced = input.instructionSet().equals(announcedFor) ? answers.get(key) : null;
    if (announced != null) {
      return announced;
    }
    // What was announced is kept: a case may be made small between two others.
    return ask(input.instructionSet(), List.of(bytes)).values().iterator().next();
  }

  private static void tell(CodeInput input, Answer answer, Decoded result) {
    ObjdumpProgram.Line line = answer.line();
    long moved = input.address() - answer.slot();
    if (NOTHING.matcher(line.text()).find()) {
      result.invalid();
    } else if (line.length() > input.available()) {
      result.partial();
    } else if (input.instructionSet().startsWith("x86")) {
      tellX86(line, moved, result);
    } else {
      tellArm(line, moved, result);
    }
  }

  private static void tellX86(ObjdumpProgram.Line line, long moved, Decoded result) {
    String text = line.text().replaceFirst("\\s*[#].*$", "").strip();
    String[] words = X86_PREFIX.matcher(text).replaceFirst("").split("\\s+", 2);
    String operands = words.length > 1 ? words[1].replaceFirst("^(?:rel|short|near) ", "") : "";
    Matcher target = X86_TARGET.matcher(operands);
    FlowClass near = X86Flow.of(words[0].replaceFirst(",p[nt]$", ""), target.matches());
    FlowClass flow = FAR_OPERAND.matcher(operands).find() ? farther(near) : near;
    result.instruction(line.length(), flow).mnemonic(words[0]).text(text);
    boolean leads =
        flow == FlowClass.JUMP || flow == FlowClass.JUMP_CONDITIONAL || flow == FlowClass.CALL;
    if (leads && target.matches()) {
      result.target(Long.parseUnsignedLong(target.group(1), 16) + moved);
    }
  }

  /** The same mnemonics stand for near and far. */
  private static FlowClass farther(FlowClass near) {
    boolean either = near == FlowClass.JUMP_INDIRECT || near == FlowClass.CALL_INDIRECT;
    return either ? FlowClass.FAR : near;
  }

  private static void tellArm(ObjdumpProgram.Line line, long moved, Decoded result) {
    String text = line.text().replaceFirst("\\s*[;@<].*$", "").strip();
    String[] words = text.split("\\s+", 2);
    String operands = words.length > 1 ? words[1] : "";
    FlowClass flow = ArmFlow.of(words[0], operands);
    result.instruction(line.length(), flow).mnemonic(words[0]).text(text);
    OptionalLong target = ArmFlow.target(operands);
    if (ArmFlow.hasTarget(flow) && target.isPresent()) {
      result.target((target.getAsLong() + moved) & 0xFFFF_FFFFL);
    }
  }
}
