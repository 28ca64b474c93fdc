package io.github.optprobe.testkit.decode;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Capstone 4.0 or 5.0 through JNA's direct mapping. It does not tell partial instructions from
 * invalid ones.
 */
final class CapstoneDecoder implements Decoder {
  private static final int NOP_OF_T32 = 0xBF00;
  private static final int BLOCK = 4;

  private final CapstoneLibrary library = CapstoneLibrary.get();
  private final Map<CapstoneSet, CapstoneKit> kits = new EnumMap<>(CapstoneSet.class);
  private final NativeAddress code = new NativeAddress();
  private final ByteBuffer nop = ByteBuffer.allocateDirect(Short.BYTES);
  private final long nopAddress = NativeAddress.ofBuffer(nop);

  CapstoneDecoder() {
    nop.put(0, (byte) NOP_OF_T32).put(1, (byte) (NOP_OF_T32 >>> Byte.SIZE));
  }

  @Override
  public String name() {
    return "capstone";
  }

  @Override
  public boolean supports(String instructionSet) {
    CapstoneSet set = CapstoneSet.named(instructionSet);
    return set != null && library.knows(set.architecture());
  }

  @Override
  public void decode(CodeInput input, Detail detail, Decoded result) {
    CapstoneSet set = CapstoneSet.named(input.instructionSet());
    if (set == null || !library.knows(set.architecture())) {
      result.unsupported();
      return;
    }
    CapstoneKit kit = kits.computeIfAbsent(set, CapstoneKit::new);
    CapstoneHandle handle = detail == Detail.FLOW ? kit.fast() : kit.detailed();
    if (!handle.decode(code.of(input), input.available(), input.address())) {
      result.invalid();
    } else {
      tell(set, kit, handle, result);
      tellMore(kit, handle, detail, result);
    }
    leaveBlock(set, input, handle);
  }

  private static void tell(
      CapstoneSet set, CapstoneKit kit, CapstoneHandle handle, Decoded result) {
    if (set.isX86()) {
      tellX86(kit, handle, result);
    } else {
      tellArm(handle, result);
    }
  }

  private static void tellX86(CapstoneKit kit, CapstoneHandle handle, Decoded result) {
    int id = handle.id();
    boolean constant = kit.canLead(id) && handle.startsWithNumber();
    result.instruction(handle.length(), kit.flow(id, constant)).mnemonic(kit.mnemonic(id));
    if (constant) {
      result.target(handle.number());
    }
  }

  private static void tellArm(CapstoneHandle handle, Decoded result) {
    String mnemonic = handle.mnemonic();
    String operands = handle.operands();
    FlowClass flow = ArmFlow.of(mnemonic, operands);
    result.instruction(handle.length(), flow).mnemonic(mnemonic);
    OptionalLong target = ArmFlow.target(operands);
    if (ArmFlow.hasTarget(flow) && target.isPresent()) {
      result.target(target.getAsLong());
    }
  }

  private static void tellMore(
      CapstoneKit kit, CapstoneHandle handle, Detail detail, Decoded result) {
    if (detail != Detail.FLOW && handle.findRegisters()) {
      result.registers(
          handle.registersRead(kit.registerBits()), handle.registersWritten(kit.registerBits()));
    }
    if (detail == Detail.TEXT) {
      result.text((handle.mnemonic() + " " + handle.operands()).strip());
    }
  }

  /** The handle keeps an IT block from one decode to the next; four instructions end it. */
  private void leaveBlock(CapstoneSet set, CodeInput input, CapstoneHandle handle) {
    if (set == CapstoneSet.T32 && input.available() > 1 && input.get(1) == NOP_OF_T32 >>> 8) {
      for (int i = 0; i < BLOCK; i++) {
        handle.decode(nopAddress, Short.BYTES, 0);
      }
    }
  }
}
