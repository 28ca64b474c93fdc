#!/bin/sh
# Rebuilds the ELF files of the command line's tests, with GCC 12 for x86 and for 32-bit ARM.
set -eu
cd "$(dirname -- "$0")"
options="-O1 -nostdlib -ffreestanding -fno-stack-protector -fcf-protection=none -Wl,--build-id=none"
library="-shared -fPIC $options"
arm="-march=armv7-a -mfpu=vfpv3-d16 -mfloat-abi=hard"
gcc $library -o tiny-x86-64.so tiny.c
gcc $library -m32 -o tiny-x86-32.so tiny.c
arm-linux-gnueabihf-gcc $library $arm -marm -o tiny-a32.so tiny.c
arm-linux-gnueabihf-gcc $library $arm -mthumb -o tiny-t32.so tiny.c
gcc $options -static -no-pie -Wl,-e,add -o tiny-static tiny.c
gcc $options -pie -fPIE -Wl,-e,add -o tiny-pie tiny.c
gcc $options -c -o tiny.o tiny.c
gcc $library -o tiny-dead.so tiny-dead.s
strip -o tiny-stripped.so tiny-x86-64.so
