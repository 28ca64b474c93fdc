package io.github.optprobe.x86.decode;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.optprobe.x86.DecoderUnavailableException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The loaded, checked and initialised decoder: one per process. Immutable after construction (the
 * native decoder and formatter are only read), so all threads share it; what a decode writes is in
 * the thread's own {@link ZydisFrame}.
 */
final class ZydisEngine {
  // Zydis 4.0 needs 20 bytes and 4.1 needs 12, both zeroed beforehand.
  private static final int DECODER_SIZE = 64;
  // 584 bytes in 4.0.
  private static final int FORMATTER_SIZE = 2048;

  private final ZydisLibrary library;
  private final ZydisNames names;
  private final long decoder64;
  private final long decoder32;
  private final long formatter;

  // Holds the memory that the three addresses above are in.
  @SuppressWarnings({"unused", "FieldCanBeLocal"})
  private final ByteBuffer memory;

  private ZydisEngine(ZydisLibrary library) {
    this.library = library;
    this.names = ZydisNames.read();
    this.memory = ByteBuffer.allocateDirect(2 * DECODER_SIZE + FORMATTER_SIZE);
    this.decoder64 = Pointer.nativeValue(Native.getDirectBufferPointer(memory));
    this.decoder32 = decoder64 + DECODER_SIZE;
    this.formatter = decoder32 + DECODER_SIZE;
    initialise();
  }

  private void initialise() {
    requireOk(
        ZydisNative.ZydisDecoderInit(
            decoder64, ZydisLayout.MODE_LONG_64, ZydisLayout.STACK_WIDTH_64));
    requireOk(
        ZydisNative.ZydisDecoderInit(
            decoder32, ZydisLayout.MODE_LEGACY_32, ZydisLayout.STACK_WIDTH_32));
    requireOk(ZydisNative.ZydisFormatterInit(formatter, ZydisLayout.STYLE_INTEL));
  }

  private static void requireOk(int status) {
    if (status < 0) {
      throw new DecoderUnavailableException(
          "The x86 instruction decoder (Zydis) refuses to start: status 0x%x".formatted(status));
    }
  }

  /**
   * The engine of this process, loaded by the first call.
   *
   * @throws DecoderUnavailableException now and at every later call, when it can't be loaded
   */
  static ZydisEngine get() {
    return Holder.OUTCOME.engine();
  }

  ZydisLibrary library() {
    return library;
  }

  ZydisNames names() {
    return names;
  }

  int decode(MachineMode mode, ZydisFrame frame, byte[] code, int offset, int length) {
    return frame.decode(decoder(mode), code, offset, length);
  }

  /**
   * Decodes an instruction once more, with its operands.
   *
   * @throws IllegalStateException if it is none, though it was one before
   */
  void decodeFull(Instruction instruction, ZydisFrame frame) {
    byte[] bytes = instruction.bytes();
    int status = frame.decodeFull(decoder(instruction.mode()), bytes, 0, bytes.length);
    if (status < 0) {
      throw new IllegalStateException("no longer decodable: " + instruction);
    }
  }

  private long decoder(MachineMode mode) {
    return mode == MachineMode.BITS_64 ? decoder64 : decoder32;
  }

  String format(ZydisFrame frame, long address) {
    return frame.format(formatter, address);
  }

  private static ZydisEngine load() {
    List<LibraryCandidate> candidates =
        LibraryCandidate.inOrder(System.getProperty(LibraryCandidate.PROPERTY));
    ZydisLibrary library = ZydisLibrary.open(HostModel.current(), candidates);
    ZydisNative.bind(library.library());
    ZydisEngine engine = new ZydisEngine(library);
    engine.checkLayout();
    return engine;
  }

  private void checkLayout() {
    X86Decoder decoder = new X86Decoder(MachineMode.BITS_64, this);
    List<String> differences = SelfCheck.differences(code -> decoder.decode(code, 0x1000));
    if (!differences.isEmpty() || !structSizesMatch()) {
      throw new DecoderUnavailableException(layoutMismatch(differences));
    }
  }

  private boolean structSizesMatch() {
    ZydisFrame frame = ZydisFrame.ofThisThread();
    frame.putCanaries();
    int status = frame.decodeFull(decoder64, new byte[] {(byte) 0x90}, 0, 1);
    return status >= 0 && frame.canariesStandBehindStructs();
  }

  private String layoutMismatch(List<String> differences) {
    return """
    The x86 instruction decoder (Zydis %s, %s) has another struct layout or numbering than \
    versions %s of the Zydis project; was it built with other options?
      %s\
    """
        .formatted(
            library.version(),
            library.place(),
            ZydisVersion.SUPPORTED,
            differences.isEmpty()
                ? "its structs have other sizes"
                : String.join("\n  ", differences));
  }

  /** What the one attempt to load came to, which later callers get as well. */
  record Outcome(@Nullable ZydisEngine loaded, @Nullable DecoderUnavailableException failure) {
    static Outcome of(Supplier<ZydisEngine> loading) {
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
          "JNA, which calls the x86 instruction decoder (Zydis), can't be used here: "
              + e
              + ZydisLibrary.TEMP_DIRECTORY_HINT,
          e);
    }

    ZydisEngine engine() {
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
    static final Outcome OUTCOME = Outcome.of(ZydisEngine::load);
  }
}
