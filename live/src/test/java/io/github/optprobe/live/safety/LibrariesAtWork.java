package io.github.optprobe.live.safety;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.NativeLongByReference;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The own work of libraries that this machine has, called by JNA; what comes of it as text. */
final class LibrariesAtWork {
  private static final System.Logger LOG = System.getLogger("io.github.optprobe.tests");
  private static final int BYTES = 100_000;

  private final Memory data = new Memory(BYTES);

  LibrariesAtWork() {
    byte[] bytes = new byte[BYTES];
    new Random(20_261_121).nextBytes(bytes);
    for (int i = 0; i < bytes.length; i += 3) {
      bytes[i] = 'a';
    }
    data.write(0, bytes, 0, BYTES);
  }

  /** A library, if this machine has it. */
  static Optional<NativeLibrary> find(String... names) {
    for (String name : names) {
      try {
        return Optional.of(NativeLibrary.getInstance(name));
      } catch (UnsatisfiedLinkError absent) {
        LOG.log(System.Logger.Level.DEBUG, name, absent);
      }
    }
    return Optional.empty();
  }

  private static long call(NativeLibrary library, String function, Object... arguments) {
    return library.getFunction(function).invokeLong(arguments);
  }

  private static int status(NativeLibrary library, String function, @Nullable Object... arguments) {
    return library.getFunction(function).invokeInt(arguments);
  }

  private static long checksum(Memory memory, long bytes) {
    CRC32 checksum = new CRC32();
    checksum.update(memory.getByteArray(0, (int) bytes));
    return checksum.getValue();
  }

  /** Checksums of zlib, and what it makes of the data at all levels and back. */
  String zlib(NativeLibrary zlib) {
    StringBuilder seen = new StringBuilder();
    seen.append(call(zlib, "adler32", 1L, data, BYTES)).append(' ');
    seen.append(call(zlib, "crc32", 0L, data, BYTES)).append(' ');
    Memory packed = new Memory(2L * BYTES);
    Memory unpacked = new Memory(BYTES);
    for (int level = 0; level <= 9; level++) {
      NativeLongByReference length = new NativeLongByReference(new NativeLong(packed.size()));
      long size = BYTES;
      seen.append(status(zlib, "compress2", packed, length, data, size, level));
      long packedBytes = length.getValue().longValue();
      seen.append(':').append(packedBytes).append(':').append(checksum(packed, packedBytes));
      NativeLongByReference back = new NativeLongByReference(new NativeLong(BYTES));
      seen.append(status(zlib, "uncompress", unpacked, back, packed, packedBytes));
      seen.append(':').append(checksum(unpacked, back.getValue().longValue())).append(' ');
    }
    return seen.toString();
  }

  /** Digests of libcrypto. */
  String digests(NativeLibrary crypto) {
    StringBuilder seen = new StringBuilder();
    for (String name : new String[] {"md5", "sha1", "sha256", "sha512", "sha3-256", "blake2b512"}) {
      Pointer digest =
          crypto.getFunction("EVP_get_digestbyname").invokePointer(new Object[] {name});
      Memory result = new Memory(64);
      IntByReference length = new IntByReference();
      long size = BYTES;
      seen.append(status(crypto, "EVP_Digest", data, size, result, length, digest, null));
      seen.append(name).append(hex(result, length.getValue())).append(' ');
    }
    return seen.toString();
  }

  /** Ciphers of libcrypto, there and back. */
  String ciphers(NativeLibrary crypto) {
    StringBuilder seen = new StringBuilder();
    for (String name :
        new String[] {"aes-128-cbc", "aes-256-ctr", "chacha20", "camellia-128-cbc"}) {
      Pointer cipher =
          crypto.getFunction("EVP_get_cipherbyname").invokePointer(new Object[] {name});
      Memory packed = new Memory(BYTES + 64);
      Memory unpacked = new Memory(BYTES + 64);
      int bytes = cipher(crypto, cipher, 1, data, BYTES, packed);
      seen.append(name).append(bytes).append(':').append(checksum(packed, bytes));
      int back = cipher(crypto, cipher, 0, packed, bytes, unpacked);
      seen.append(':').append(back).append(':').append(checksum(unpacked, back)).append(' ');
    }
    return seen.toString();
  }

  private int cipher(
      NativeLibrary crypto, Pointer cipher, int encrypt, Memory in, int bytes, Memory out) {
    Function create = crypto.getFunction("EVP_CIPHER_CTX_new");
    Pointer context = create.invokePointer(new Object[0]);
    IntByReference some = new IntByReference();
    IntByReference rest = new IntByReference();
    int done = status(crypto, "EVP_CipherInit_ex", context, cipher, null, data, data, encrypt);
    done += status(crypto, "EVP_CipherUpdate", context, out, some, in, bytes);
    Pointer end = out.share(some.getValue());
    done += status(crypto, "EVP_CipherFinal_ex", context, end, rest);
    crypto.getFunction("EVP_CIPHER_CTX_free").invokeVoid(new Object[] {context});
    if (done != 3) {
      throw new IllegalStateException("a cipher failed");
    }
    return some.getValue() + rest.getValue();
  }

  /** What libstdc++ makes of names, and of exceptions it allocates. */
  String cpp(NativeLibrary cpp) {
    StringBuilder seen = new StringBuilder();
    for (String name :
        new String[] {"_ZNSt6vectorIiSaIiEE9push_backERKi", "_ZSt4cout", "_Z3fooi"}) {
      IntByReference status = new IntByReference();
      Pointer text =
          cpp.getFunction("__cxa_demangle").invokePointer(new Object[] {name, null, null, status});
      seen.append(text.getString(0)).append(' ');
      Libc6.free(text);
    }
    for (int i = 0; i < 100; i++) {
      long exception = call(cpp, "__cxa_allocate_exception", 64L);
      call(cpp, "__cxa_free_exception", exception);
      long block = call(cpp, "_Znwm", 32L);
      call(cpp, "_ZdlPv", block);
    }
    return seen.toString();
  }

  private static String hex(Memory memory, int bytes) {
    return HexFormat.of().formatHex(memory.getByteArray(0, bytes));
  }
}
