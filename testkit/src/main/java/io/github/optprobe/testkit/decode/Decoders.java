package io.github.optprobe.testkit.decode;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Architectures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/**
 * Finds decoders: the testkit's own ({@code "zydis"}, {@code "capstone"}, {@code "objdump"}), the
 * one that asks the architecture on the class path or module path ({@code "optprobe"}), and those
 * that {@link ServiceLoader} finds. Each call gives new ones. Thread-safe.
 */
public final class Decoders {
  private Decoders() {}

  /**
   * Zydis, for x86-64 and x86-32.
   *
   * @throws DecoderUnavailableException if the native library can not be used
   */
  public static Decoder zydis() {
    return usable("zydis", ZydisDecoder::new);
  }

  /**
   * Capstone, for x86-64, x86-32, A32 and T32: for those of them that the library was built for.
   *
   * @throws DecoderUnavailableException if the native library can not be used
   */
  public static Decoder capstone() {
    return usable("capstone", CapstoneDecoder::new);
  }

  /** GNU objdump, for x86-64, x86-32, A32 and T32: for those of them that one is installed for. */
  public static BatchDecoder objdump() {
    return new ObjdumpDecoder();
  }

  private static Decoder usable(String name, Supplier<Decoder> making) {
    try {
      return making.get();
    } catch (LinkageError e) {
      throw new DecoderUnavailableException(name + " can not be called here: " + e);
    }
  }

  /**
   * The decoders for an instruction set that can be used here, by name.
   *
   * @param instructionSet such as {@code "x86-64"}
   */
  public static List<Decoder> forInstructionSet(String instructionSet) {
    List<Decoder> found = new ArrayList<>();
    for (Supplier<Decoder> each : suppliers(instructionSet).values()) {
      if (whyNot(each, instructionSet).isEmpty()) {
        found.add(each.get());
      }
    }
    return found;
  }

  /**
   * The names of the decoders that can not be used here for an instruction set, with the reasons.
   *
   * @param instructionSet such as {@code "x86-64"}
   */
  public static Map<String, String> whyNot(String instructionSet) {
    Map<String, String> reasons = new LinkedHashMap<>();
    suppliers(instructionSet)
        .forEach(
            (name, each) -> {
              String reason = whyNot(each, instructionSet);
              if (!reason.isEmpty()) {
                reasons.put(name, reason);
              }
            });
    return reasons;
  }

  private static String whyNot(Supplier<Decoder> supplier, String instructionSet) {
    try {
      boolean supported = supplier.get().supports(instructionSet);
      return supported ? "" : "does not know " + instructionSet + ", or lacks its program";
    } catch (DecoderUnavailableException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * A decoder by name.
   *
   * @param instructionSet that it has to know
   * @throws DecoderUnavailableException if there is none, or if it can not be used here
   */
  public static Decoder named(String name, String instructionSet) {
    Supplier<Decoder> supplier = suppliers(instructionSet).get(name);
    if (supplier == null) {
      throw new DecoderUnavailableException(
          "no decoder %s for %s; there are %s"
              .formatted(name, instructionSet, suppliers(instructionSet).keySet()));
    }
    String reason = whyNot(supplier, instructionSet);
    if (!reason.isEmpty()) {
      throw new DecoderUnavailableException(name + ": " + reason);
    }
    return supplier.get();
  }

  private static Map<String, Supplier<Decoder>> suppliers(String instructionSet) {
    Map<String, Supplier<Decoder>> suppliers = new LinkedHashMap<>();
    suppliers.put("zydis", Decoders::zydis);
    suppliers.put("capstone", Decoders::capstone);
    suppliers.put("objdump", Decoders::objdump);
    for (Architecture each : Architectures.all()) {
      if (each.instructionSet().name().equals(instructionSet)) {
        suppliers.put("optprobe", () -> new ArchitectureDecoder(each));
      }
    }
    for (ServiceLoader.Provider<Decoder> provider :
        ServiceLoader.load(Decoder.class).stream().toList()) {
      suppliers.put(provider.get().name(), provider);
    }
    return suppliers;
  }
}
