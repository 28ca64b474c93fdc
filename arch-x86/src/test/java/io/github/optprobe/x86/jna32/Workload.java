package io.github.optprobe.x86.jna32;

import java.nio.charset.StandardCharsets;

/** What the library is made to do. None of it needs a Java machine. */
enum Workload {
  FIND_A_BYTE {
    @Override
    void run(Calls calls) {
      calls.fill(1);
      calls.store(40, 0x00A70000);
      for (int start : new int[] {0, 7, 42}) {
        calls.memory("indexOf", start, 0xA7);
      }
    }
  },
  READ_MEMORY {
    @Override
    void run(Calls calls) {
      calls.fill(2);
      for (String type : TYPES) {
        calls.memory("get" + type, 64);
      }
      calls.method("_1getPointer", calls.at(64), 0);
    }
  },
  WRITE_MEMORY {
    @Override
    void run(Calls calls) {
      calls.fill(3);
      for (int i = 0; i < TYPES.length; i++) {
        calls.memory("set" + TYPES[i], 64 + 16 * i, 0x4039_8765L, 0x4050_1234L);
      }
      calls.memory("setPointer", 300, 0x1234_5678L, 0);
      calls.memory("setMemory", 320, 20, 0, 0x5A);
    }
  },
  COPY_ARRAYS {
    @Override
    void run(Calls calls) {
      calls.fill(4);
      for (String letter : new String[] {"B", "C", "D", "F", "I", "J", "S"}) {
        String signature = "__Lcom_sun_jna_Pointer_2JJ_3" + letter + "II";
        calls.memory("read" + signature, 128, calls.at(1024), 2, 5);
        calls.memory("write" + signature, 600, calls.at(1024), 1, 6);
      }
    }
  },
  PROTECTED_ACCESS {
    @Override
    void run(Calls calls) {
      calls.fill(5);
      calls.method("setProtected", 1);
      calls.method("isProtected");
      calls.memory("getInt", 16);
      calls.memory("setInt", 32, 7);
      calls.memory("indexOf", 0, 0x11);
      calls.method("setProtected", 0);
    }
  },
  SIZES_AND_HEAP {
    @Override
    void run(Calls calls) {
      for (int type = 0; type < 8; type++) {
        calls.method("sizeof", type);
      }
      long block = calls.method("malloc", 100, 0);
      calls.method("free", block, 0);
      calls.method("getAPIChecksum");
      calls.method("getNativeVersion");
      calls.method("getDirectByteBuffer__Lcom_sun_jna_Pointer_2JJJ", 0, calls.at(0), 0, 8, 0, 9, 0);
      calls.method("_1getDirectBufferPointer", calls.at(12));
    }
  },
  STRINGS {
    @Override
    void run(Calls calls) {
      byte[] text = "a string\0".getBytes(StandardCharsets.US_ASCII);
      calls.library().target.writeBytes(calls.at(64), text);
      calls.memory("getStringBytes", 64);
      calls.call("newJavaString", calls.library().environment, calls.at(64), 0);
      calls.call("ffi_error", calls.library().environment, calls.at(64), 0);
      calls.call("ffi_error", calls.library().environment, calls.at(64), 1);
      calls.call("ffi_error", calls.library().environment, calls.at(64), 2);
    }
  },
  TYPES_OF_JAVA {
    @Override
    void run(Calls calls) {
      for (char letter : "ZBCSIJFDLsV".toCharArray()) {
        calls.call("get_java_type_from_ffi_type", FfiTypes.at(calls, 4));
        calls.call("get_ffi_type", calls.library().environment, 0, letter);
        calls.call("get_ffi_return_type", calls.library().environment, 0, letter);
        calls.call("get_conversion_flag", calls.library().environment, letter);
        calls.call("get_java_type", calls.library().environment, letter);
      }
    }
  },
  PREPARE_CALLS {
    @Override
    void run(Calls calls) {
      FfiTypes.write(calls);
      for (int type = 0; type < FfiTypes.COUNT; type++) {
        calls.store(200, FfiTypes.at(calls, type), FfiTypes.at(calls, 2));
        calls.call("ffi_prep_cif", calls.at(256), 1, 2, FfiTypes.at(calls, 4), calls.at(200));
        calls.call("ffi_prep_cif", calls.at(256), 1, 0, FfiTypes.at(calls, type), 0);
        calls.call(
            "ffi_prep_cif_var", calls.at(256), 1, 1, 2, FfiTypes.at(calls, 4), calls.at(200));
      }
      calls.call("ffi_get_struct_offsets", 1, FfiTypes.at(calls, FfiTypes.STRUCT), calls.at(400));
      calls.call("ffi_prep_cif", calls.at(256), 99, 0, FfiTypes.at(calls, 0), 0);
    }
  },
  CALL_THROUGH_FFI {
    @Override
    void run(Calls calls) {
      FfiTypes.write(calls);
      calls.store(500, 41, 1, 0x3ff00000, 7);
      calls.store(600, calls.at(500), calls.at(504));
      for (int abi : new int[] {1, 2, 3, 4, 5, 8}) {
        for (int result : new int[] {4, 0, 2, 5, 6, 7, 8}) {
          calls.store(200, FfiTypes.at(calls, 4), FfiTypes.at(calls, 4));
          long status =
              calls.call(
                  "ffi_prep_cif", calls.at(256), abi, 2, FfiTypes.at(calls, result), calls.at(200));
          if (status == 0 && abi == 1) {
            calls.call(
                "ffi_call", calls.at(256), calls.library().callback, calls.at(700), calls.at(600));
          }
        }
      }
    }
  },
  CLOSURES {
    @Override
    void run(Calls calls) {
      FfiTypes.write(calls);
      long closure = calls.library().closures.first();
      calls.store(200, FfiTypes.at(calls, 4), FfiTypes.at(calls, 4));
      for (int abi : new int[] {1, 2, 5}) {
        calls.call("ffi_prep_cif", calls.at(256), abi, 2, FfiTypes.at(calls, 4), calls.at(200));
        calls.call(
            "ffi_prep_closure_loc", closure, calls.at(256), calls.library().callback, 0, closure);
        calls.call("ffi_prep_closure", closure, calls.at(256), calls.library().callback, 0);
      }
    }
  };

  private static final String[] TYPES = {"Byte", "Char", "Short", "Int", "Long", "Float", "Double"};

  abstract void run(Calls calls);
}
