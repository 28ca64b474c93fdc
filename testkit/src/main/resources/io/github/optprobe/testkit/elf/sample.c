/*
 * A library of small algorithms whose results are known from standards and by arithmetic. It needs
 * nothing but the compiler: no header, no C library, no helper for division or for floating point.
 * Written to make a compiler use much of an instruction set: tables of jumps, literals, long
 * arithmetic, structures by value, arguments on the stack, pointers to functions, floating point.
 *
 * sample_run_all() returns how many checks failed; sample_check(i) whether check i of
 * sample_checks() holds.
 */
typedef unsigned char u8;
typedef signed char s8;
typedef unsigned short u16;
typedef short s16;
typedef unsigned int u32;
typedef int s32;
typedef unsigned long long u64;
typedef long long s64;
typedef __SIZE_TYPE__ size;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define KEPT __attribute__((noinline))

/* What compilers call by themselves. */

void *memcpy(void *to, const void *from, size count) {
  u8 *t = to;
  const u8 *f = from;
  while (count-- != 0) *t++ = *f++;
  return to;
}

void *memmove(void *to, const void *from, size count) {
  u8 *t = to;
  const u8 *f = from;
  if (t <= f || t >= f + count) return memcpy(to, from, count);
  while (count-- != 0) t[count] = f[count];
  return to;
}

void *memset(void *to, int value, size count) {
  u8 *t = to;
  while (count-- != 0) *t++ = (u8)value;
  return to;
}

int memcmp(const void *one, const void *other, size count) {
  const u8 *a = one, *b = other;
  for (; count != 0; count--, a++, b++)
    if (*a != *b) return *a - *b;
  return 0;
}

/* Strings. */

u32 text_length(const char *text) {
  const char *end = text;
  while (*end) end++;
  return (u32)(end - text);
}

int text_compare(const char *one, const char *other) {
  while (*one && *one == *other) one++, other++;
  return (u8)*one - (u8)*other;
}

const char *text_find(const char *text, const char *part) {
  u32 length = text_length(part);
  for (; *text; text++)
    if (*text == *part && memcmp(text, part, length) == 0) return text;
  return 0;
}

char *text_reverse(char *text) {
  char *a = text, *b = text + text_length(text);
  while (a < --b) {
    char c = *a;
    *a++ = *b;
    *b = c;
  }
  return text;
}

static int digit_of(int c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

s32 text_to_number(const char *text, int base) {
  int negative = *text == '-';
  s32 value = 0;
  for (text += negative; digit_of(*text) < base; text++) value = value * base + digit_of(*text);
  return negative ? -value : value;
}

char *number_to_text(s32 value, char *into) {
  char *at = into;
  u32 left = value < 0 ? 0u - (u32)value : (u32)value;
  do {
    *at++ = (char)('0' + left % 10);
    left /= 10;
  } while (left);
  if (value < 0) *at++ = '-';
  *at = 0;
  return text_reverse(into);
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

u32 base64(const u8 *from, u32 count, char *into) {
  char *at = into;
  for (u32 i = 0; i < count; i += 3) {
    u32 left = count - i;
    u32 group = (u32)from[i] << 16 | (left > 1 ? from[i + 1] << 8 : 0) | (left > 2 ? from[i + 2] : 0);
    *at++ = base64_digits[group >> 18];
    *at++ = base64_digits[group >> 12 & 63];
    *at++ = left > 1 ? base64_digits[group >> 6 & 63] : '=';
    *at++ = left > 2 ? base64_digits[group & 63] : '=';
  }
  *at = 0;
  return (u32)(at - into);
}

/* Returns the code point, or -1; *length is how many bytes it takes. */
s32 utf8_next(const u8 *at, u32 *length) {
  u32 c = at[0];
  *length = 1;
  if (c < 0x80) return (s32)c;
  u32 more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
  if (more == 0) return -1;
  c &= 0x3Fu >> more;
  for (u32 i = 1; i <= more; i++) {
    if ((at[i] & 0xC0) != 0x80) return -1;
    c = c << 6 | (at[i] & 0x3F);
  }
  *length = more + 1;
  return (s32)c;
}

u32 edit_distance(const char *one, const char *other) {
  u32 n = text_length(other);
  u32 row[n + 1];
  for (u32 j = 0; j <= n; j++) row[j] = j;
  for (u32 i = 1; *one; one++, i++) {
    u32 diagonal = row[0];
    row[0] = i;
    for (u32 j = 1; j <= n; j++) {
      u32 best = diagonal + (*one != other[j - 1]);
      diagonal = row[j];
      if (row[j] + 1 < best) best = row[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      row[j] = best;
    }
  }
  return row[n];
}

/* Checksums and digests. */

static u32 crc_table[256];

static void make_crc_table(void) {
  for (u32 i = 0; i < 256; i++) {
    u32 c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320u ^ c >> 1 : c >> 1;
    crc_table[i] = c;
  }
}

u32 crc32(u32 crc, const u8 *data, u32 count) {
  if (!crc_table[1]) make_crc_table();
  crc = ~crc;
  for (; count >= 4; count -= 4, data += 4) {
    crc = crc_table[(crc ^ data[0]) & 0xFF] ^ crc >> 8;
    crc = crc_table[(crc ^ data[1]) & 0xFF] ^ crc >> 8;
    crc = crc_table[(crc ^ data[2]) & 0xFF] ^ crc >> 8;
    crc = crc_table[(crc ^ data[3]) & 0xFF] ^ crc >> 8;
  }
  while (count--) crc = crc_table[(crc ^ *data++) & 0xFF] ^ crc >> 8;
  return ~crc;
}

u32 adler32(u32 adler, const u8 *data, u32 count) {
  u32 a = adler & 0xFFFF, b = adler >> 16;
  while (count--) {
    a += *data++;
    if (a >= 65521) a -= 65521;
    b += a;
    if (b >= 65521) b -= 65521;
  }
  return b << 16 | a;
}

u32 fnv1a(const char *text) {
  u32 hash = 0x811C9DC5u;
  while (*text) hash = (hash ^ (u8)*text++) * 0x01000193u;
  return hash;
}

static inline u32 rotl(u32 x, u32 n) { return x << (n & 31) | x >> (-n & 31); }
static inline u32 rotr(u32 x, u32 n) { return x >> (n & 31) | x << (-n & 31); }
static inline u32 big32(const u8 *p) { return (u32)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }
static inline u32 little32(const u8 *p) { return (u32)p[3] << 24 | p[2] << 16 | p[1] << 8 | p[0]; }

static const u32 sha256_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static void sha256_block(u32 state[], const u8 *block) {
  u32 w[64];
  for (int i = 0; i < 16; i++) w[i] = big32(block + 4 * i);
  for (int i = 16; i < 64; i++) {
    u32 s0 = rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
    u32 s1 = rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  u32 a = state[0], b = state[1], c = state[2], d = state[3];
  u32 e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 64; i++) {
    u32 t1 = h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) + sha256_k[i] + w[i];
    u32 t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static void sha1_block(u32 state[], const u8 *block) {
  u32 w[80];
  for (int i = 0; i < 16; i++) w[i] = big32(block + 4 * i);
  for (int i = 16; i < 80; i++) w[i] = rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  u32 a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
  for (int i = 0; i < 80; i++) {
    u32 f, k;
    if (i < 20) f = (b & c) | (~b & d), k = 0x5A827999;
    else if (i < 40) f = b ^ c ^ d, k = 0x6ED9EBA1;
    else if (i < 60) f = (b & c) | (b & d) | (c & d), k = 0x8F1BBCDC;
    else f = b ^ c ^ d, k = 0xCA62C1D6;
    u32 t = rotl(a, 5) + f + e + k + w[i];
    e = d, d = c, c = rotl(b, 30), b = a, a = t;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

static const u32 md5_k[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
static const u8 md5_turns[16] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};

static void md5_block(u32 state[], const u8 *block) {
  u32 a = state[0], b = state[1], c = state[2], d = state[3];
  for (u32 i = 0; i < 64; i++) {
    u32 f, g;
    switch (i >> 4) {
      case 0: f = (b & c) | (~b & d), g = i; break;
      case 1: f = (d & b) | (~d & c), g = (5 * i + 1) & 15; break;
      case 2: f = b ^ c ^ d, g = (3 * i + 5) & 15; break;
      default: f = c ^ (b | ~d), g = (7 * i) & 15; break;
    }
    u32 t = d;
    d = c, c = b;
    b += rotl(a + f + md5_k[i] + little32(block + 4 * g), md5_turns[(i >> 4) * 4 + (i & 3)]);
    a = t;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
}

struct digest {
  void (*block)(u32 state[], const u8 *block);
  u32 words;
  u32 big;
  u32 start[8];
};

static const struct digest digests[] = {
    {md5_block, 4, 0, {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}},
    {sha1_block, 5, 1, {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}},
    {sha256_block, 8, 1,
     {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}}};

/* 0: MD5, 1: SHA-1, 2: SHA-256. The result is the state's words as numbers. */
void digest(u32 which, const u8 *data, u32 count, u32 state[]) {
  const struct digest *kind = &digests[which];
  u8 last[128];
  u32 whole = count & ~63u, rest = count & 63, padded = rest < 56 ? 64 : 128;
  memcpy(state, kind->start, kind->words * 4);
  for (u32 i = 0; i < whole; i += 64) kind->block(state, data + i);
  memset(last, 0, sizeof last);
  memcpy(last, data + whole, rest);
  last[rest] = 0x80;
  u64 bits = (u64)count << 3;
  for (int i = 0; i < 8; i++)
    last[padded - 8 + i] = (u8)(kind->big ? bits >> (56 - 8 * i) : bits >> (8 * i));
  for (u32 i = 0; i < padded; i += 64) kind->block(state, last + i);
}

void rc4(const u8 *key, u32 key_count, u8 *data, u32 count) {
  u8 s[256];
  for (u32 i = 0; i < 256; i++) s[i] = (u8)i;
  for (u32 i = 0, j = 0, k = 0; i < 256; i++) {
    j = (j + s[i] + key[k]) & 255;
    k = k + 1 == key_count ? 0 : k + 1;
    u8 t = s[i];
    s[i] = s[j], s[j] = t;
  }
  for (u32 n = 0, i = 0, j = 0; n < count; n++) {
    i = (i + 1) & 255, j = (j + s[i]) & 255;
    u8 t = s[i];
    s[i] = s[j], s[j] = t;
    data[n] ^= s[(s[i] + s[j]) & 255];
  }
}

void chacha_quarter(u32 x[4]) {
  x[0] += x[1], x[3] = rotl(x[3] ^ x[0], 16);
  x[2] += x[3], x[1] = rotl(x[1] ^ x[2], 12);
  x[0] += x[1], x[3] = rotl(x[3] ^ x[0], 8);
  x[2] += x[3], x[1] = rotl(x[1] ^ x[2], 7);
}

/* Sorting and searching, by pointers to functions. */

typedef int (*comparison)(const void *one, const void *other);

static void swap_bytes(u8 *a, u8 *b, u32 width) {
  while (width--) {
    u8 t = *a;
    *a++ = *b;
    *b++ = t;
  }
}

static void sift(u8 *base, u32 at, u32 count, u32 width, comparison compare) {
  for (u32 child = 2 * at + 1; child < count; at = child, child = 2 * at + 1) {
    if (child + 1 < count && compare(base + child * width, base + (child + 1) * width) < 0) child++;
    if (compare(base + at * width, base + child * width) >= 0) return;
    swap_bytes(base + at * width, base + child * width, width);
  }
}

void heap_sort(void *base, u32 count, u32 width, comparison compare) {
  for (u32 i = count / 2; i-- > 0;) sift(base, i, count, width, compare);
  for (u32 end = count; end-- > 1;) {
    swap_bytes(base, (u8 *)base + end * width, width);
    sift(base, 0, end, width, compare);
  }
}

void quick_sort(void *base, u32 count, u32 width, comparison compare) {
  u8 *a = base;
  while (count > 1) {
    u32 store = 0;
    swap_bytes(a + count / 2 * width, a + (count - 1) * width, width);
    for (u32 i = 0; i + 1 < count; i++)
      if (compare(a + i * width, a + (count - 1) * width) < 0) {
        if (i != store) swap_bytes(a + i * width, a + store * width, width);
        store++;
      }
    if (store != count - 1) swap_bytes(a + store * width, a + (count - 1) * width, width);
    quick_sort(a, store, width, compare);
    a += (store + 1) * width, count -= store + 1;
  }
}

const void *binary_search(const void *key, const void *base, u32 count, u32 width, comparison compare) {
  const u8 *low = base;
  while (count) {
    const u8 *middle = low + count / 2 * width;
    int order = compare(key, middle);
    if (order == 0) return middle;
    if (order > 0) low = middle + width, count--;
    count /= 2;
  }
  return 0;
}

static int by_s32(const void *one, const void *other) {
  s32 a = *(const s32 *)one, b = *(const s32 *)other;
  return a < b ? -1 : a > b;
}

static int by_s16_down(const void *one, const void *other) {
  return *(const s16 *)other - *(const s16 *)one;
}

static int by_text(const void *one, const void *other) {
  return text_compare(*(const char *const *)one, *(const char *const *)other);
}

/* Compression: literals and copies, eight to a byte of flags. */

u32 lz_compress(const u8 *from, u32 count, u8 *into) {
  u16 heads[256];
  u32 out = 0, flags_at = 0, bit = 8;
  memset(heads, 0, sizeof heads);
  for (u32 at = 0; at < count;) {
    u32 best = 0, distance = 0;
    if (bit == 8) flags_at = out, into[out++] = 0, bit = 0;
    if (at + 3 <= count) {
      u32 hash = (from[at] * 31u ^ from[at + 1] * 7u ^ from[at + 2]) & 255;
      u32 seen = heads[hash];
      heads[hash] = (u16)(at + 1);
      if (seen && at + 1 - seen < 4096) {
        u32 candidate = seen - 1;
        while (best < 18 && at + best < count && from[candidate + best] == from[at + best]) best++;
        distance = at - candidate;
      }
    }
    if (best >= 3) {
      into[flags_at] |= (u8)(1u << bit);
      into[out++] = (u8)distance;
      into[out++] = (u8)(distance >> 8 << 4 | (best - 3));
      at += best;
    } else {
      into[out++] = from[at++];
    }
    bit++;
  }
  return out;
}

u32 lz_expand(const u8 *from, u32 count, u8 *into) {
  u32 out = 0;
  for (u32 at = 0; at < count;) {
    u32 flags = from[at++];
    for (u32 bit = 0; bit < 8 && at < count; bit++, flags >>= 1) {
      if (!(flags & 1)) {
        into[out++] = from[at++];
        continue;
      }
      u32 distance = from[at] | (u32)(from[at + 1] >> 4) << 8;
      u32 length = (from[at + 1] & 15u) + 3;
      at += 2;
      for (; length; length--, out++) into[out] = into[out - distance];
    }
  }
  return out;
}

/* Large switches: one with small steps, one with large ones, one that the program computes. */

enum { END, PUSH, ADD, SUB, MUL, NEG, DUP, SWAP, DROP, OVER, AND, OR, XOR, NOT, SHL, SHR, LESS, SAME, JUMP, JUMPZ, STORE, LOAD };

s32 machine_run(const s8 *code, s32 argument) {
  s32 stack[16], cells[4] = {0, 0, 0, 0}, *top = stack;
  *top = argument;
  for (const s8 *pc = code;;) {
    switch (*pc++) {
      case END: return *top;
      case PUSH: *++top = *pc++; break;
      case ADD: top--, *top += top[1]; break;
      case SUB: top--, *top -= top[1]; break;
      case MUL: top--, *top *= top[1]; break;
      case NEG: *top = -*top; break;
      case DUP: top++, *top = top[-1]; break;
      case SWAP: { s32 t = *top; *top = top[-1]; top[-1] = t; break; }
      case DROP: top--; break;
      case OVER: top++, *top = top[-2]; break;
      case AND: top--, *top &= top[1]; break;
      case OR: top--, *top |= top[1]; break;
      case XOR: top--, *top ^= top[1]; break;
      case NOT: *top = ~*top; break;
      case SHL: top--, *top = (s32)((u32)*top << (top[1] & 31)); break;
      case SHR: top--, *top >>= top[1] & 31; break;
      case LESS: top--, *top = *top < top[1]; break;
      case SAME: top--, *top = *top == top[1]; break;
      case JUMP: pc += *pc; break;
      case JUMPZ: pc += *top-- == 0 ? *pc : 1; break;
      case STORE: cells[*pc++ & 3] = *top--; break;
      case LOAD: *++top = cells[*pc++ & 3]; break;
      default: return -1;
    }
  }
}

/* The same, by a table of distances between labels. */
s32 threaded_run(const s8 *code, s32 value) {
  static const int steps[] = {&&end - &&end, &&add - &&end, &&twice - &&end, &&minus - &&end, &&again - &&end};
  s32 count = 3;
next:
  goto *((char *)&&end + steps[*code++]);
add:
  value += *code++;
  goto next;
twice:
  value *= 2;
  goto next;
minus:
  value = -value;
  goto next;
again:
  if (--count) code += *code;
  else code++;
  goto next;
end:
  return value;
}

#define ROUNDS(k) \
  x ^= x << 13, x ^= x >> 17, x ^= x << 5, y += x * (k | 1), y = rotl(y, k & 31), x += y ^ (k * 0x9E3779B9u); \
  x ^= x << 13, x ^= x >> 17, x ^= x << 5, y += x * (k | 3), y = rotl(y, k & 15), x -= y ^ (k * 0x85EBCA6Bu)
u32 mix_by(u32 which, u32 x) {
  u32 y = 0x12345678;
  switch (which) {
    case 0: ROUNDS(2u); break;
    case 1: ROUNDS(4u); ROUNDS(6u); break;
    case 2: ROUNDS(8u); return x;
    case 3: ROUNDS(10u); ROUNDS(12u); break;
    case 4: ROUNDS(14u); /* fall through */
    case 5: ROUNDS(16u); ROUNDS(18u); break;
    case 6: ROUNDS(20u); break;
    case 7: ROUNDS(22u); ROUNDS(24u); return y;
    case 8: ROUNDS(26u); break;
    case 9: ROUNDS(28u); ROUNDS(30u); break;
    case 10: ROUNDS(32u); break;
    case 11: ROUNDS(34u); ROUNDS(36u); break;
    default: return 0;
  }
  return x ^ y;
}

s32 roman(const char *text) {
  s32 sum = 0, last = 0;
  for (; *text; text++) {
    s32 value;
    switch (*text) {
      case 'I': value = 1; break;
      case 'V': value = 5; break;
      case 'X': value = 10; break;
      case 'L': value = 50; break;
      case 'C': value = 100; break;
      case 'D': value = 500; break;
      case 'M': value = 1000; break;
      default: return -1;
    }
    sum += value > last ? value - 2 * last : value;
    last = value;
  }
  return sum;
}

/* Days since 1 January 1970, of the Gregorian calendar; years from 0. */
s32 days_of(s32 year, u32 month, u32 day) {
  static const u16 before[] = {306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};
  u32 y = (u32)year - (month < 3);
  return (s32)(365 * y + y / 4 - y / 100 + y / 400 + before[month - 1] + day - 1) - 719468;
}

/* Whole numbers. */

u32 divide(u32 number, u32 by, u32 *rest) {
  u32 quotient = 0, r = 0;
  for (int i = 31; i >= 0; i--) {
    r = r << 1 | (number >> i & 1);
    if (r >= by) r -= by, quotient |= 1u << i;
  }
  *rest = r;
  return quotient;
}

u64 divide64(u64 number, u64 by, u64 *rest) {
  u64 quotient = 0, r = 0;
  for (int i = 0; i < 64; i++) {
    r = r << 1 | number >> 63;
    number <<= 1, quotient <<= 1;
    if (r >= by) r -= by, quotient |= 1;
  }
  *rest = r;
  return quotient;
}

u64 multiply_high(u64 a, u64 b, u64 *low) {
  u32 a0 = (u32)a, a1 = (u32)(a >> 32), b0 = (u32)b, b1 = (u32)(b >> 32);
  u64 p00 = (u64)a0 * b0, p01 = (u64)a0 * b1, p10 = (u64)a1 * b0, p11 = (u64)a1 * b1;
  u64 middle = (p00 >> 32) + (u32)p01 + (u32)p10;
  *low = middle << 32 | (u32)p00;
  return p11 + (p01 >> 32) + (p10 >> 32) + (middle >> 32);
}

u32 power_mod(u32 base, u32 exponent, u32 modulus) {
  u64 result = 1, square = base, rest;
  for (; exponent; exponent >>= 1) {
    if (exponent & 1) divide64(result * square, modulus, &rest), result = rest;
    divide64(square * square, modulus, &rest), square = rest;
  }
  return (u32)result;
}

s64 sum_of_products(const s32 *a, const s32 *b, u32 count) {
  s64 sum = 0;
  while (count--) sum += (s64)*a++ * *b++;
  return sum;
}

u64 xorshift(u64 *state) {
  u64 x = *state;
  x ^= x >> 12, x ^= x << 25, x ^= x >> 27;
  *state = x;
  return x * 0x2545F4914F6CDD1Dull;
}

u64 shifted(u64 value, u32 by, int how) {
  switch (how) {
    case 0: return value << (by & 63);
    case 1: return value >> (by & 63);
    default: return (u64)((s64)value >> (by & 63));
  }
}

u32 greatest_divisor(u32 a, u32 b) {
  while (a != b)
    if (a > b) a -= b;
    else b -= a;
  return a;
}

u32 square_root(u32 number) {
  u32 root = 0;
  for (u32 bit = 1u << 15; bit; bit >>= 1)
    if ((root + bit) * (root + bit) <= number) root += bit;
  return root;
}

u32 primes_below(u32 limit) {
  static u8 composite[1024];
  u32 found = 0;
  memset(composite, 0, sizeof composite);
  if (limit > sizeof composite) limit = sizeof composite;
  for (u32 i = 2; i < limit; i++) {
    if (composite[i]) continue;
    found++;
    for (u32 j = i * i; j < limit; j += i) composite[j] = 1;
  }
  return found;
}

u32 collatz(u32 number) {
  u32 steps = 0;
  for (; number != 1; steps++) number = number & 1 ? 3 * number + 1 : number >> 1;
  return steps;
}

u32 bits_set(u32 x) {
  x -= x >> 1 & 0x55555555;
  x = (x & 0x33333333) + (x >> 2 & 0x33333333);
  return ((x + (x >> 4)) & 0x0F0F0F0F) * 0x01010101u >> 24;
}

u32 bits_reversed(u32 x) {
  x = (x >> 1 & 0x55555555) | (x & 0x55555555) << 1;
  x = (x >> 2 & 0x33333333) | (x & 0x33333333) << 2;
  x = (x >> 4 & 0x0F0F0F0F) | (x & 0x0F0F0F0F) << 4;
  return __builtin_bswap32(x);
}

u32 highest_bit(u32 x) { return x ? 31u - (u32)__builtin_clz(x) : 32; }

s32 clamped_sum(s32 a, s32 b) {
  s64 sum = (s64)a + b;
  if (sum > 0x7FFFFFFF) return 0x7FFFFFFF;
  if (sum < -0x7FFFFFFFll - 1) return -0x7FFFFFFF - 1;
  return (s32)sum;
}

struct packed_date {
  u32 day : 5;
  u32 month : 4;
  s32 year : 12;
  u32 hour : 5;
  u32 zone : 6;
};

struct packed_date next_month(struct packed_date date) {
  if (date.month == 12) date.month = 1, date.year++;
  else date.month++;
  return date;
}

/* Structures by value, and more arguments than there are registers. */

struct pair { s32 x, y; };
struct box { struct pair low, high; s32 color; u8 tag; s16 depth; };

struct pair pair_sum(struct pair a, struct pair b) {
  struct pair sum = {a.x + b.x, a.y + b.y};
  return sum;
}

struct box box_around(struct box a, struct box b) {
  struct box c = a;
  if (b.low.x < c.low.x) c.low.x = b.low.x;
  if (b.low.y < c.low.y) c.low.y = b.low.y;
  if (b.high.x > c.high.x) c.high.x = b.high.x;
  if (b.high.y > c.high.y) c.high.y = b.high.y;
  c.tag = (u8)(a.tag + b.tag), c.depth = (s16)(a.depth - b.depth);
  return c;
}

s32 weighed(s32 a, s8 b, s16 c, u64 d, s32 e, u8 f, s32 g, s64 h, s32 i) {
  return a + 2 * b + 3 * c + 4 * (s32)d + 5 * e + 6 * f + 7 * g + 8 * (s32)h + 9 * i;
}

/* Recursion. */

u32 fibonacci(u32 n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
u32 ackermann(u32 m, u32 n) {
  return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}
u32 hanoi(u32 discs, u32 from, u32 to, u32 by) {
  return discs == 0 ? 0 : hanoi(discs - 1, from, by, to) + 1 + hanoi(discs - 1, by, to, from);
}
int is_odd(u32 n);
int is_even(u32 n) { return n == 0 ? 1 : is_odd(n - 1); }
int is_odd(u32 n) { return n == 0 ? 0 : is_even(n - 1); }

static u32 place_queens(u32 size_mask, u32 columns, u32 left, u32 right) {
  u32 found = columns == size_mask;
  for (u32 free = size_mask & ~(columns | left | right); free;) {
    u32 place = free & (0u - free);
    free ^= place;
    found += place_queens(size_mask, columns | place, (left | place) << 1, (right | place) >> 1);
  }
  return found;
}
u32 queens(u32 size) { return place_queens((1u << size) - 1, 0, 0, 0); }

struct node { struct node *left, *right; s32 key; };

static struct node *inserted(struct node *at, struct node *fresh) {
  if (!at) return fresh;
  if (fresh->key < at->key) at->left = inserted(at->left, fresh);
  else at->right = inserted(at->right, fresh);
  return at;
}

static u32 walked(const struct node *at, u32 hash) {
  return at ? walked(at->right, walked(at->left, hash) * 31 + (u32)at->key) : hash;
}

static u32 depth_of(const struct node *at) {
  if (!at) return 0;
  u32 left = depth_of(at->left), right = depth_of(at->right);
  return 1 + (left > right ? left : right);
}

/* An expression of + - * ( ) and numbers. */
static s32 expression(const char **at);
static s32 factor(const char **at) {
  if (**at == '-') return ++*at, -factor(at);
  if (**at == '(') {
    ++*at;
    s32 value = expression(at);
    ++*at;
    return value;
  }
  s32 value = 0;
  for (; digit_of(**at) < 10; ++*at) value = 10 * value + digit_of(**at);
  return value;
}
static s32 term(const char **at) {
  s32 value = factor(at);
  while (**at == '*') ++*at, value *= factor(at);
  return value;
}
static s32 expression(const char **at) {
  s32 value = term(at);
  for (;;) {
    if (**at == '+') ++*at, value += term(at);
    else if (**at == '-') ++*at, value -= term(at);
    else return value;
  }
}
s32 evaluate(const char *text) { return expression(&text); }

/* Floating point. */

struct complex { double re, im; };
struct vector { float x, y, z; };

struct complex complex_product(struct complex a, struct complex b) {
  struct complex c = {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  return c;
}

struct vector cross_product(struct vector a, struct vector b) {
  struct vector c = {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
  return c;
}

float length_squared(struct vector a) { return a.x * a.x + a.y * a.y + a.z * a.z; }

double polynomial(const double *factors, u32 count, double x) {
  double value = 0;
  while (count--) value = value * x + factors[count];
  return value;
}

double newton_root(double x) {
  double root = x > 1 ? x : 1;
  for (int i = 0; i < 60; i++) {
    double next = 0.5 * (root + x / root);
    if (next == root) break;
    root = next;
  }
  return root;
}

double sine(double x) {
  double part = x, sum = x;
  for (int i = 1; i < 15; i++) {
    part *= -x * x / ((2 * i) * (2 * i + 1));
    sum += part;
  }
  return sum;
}

double integral(double (*of)(double), double from, double to, u32 steps) {
  double h = (to - from) / steps, sum = of(from) + of(to);
  for (u32 i = 1; i < steps; i++) sum += of(from + i * h) * (i & 1 ? 4 : 2);
  return sum * h / 3;
}

static double square_of(double x) { return x * x; }

u32 mandelbrot(s32 width, s32 height, u32 limit) {
  u32 inside = 0;
  for (s32 row = 0; row < height; row++)
    for (s32 column = 0; column < width; column++) {
      struct complex c = {column * 0.125 - 2, row * 0.125 - 1}, z = {0, 0};
      u32 i = 0;
      for (; i < limit && z.re * z.re + z.im * z.im <= 4; i++) {
        double re = z.re * z.re - z.im * z.im + c.re;
        z.im = 2 * z.re * z.im + c.im, z.re = re;
      }
      inside += i == limit;
    }
  return inside;
}

void matrix_product(const float a[3][3], const float b[3][3], float c[3][3]) {
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      float sum = 0;
      for (int k = 0; k < 3; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
}

u32 float_bits(float x) {
  union { float f; u32 u; } both = {x};
  return both.u;
}

s32 order_of(double a, double b) { return a < b ? -1 : a > b ? 1 : a == b ? 0 : 2; }

double mixed_sum(s32 a, float b, s64 unused, double c, float d, u8 e, double f, s16 g, float h, double i, float j, double k, double l, double m) {
  (void)unused;
  return a + b + c + d + e + f + g + h + i + j + k + l + m;
}

/* The checks. */

static const u8 *bytes(const char *text) { return (const u8 *)text; }
static int near(double a, double b) {
  double d = a - b;
  return d < 1e-9 && d > -1e-9;
}
static const char pangram[] = "the quick brown fox jumps over the lazy dog; the quick brown fox sleeps, the lazy dog jumps over the fox";

static KEPT int check_memory(void) {
  char a[16] = "abcdefghij", b[16];
  memmove(a + 2, a, 8);
  memset(b, 'x', sizeof b);
  memcpy(b, a, 4);
  memmove(a, a + 1, 9);
  return memcmp(a, "babcdefgh", 9) == 0 && memcmp(b, "ababxxxx", 8) == 0 && memcmp("a", "b", 1) < 0;
}
static KEPT int check_text(void) {
  char t[8] = "olleh";
  return text_length(pangram) == 104 && text_compare("abc", "abd") < 0 && text_compare("b", "a") > 0
      && text_find(pangram, "lazy") - pangram == 35 && !text_find(pangram, "cat")
      && text_compare(text_reverse(t), "hello") == 0;
}
static KEPT int check_numbers(void) {
  char t[16];
  return text_to_number("-1f", 16) == -31 && text_to_number("777", 8) == 511
      && text_compare(number_to_text(-2147483647 - 1, t), "-2147483648") == 0
      && text_compare(number_to_text(90210, t), "90210") == 0;
}
static KEPT int check_base64(void) {
  char t[16];
  return base64(bytes("foobar"), 6, t) == 8 && text_compare(t, "Zm9vYmFy") == 0
      && base64(bytes("foob"), 4, t) == 8 && text_compare(t, "Zm9vYg==") == 0;
}
static KEPT int check_utf8(void) {
  u32 n;
  return utf8_next(bytes("\xE2\x82\xAC"), &n) == 0x20AC && n == 3
      && utf8_next(bytes("\xF0\x9D\x84\x9E"), &n) == 0x1D11E && n == 4
      && utf8_next(bytes("\xC3\xA4"), &n) == 0xE4 && utf8_next(bytes("\x80"), &n) == -1;
}
static KEPT int check_distance(void) { return edit_distance("kitten", "sitting") == 3 && edit_distance("", "abc") == 3; }
static KEPT int check_crc(void) { return crc32(0, bytes("123456789"), 9) == 0xCBF43926; }
static KEPT int check_adler(void) { return adler32(1, bytes("Wikipedia"), 9) == 0x11E60398; }
static KEPT int check_fnv(void) { return fnv1a("foobar") == 0xBF9CF968; }
static KEPT int check_md5(void) {
  u32 s[8];
  digest(0, bytes("abc"), 3, s);
  return s[0] == 0x98500190 && s[1] == 0xb04fd23c && s[2] == 0x7d3f96d6 && s[3] == 0x727fe128;
}
static KEPT int check_sha1(void) {
  u32 s[8];
  digest(1, bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), 56, s);
  return s[0] == 0x84983E44 && s[1] == 0x1C3BD26E && s[2] == 0xBAAE4AA1 && s[3] == 0xF95129E5 && s[4] == 0xE54670F1;
}
static KEPT int check_sha256(void) {
  u32 s[8];
  digest(2, bytes("abc"), 3, s);
  return s[0] == 0xba7816bf && s[1] == 0x8f01cfea && s[2] == 0x414140de && s[3] == 0x5dae2223
      && s[4] == 0xb00361a3 && s[5] == 0x96177a9c && s[6] == 0xb410ff61 && s[7] == 0xf20015ad;
}
static KEPT int check_rc4(void) {
  static const u8 expected[] = {0xBB, 0xF3, 0x16, 0xE8, 0xD9, 0x40, 0xAF, 0x0A, 0xD3};
  u8 t[9];
  memcpy(t, "Plaintext", 9);
  rc4(bytes("Key"), 3, t, 9);
  return memcmp(t, expected, 9) == 0;
}
static KEPT int check_chacha(void) {
  u32 x[4] = {0x11111111, 0x01020304, 0x9b8d6f43, 0x01234567};
  chacha_quarter(x);
  return x[0] == 0xea2a92f4 && x[1] == 0xcb1cf8ce && x[2] == 0x4581472e && x[3] == 0x5881c4bb;
}
static KEPT int check_sorts(void) {
  s32 a[40], key;
  s16 b[9] = {3, -4, 100, 0, 7, 7, -32768, 12, 1};
  const char *c[] = {"pear", "fig", "apple", "plum", "date"};
  u64 state = 42;
  for (u32 i = 0; i < COUNT(a); i++) a[i] = (s32)xorshift(&state);
  key = a[17];
  quick_sort(a, COUNT(a), sizeof a[0], by_s32);
  heap_sort(b, COUNT(b), sizeof b[0], by_s16_down);
  heap_sort(c, COUNT(c), sizeof c[0], by_text);
  for (u32 i = 1; i < COUNT(a); i++)
    if (a[i - 1] > a[i]) return 0;
  for (u32 i = 1; i < COUNT(b); i++)
    if (b[i - 1] < b[i]) return 0;
  const s32 *found = binary_search(&key, a, COUNT(a), sizeof a[0], by_s32);
  return found && *found == key && c[0][0] == 'a' && c[1][0] == 'd' && c[2][0] == 'f' && c[4][1] == 'l';
}
static KEPT int check_lz(void) {
  u8 packed[160], back[128];
  u32 count = lz_compress(bytes(pangram), sizeof pangram, packed);
  return count < 90 && lz_expand(packed, count, back) == sizeof pangram && memcmp(back, pangram, sizeof pangram) == 0;
}
static KEPT int check_machine(void) {
  /* The factorial: keeps the product in cell 0 and counts down. */
  static const s8 factorial[] = {PUSH, 1, STORE, 0, DUP, JUMPZ, 12, DUP, LOAD, 0, MUL, STORE, 0, PUSH, 1, SUB, JUMP, -13, LOAD, 0, END};
  static const s8 bits[] = {DUP, NOT, OVER, XOR, SWAP, DROP, NEG, PUSH, 4, SHL, PUSH, 7, OR, PUSH, 0x55, AND, PUSH, 2, SHR, PUSH, 0, LESS, PUSH, 0, SAME, END};
  static const s8 bad[] = {99};
  return machine_run(factorial, 7) == 5040 && machine_run(bits, 3) == 1 && machine_run(bad, 0) == -1;
}
static KEPT int check_threaded(void) {
  static const s8 code[] = {1, 5, 2, 3, 4, -5, 1, 100, 0};
  return threaded_run(code, 1) == 62 && threaded_run(code + 8, 9) == 9;
}
static KEPT int check_mix(void) {
  u32 seen = 0;
  for (u32 i = 0; i < 14; i++) seen = seen * 33 ^ mix_by(i, 0xCAFEBABE + i);
  return seen == 0xB4D2C56A;
}
static KEPT int check_calendar(void) {
  return roman("MCMXCIV") == 1994 && roman("MMXXVI") == 2026 && roman("?") == -1
      && days_of(1970, 1, 1) == 0 && days_of(2000, 2, 29) == 11016 && days_of(1900, 3, 1) == -25508;
}
static KEPT int check_division(void) {
  u32 r;
  u64 rest;
  return divide(4000000000u, 7, &r) == 571428571 && r == 3
      && divide64(0xFEDCBA9876543210ull, 0x123456789ull, &rest) == 0xE0000000 && rest == 0x96543210;
}
static KEPT int check_products(void) {
  static const s32 a[] = {2147483647, -2147483647 - 1, 3}, b[] = {2147483647, 2147483647, -5};
  u64 low;
  return multiply_high(~0ull, ~0ull, &low) == ~0ull - 1 && low == 1
      && sum_of_products(a, b, 3) == -2147483647ll - 15 && power_mod(3, 1000000006, 1000000007) == 1
      && power_mod(2, 30, 1000000007) == 73741817;
}
static KEPT int check_shifts(void) {
  return shifted(1, 40, 0) == 0x10000000000ull && shifted(0x8000000000000000ull, 33, 1) == 0x40000000ull
      && shifted(0x8000000000000000ull, 63, 2) == ~0ull && shifted(0x123456789ull, 4, 1) == 0x12345678ull;
}
static KEPT int check_integers(void) {
  return greatest_divisor(1071, 462) == 21 && square_root(4294836225u) == 65535 && square_root(99) == 9
      && primes_below(1000) == 168 && collatz(27) == 111;
}
static KEPT int check_bits(void) {
  return bits_set(0xF0F0F001) == 13 && bits_reversed(0x00000013) == 0xC8000000 && highest_bit(0x00400001) == 22
      && highest_bit(0) == 32 && clamped_sum(2147483647, 1) == 2147483647 && clamped_sum(-2147483647, -5) == -2147483647 - 1
      && clamped_sum(-3, 5) == 2;
}
static KEPT int check_fields(void) {
  struct packed_date date = {31, 12, -44, 23, 63};
  struct packed_date next = next_month(next_month(date));
  return next.day == 31 && next.month == 2 && next.year == -43 && next.hour == 23 && next.zone == 63;
}
static KEPT int check_structures(void) {
  struct pair p = {1, -2}, q = {30, 40};
  struct box a = {{0, 0}, {5, 5}, 7, 200, 10}, b = {{-1, 2}, {3, 9}, 8, 100, 300};
  struct pair sum = pair_sum(p, q);
  struct box c = box_around(a, b);
  return sum.x == 31 && sum.y == 38 && c.low.x == -1 && c.low.y == 0 && c.high.x == 5 && c.high.y == 9
      && c.color == 7 && c.tag == 44 && c.depth == -290;
}
static KEPT int check_arguments(void) { return weighed(1, -2, 3, 4, 5, 6, 7, -8, 9) == 1 - 4 + 9 + 16 + 25 + 36 + 49 - 64 + 81; }
static KEPT int check_recursion(void) {
  return fibonacci(12) == 144 && ackermann(2, 3) == 9 && hanoi(6, 0, 2, 1) == 63 && is_even(20) && is_odd(7) && queens(5) == 10;
}
static KEPT int check_tree(void) {
  static const s32 keys[] = {50, 30, 70, 20, 40, 60, 80, 10};
  struct node nodes[COUNT(keys)], *root = 0;
  u32 expected = 0;
  for (u32 i = 0; i < COUNT(keys); i++) {
    struct node fresh = {0, 0, keys[i]};
    nodes[i] = fresh;
    root = inserted(root, &nodes[i]);
  }
  for (u32 i = 1; i <= 8; i++) expected = expected * 31 + 10 * i;
  return walked(root, 0) == expected && depth_of(root) == 4;
}
static KEPT int check_expressions(void) { return evaluate("2*(3+4)-(-5)*6") == 44 && evaluate("7") == 7 && evaluate("1-2-3") == -4; }
static KEPT int check_complex(void) {
  struct complex a = {1.5, -2}, b = {4, 0.25}, c = complex_product(a, b);
  struct vector x = {1, 0, 0}, y = {0, 2, 0}, z = cross_product(x, y);
  return c.re == 6.5 && c.im == -7.625 && z.x == 0 && z.y == 0 && z.z == 2 && length_squared(z) == 4;
}
static KEPT int check_real(void) {
  static const double factors[] = {1, -3, 0, 2};
  return polynomial(factors, 4, 2) == 11 && near(newton_root(2), 1.41421356237309515) && near(sine(0.5), 0.479425538604203)
      && near(integral(square_of, 0, 3, 10), 9) && near(integral(sine, 0, 1, 20) * 1e-3, 0.45969769413186e-3);
}
static KEPT int check_mandelbrot(void) { return mandelbrot(24, 17, 20) == 119; }
static KEPT int check_matrix(void) {
  static const float a[3][3] = {{1, 2, 3}, {0, 1, 4}, {5, 6, 0}}, b[3][3] = {{-24, 18, 5}, {20, -15, -4}, {-5, 4, 1}};
  float c[3][3];
  matrix_product(a, b, c);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      if (c[i][j] != (i == j)) return 0;
  return 1;
}
static KEPT int check_reals_as_bits(void) {
  double nan = 0;
  nan /= nan;
  return float_bits(1.0f) == 0x3F800000 && float_bits(-0.15625f) == 0xBE200000 && order_of(1, 2) == -1
      && order_of(2, -1) == 1 && order_of(3, 3) == 0 && order_of(nan, 3) == 2 && (s32)-3.75 == -3 && (u32)3e9 == 3000000000u;
}
static KEPT int check_mixed(void) { return mixed_sum(1, 0.5f, -1, 2.25, 4, 5, 6, -7, 8, 9, 10, 11, 12, 13) == 74.75; }

static int (*const checks[])(void) = {
    check_memory, check_text, check_numbers, check_base64, check_utf8, check_distance, check_crc, check_adler,
    check_fnv, check_md5, check_sha1, check_sha256, check_rc4, check_chacha, check_sorts, check_lz,
    check_machine, check_threaded, check_mix, check_calendar, check_division, check_products, check_shifts,
    check_integers, check_bits, check_fields, check_structures, check_arguments, check_recursion, check_tree,
    check_expressions, check_complex, check_real, check_mandelbrot, check_matrix, check_reals_as_bits, check_mixed};

u32 sample_checks(void) { return COUNT(checks); }
u32 sample_check(u32 which) { return which < COUNT(checks) ? (u32)checks[which]() : 0; }
u32 sample_run_all(void) {
  u32 failed = 0;
  for (u32 i = 0; i < sample_checks(); i++) failed += !sample_check(i);
  return failed;
}
