package io.github.optprobe.x86.libz;

import io.github.optprobe.x86.libz.Libz.Calls;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Real work for libz on real data: sequences of calls that between them enter most functions. */
enum Workload {
  /** Checksums and what needs no stream. */
  CHECKSUMS {
    @Override
    void run(Calls z) {
      long data = z.put(0, DATA);
      for (int length : List.of(0, 1, 15, 16, 17, 100, DATA.length)) {
        z.call("adler32", 1, data, length);
        z.call("adler32_z", 7, data + 1, length / 2);
        z.call("crc32", 0, data, length);
        z.call("crc32_z", 5, data + 3, length / 2);
      }
      z.call("adler32", 1, 0, 0);
      z.call("crc32", 0, 0, 0);
      z.call("adler32_combine", 0x1234_5678, 0x0fed_cba9, 77);
      z.call("adler32_combine64", 0x1234_5678, 0x0fed_cba9, -1);
      z.call("crc32_combine", 0x1234_5678, 0x0fed_cba9, 77);
      z.call("crc32_combine64", 0x1234_5678, 0x0fed_cba9, 1000);
      long operator = z.call("crc32_combine_gen", 77);
      z.call("crc32_combine_op", 0x1234_5678, 0x0fed_cba9, operator);
      z.call("crc32_combine_gen64", 3);
      z.call("get_crc_table");
      z.call("zlibVersion");
      z.call("zlibCompileFlags");
      z.call("zError", -3);
    }
  },

  /** The one-call functions, at several levels. */
  COMPRESS {
    @Override
    void run(Calls z) {
      long data = z.put(0, DATA);
      long bound = z.call("compressBound", DATA.length);
      z.store(4000, Long.BYTES, bound);
      z.call("compress", z.at(1000), z.at(4000), data, DATA.length);
      for (int level : List.of(0, 1, 5, 9)) {
        z.store(4000, Long.BYTES, bound);
        z.call("compress2", z.at(1000), z.at(4000), data, DATA.length, level);
        z.store(4008, Long.BYTES, DATA.length);
        z.store(4016, Long.BYTES, z.load(4000, Long.BYTES));
        z.call("uncompress2", z.at(2000), z.at(4008), z.at(1000), z.at(4016));
        z.store(4008, Long.BYTES, DATA.length);
        z.call("uncompress", z.at(2000), z.at(4008), z.at(1000), z.load(4000, Long.BYTES));
      }
      z.store(4008, Long.BYTES, 5);
      z.call("uncompress", z.at(2000), z.at(4008), z.at(1000), 40);
    }
  },

  /** Everything around a compressing stream. */
  DEFLATE {
    @Override
    void run(Calls z) {
      long data = z.put(0, DATA);
      long version = z.putText(3900, VERSION);
      ZStream stream = new ZStream(z, 4000);
      long s = stream.address();
      z.call("deflateInit2_", s, 6, 8, 31, 1, 0, version, ZStream.BYTES);
      z.put(4200, new byte[80]);
      z.call("deflateSetHeader", s, z.at(4200));
      z.call("deflateTune", s, 4, 5, 16, 8);
      z.call("deflateBound", s, DATA.length);
      stream.in(data, DATA.length / 2).out(z.at(1000), 1000);
      z.call("deflate", s, 1);
      z.call("deflatePending", s, z.at(4300), z.at(4308));
      z.call("deflateParams", s, 1, 2);
      ZStream copy = new ZStream(z, 4400);
      z.call("deflateCopy", copy.address(), s);
      stream.in(data + DATA.length / 2, DATA.length / 2);
      z.call("deflate", s, 4);
      z.call("deflateReset", s);
      z.call("deflateResetKeep", s);
      z.call("deflateEnd", s);
      copy.in(data, 50).out(z.at(2000), 1000);
      z.call("deflate", copy.address(), 4);
      z.call("deflateEnd", copy.address());
      z.call("deflateInit_", s, 9, version, ZStream.BYTES);
      z.call("deflateEnd", s);
      z.call("deflateInit2_", s, 6, 8, -15, 1, 0, version, ZStream.BYTES);
      z.call("deflateSetDictionary", s, data, 100);
      z.store(4300, Integer.BYTES, 0);
      z.call("deflateGetDictionary", s, z.at(2500), z.at(4300));
      z.call("deflatePrime", s, 3, 5);
      stream.in(data, DATA.length).out(z.at(1000), 1000);
      z.call("deflate", s, 4);
      z.call("deflateEnd", s);
      z.call("deflateEnd", 0);
    }
  },

  /** Every strategy and flush mode of the compressor. */
  STRATEGIES {
    @Override
    void run(Calls z) {
      long data = z.put(0, DATA);
      long version = z.putText(3900, VERSION);
      for (int strategy = 0; strategy <= 4; strategy++) {
        ZStream stream = new ZStream(z, 4000);
        long s = stream.address();
        z.call("deflateInit2_", s, 2 + strategy, 8, 9, 1, strategy, version, ZStream.BYTES);
        stream.in(data, DATA.length / 2).out(z.at(1000), 1000);
        z.call("deflate", s, strategy);
        stream.in(data + DATA.length / 2, DATA.length / 2);
        z.call("deflate", s, 4);
        z.call("deflateEnd", s);
      }
    }
  },

  /** Everything around a decompressing stream. */
  INFLATE {
    @Override
    void run(Calls z) {
      int length = deflated(z, 31);
      long version = z.putText(3900, VERSION);
      ZStream stream = new ZStream(z, 4000);
      long s = stream.address();
      z.call("inflateInit_", s, version, ZStream.BYTES);
      z.call("inflateReset2", s, 47);
      z.put(4200, new byte[80]);
      z.call("inflateGetHeader", s, z.at(4200));
      stream.in(z.at(1000), 40).out(z.at(2000), 1000);
      z.call("inflate", s, 0);
      z.call("inflateMark", s);
      z.call("inflateCodesUsed", s);
      z.call("inflateValidate", s, 1);
      z.call("inflateUndermine", s, 1);
      z.call("inflateSyncPoint", s);
      ZStream copy = new ZStream(z, 4400);
      z.call("inflateCopy", copy.address(), s);
      copy.in(z.at(1040), length - 40).out(z.at(2000 + copy.written()), 1000);
      z.call("inflate", copy.address(), 4);
      z.store(4300, Integer.BYTES, 0);
      z.call("inflateGetDictionary", copy.address(), z.at(2800), z.at(4300));
      z.call("inflateEnd", copy.address());
      stream.in(z.at(1040), length - 40);
      z.call("inflateSync", s);
      z.call("inflateReset", s);
      z.call("inflateResetKeep", s);
      z.call("inflateEnd", s);
      z.call("inflateInit2_", s, -15, version, ZStream.BYTES);
      z.call("inflateSetDictionary", s, z.at(0), 100);
      z.call("inflatePrime", s, 3, 5);
      stream.in(z.at(1010), 30).out(z.at(2000), 1000);
      z.call("inflate", s, 5);
      z.call("inflateEnd", s);
    }
  },

  /** Decompressing by callbacks. */
  INFLATE_BACK {
    @Override
    void run(Calls z) {
      int length = deflated(z, -15);
      long version = z.putText(3900, VERSION);
      ZStream stream = new ZStream(z, 4000);
      long s = stream.address();
      z.call("inflateBackInit_", s, 9, z.at(5000), version, ZStream.BYTES);
      stream.in(z.at(1000), length);
      Callbacks callbacks = Callbacks.of(z.libz());
      z.call("inflateBack", s, callbacks.nothingMore(), 0, callbacks.discard(), 0);
      z.call("inflateBackEnd", s);
    }
  },

  /** Files: writing. */
  GZ_WRITE {
    @Override
    void run(Calls z) {
      long data = z.put(0, DATA);
      long file = z.call("gzopen64", z.putText(3000, "f.gz"), z.putText(3100, "wb6"));
      z.call("gzbuffer", file, 512);
      z.call("gzwrite", file, data, 100);
      z.call("gzputs", file, z.putText(3200, "some text\n"));
      z.call("gzputc", file, 'x');
      z.call("gzfwrite", data, 10, 5, file);
      z.call("gzsetparams", file, 9, 1);
      z.call("gzflush", file, 2);
      z.call("gztell64", file);
      z.call("gzoffset64", file);
      z.call("gztell", file);
      z.call("gzoffset", file);
      z.call("gzseek64", file, 20, 1);
      z.call("gzwrite", file, data, 30);
      z.call("gzerror", file, z.at(3300));
      z.call("gzclose", file);
    }
  },

  /** Files: reading. */
  GZ_READ {
    @Override
    void run(Calls z) {
      z.put(0, DATA);
      int length = deflated(z, 31);
      byte[] content = z.libz().target.readBytes(z.at(1000), length);
      z.libz().libc.files().put("g.gz", content);
      long file = z.call("gzopen", z.putText(3000, "g.gz"), z.putText(3100, "rb"));
      z.call("gzdirect", file);
      z.call("gzread", file, z.at(2000), 20);
      z.call("gzgetc", file);
      z.call("gzgetc_", file);
      z.call("gzungetc", 'q', file);
      z.call("gzgets", file, z.at(2100), 30);
      z.call("gzfread", z.at(2200), 5, 6, file);
      z.call("gzseek", file, 10, 1);
      z.call("gzrewind", file);
      z.call("gzread", file, z.at(2300), 1000);
      z.call("gzeof", file);
      z.call("gzclearerr", file);
      z.call("gzclose_r", file);
      z.call("gzopen", z.putText(3000, "missing"), z.at(3100));
    }
  };

  /** Text with repetitions near and far, and bytes of every value. */
  static final byte[] DATA = data();

  private static final String VERSION = "1.2.11";

  /** Runs it. */
  abstract void run(Calls calls);

  /** Compresses the data to offset 1000 and returns how many bytes that are. */
  private static int deflated(Calls z, int windowBits) {
    long data = z.put(0, DATA);
    long version = z.putText(3900, VERSION);
    ZStream stream = new ZStream(z, 4000);
    z.call("deflateInit2_", stream.address(), 6, 8, windowBits, 1, 0, version, ZStream.BYTES);
    stream.in(data, DATA.length).out(z.at(1000), 1000);
    z.call("deflate", stream.address(), 4);
    z.call("deflateEnd", stream.address());
    return stream.written();
  }

  private static byte[] data() {
    byte[] text =
        "It runs or it is not true. A probe that runs is a probe; a probe that does not run is not. "
            .repeat(3)
            .getBytes(StandardCharsets.US_ASCII);
    byte[] data = Arrays.copyOf(text, 400);
    for (int i = text.length; i < data.length; i++) {
      data[i] = (byte) (i * 37);
    }
    return data;
  }
}
