package io.github.optprobe.arm32.decode;

import com.sun.jna.Pointer;
import io.github.optprobe.arm32.DecoderUnavailableException;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The loaded and checked decoder: one per process. Immutable; what a decode writes is in the
 * thread's own {@link CapstoneFrame}.
 */
final class CapstoneEngine {
  /** Capstone's names of the core registers, by number. */
  private static final List<String> REGISTERS =
      List.of(
          "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "sb", "sl", "fp", "ip", "sp", "lr",
          "pc");

  /** Far above the number of registers of any version. */
  private static final int MAX_REGISTER = 512;

  // Set before the self-check makes the first frame, which needs it.
  private static volatile @Nullable CapstoneEngine current;

  private final CapstoneLibrary library;
  private final int[] registerBits;

  private CapstoneEngine(CapstoneLibrary library) {
    this.library = library;
    this.registerBits = registerBits();
  }

  /** Versions number the registers as they like, so they are looked up by name. */
  private static int[] registerBits() {
    int[] bits = new int[MAX_REGISTER];
    CapstoneHandle handle = CapstoneHandle.ofA32();
    for (int register = 1; register < MAX_REGISTER; register++) {
      long name = CapstoneNative.cs_reg_name(handle.handle(), register);
      if (name == 0) {
        break;
      }
      int number = REGISTERS.indexOf(new Pointer(name).getString(0, "US-ASCII"));
      bits[register] = number < 0 ? 0 : 1 << number;
    }
    handle.run();
    return bits;
  }

  /**
   * The engine of this process, loaded by the first call.
   *
   * @throws DecoderUnavailableException now and at every later call, when it can't be loaded
   */
  static CapstoneEngine get() {
    return Holder.OUTCOME.engine();
  }

  /** The engine, if need be before its self-check is over. */
  static CapstoneEngine current() {
    CapstoneEngine engine = current;
    return engine == null ? get() : engine;
  }

  CapstoneLibrary library() {
    return library;
  }

  /** The bit of a core register, by Capstone's number of it; 0 for other registers. */
  int registerBit(int register) {
    return registerBits[register];
  }

  private static CapstoneEngine load() {
    List<CapstoneCandidate> candidates =
        CapstoneCandidate.inOrder(System.getProperty(CapstoneCandidate.PROPERTY));
    CapstoneLibrary library = CapstoneLibrary.open(HostModel.current(), candidates);
    CapstoneNative.bind(library.library());
    CapstoneEngine engine = new CapstoneEngine(library);
    current = engine;
    engine.checkLayout();
    return engine;
  }

  private void checkLayout() {
    List<String> differences = SelfCheck.differences(SelfCheck::found);
    if (!differences.isEmpty()) {
      throw new DecoderUnavailableException(layoutMismatch(differences));
    }
  }

  private String layoutMismatch(List<String> differences) {
    return """
    The ARM instruction decoder (Capstone %s, %s) has another struct layout or numbering than \
    versions %s of the Capstone project; was it built with other options?
      %s\
    """
        .formatted(
            library.version(),
            library.place(),
            CapstoneVersion.SUPPORTED,
            String.join("\n  ", differences));
  }

  /** What the one attempt to load came to, which later callers get as well. */
  record Outcome(@Nullable CapstoneEngine loaded, @Nullable DecoderUnavailableException failure) {
    static Outcome of(Supplier<CapstoneEngine> loading) {
      try {
        return new Outcome(loading.get(), null);
      } catch (DecoderUnavailableException e) {
        return new Outcome(null, e);
      } catch (LinkageError e) {
        return new Outcome(null, jnaUnusable(e));
      }
    }

    private static DecoderUnavailableException jnaUnusable(LinkageError e) {
      return new DecoderUnavailableException(
          "JNA, which calls the ARM instruction decoder (Capstone), can't be used here: "
              + e
              + CapstoneLibrary.TEMP_DIRECTORY_HINT,
          e);
    }

    CapstoneEngine engine() {
      if (loaded != null) {
        return loaded;
      }
      // A new exception each time: the stack trace is the caller's.
      DecoderUnavailableException first = Objects.requireNonNull(failure);
      throw new DecoderUnavailableException(String.valueOf(first.getMessage()), first);
    }
  }

  /** Loads on first use, under the lock of class initialisation. */
  private static final class Holder {
    static final Outcome OUTCOME = Outcome.of(CapstoneEngine::load);
  }
}
