#include "ck_dequantize.h"

#include <math.h>
#include <string.h>

// A fused multiply-add rounds once where the reference rounds twice, so contraction stays off; then the wider
// instruction sets below give the same bits as the plain one.
#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__)
#define CK_CLONES __attribute__((target_clones("default,arch=x86-64-v3,arch=x86-64-v4")))
#else
#define CK_CLONES
#endif

_Static_assert(sizeof(float) == 4, "float is not 32 bits wide");
#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "checkpoint files are little-endian, and so must the machine be"
#endif

static inline float float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline uint16_t load_u16(const uint8_t *bytes) {
    uint16_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static inline void store_u16(uint8_t *bytes, uint16_t value) { memcpy(bytes, &value, sizeof value); }

// Half to single precision. The exponent's bias grows from 15 to 127; a subnormal half is m * 2^-24, which the
// difference of two floats in [2^-14, 2^-13) gives exactly.
static inline float float_from_half(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
    const uint32_t shifted = (uint32_t)(half & 0x7FFFu) << 13;
    const uint32_t exponent = shifted & 0x0F800000u;
    const uint32_t rebased = shifted + ((127u - 15u) << 23);
    const uint32_t special = rebased + ((127u - 15u) << 23);
    const uint32_t smallest = 113u << 23;
    const uint32_t subnormal = bits_of_float(float_from_bits(smallest + shifted) - float_from_bits(smallest));
    const uint32_t magnitude = exponent == 0x0F800000u ? special : (exponent == 0 ? subnormal : rebased);
    return float_from_bits(magnitude | sign);
}

static inline float load_half(const uint8_t *bytes) { return float_from_half(load_u16(bytes)); }

// Single to half precision, round to nearest, ties to even. Below 2^-14 the addition of 0.5 aligns the mantissa to
// units of 2^-24 and rounds it.
static inline uint16_t half_from_float(float value) {
    const uint32_t bits = bits_of_float(value);
    const uint32_t sign = (bits >> 16) & 0x8000u;
    const uint32_t magnitude = bits & 0x7FFFFFFFu;
    const uint32_t subnormal = bits_of_float(float_from_bits(magnitude) + 0.5f) - 0x3F000000u;
    const uint32_t odd = (magnitude >> 13) & 1u;
    const uint32_t normal = (magnitude - (112u << 23) + 0xFFFu + odd) >> 13;
    uint32_t half = magnitude < (113u << 23) ? subnormal : normal;
    half = magnitude >= 0x477FF000u ? 0x7C00u : half;
    half = magnitude > 0x7F800000u ? 0x7E00u : half;
    return (uint16_t)(half | sign);
}

CK_CLONES void ck_dequantize_f16(const void *restrict values, float *restrict out, size_t count) {
    const uint8_t *bytes = values;
    for (size_t i = 0; i < count; i++) {
        out[i] = load_half(bytes + 2 * i);
    }
}

CK_CLONES void ck_dequantize_bf16(const void *restrict values, float *restrict out, size_t count) {
    const uint8_t *bytes = values;
    for (size_t i = 0; i < count; i++) {
        out[i] = float_from_bits((uint32_t)load_u16(bytes + 2 * i) << 16);
    }
}

// half d | 16 bytes: byte j holds elements j (low nibble) and j + 16 (high nibble), x = d * (q - 8).
CK_CLONES void ck_dequantize_q4_0(const void *restrict blocks, float *restrict out, size_t block_count) {
    const uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q4_0_BYTES, out += 32) {
        const float d = load_half(block);
        const uint8_t *q = block + 2;
        for (int j = 0; j < 16; j++) {
            out[j] = d * (float)((q[j] & 15) - 8);
            out[j + 16] = d * (float)((q[j] >> 4) - 8);
        }
    }
}

// half d | half m | 16 bytes as in q4_0, x = d * q + m.
CK_CLONES void ck_dequantize_q4_1(const void *restrict blocks, float *restrict out, size_t block_count) {
    const uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q4_1_BYTES, out += 32) {
        const float d = load_half(block);
        const float m = load_half(block + 2);
        const uint8_t *q = block + 4;
        for (int j = 0; j < 16; j++) {
            out[j] = d * (float)(q[j] & 15) + m;
            out[j + 16] = d * (float)(q[j] >> 4) + m;
        }
    }
}

// half d | 32 fifth bits, bit j for element j | 16 bytes as in q4_0, x = d * (q - 16).
CK_CLONES void ck_dequantize_q5_0(const void *restrict blocks, float *restrict out, size_t block_count) {
    const uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q5_0_BYTES, out += 32) {
        const float d = load_half(block);
        uint32_t high;
        memcpy(&high, block + 2, sizeof high);
        const uint8_t *q = block + 6;
        for (int j = 0; j < 16; j++) {
            out[j] = d * (float)((int)((q[j] & 15u) | ((high >> j) & 1u) << 4) - 16);
            out[j + 16] = d * (float)((int)((q[j] >> 4) | ((high >> (j + 16)) & 1u) << 4) - 16);
        }
    }
}

// half d | half m | 32 fifth bits | 16 bytes, x = d * q + m.
CK_CLONES void ck_dequantize_q5_1(const void *restrict blocks, float *restrict out, size_t block_count) {
    const uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q5_1_BYTES, out += 32) {
        const float d = load_half(block);
        const float m = load_half(block + 2);
        uint32_t high;
        memcpy(&high, block + 4, sizeof high);
        const uint8_t *q = block + 8;
        for (int j = 0; j < 16; j++) {
            out[j] = d * (float)(int)((q[j] & 15u) | ((high >> j) & 1u) << 4) + m;
            out[j + 16] = d * (float)(int)((q[j] >> 4) | ((high >> (j + 16)) & 1u) << 4) + m;
        }
    }
}

// half d | 32 signed bytes, x = d * q.
CK_CLONES void ck_dequantize_q8_0(const void *restrict blocks, float *restrict out, size_t block_count) {
    const uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q8_0_BYTES, out += 32) {
        const float d = load_half(block);
        const int8_t *q = (const int8_t *)(block + 2);
        for (int j = 0; j < 32; j++) {
            out[j] = d * (float)q[j];
        }
    }
}

// The 256 elements of a super-block are two halves of 128; byte l of a half's 32 holds, two bits each, elements
// l, l + 32, l + 64 and l + 96 of that half. Scales go by runs of 16.

// 16 bytes of scale (low nibble) and minimum (high) | 64 bytes of 2-bit q | half d | half dmin,
// x = (d * scale) * q - (dmin * minimum).
CK_CLONES void ck_dequantize_q2_k(const void *restrict blocks, float *restrict out, size_t block_count) {
    const uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q2_K_BYTES, out += 256) {
        const uint8_t *scales = block;
        const float d = load_half(block + 80);
        const float dmin = load_half(block + 82);
        for (int run = 0; run < 16; run++) {
            const uint8_t *q = block + 16 + (run / 8) * 32 + (run % 2) * 16;
            const int shift = (run % 8) / 2 * 2;
            const float scale = d * (float)(scales[run] & 15);
            const float minimum = dmin * (float)(scales[run] >> 4);
            for (int l = 0; l < 16; l++) {
                out[run * 16 + l] = scale * (float)((q[l] >> shift) & 3) - minimum;
            }
        }
    }
}

// 32 bytes of third bits, bit k of byte l for element 32 k + l, clear meaning -4 | 64 bytes of 2-bit q | 12 bytes of
// 6-bit scales | half d, x = (d * (scale - 32)) * q.
CK_CLONES void ck_dequantize_q3_k(const void *restrict blocks, float *restrict out, size_t block_count) {
    const uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q3_K_BYTES, out += 256) {
        const uint8_t *packed = block + 96;
        const float d = load_half(block + 108);
        for (int run = 0; run < 16; run++) {
            const uint8_t *q = block + 32 + (run / 8) * 32 + (run % 2) * 16;
            const uint8_t *high = block + (run % 2) * 16;
            const int shift = (run % 8) / 2 * 2;
            const int low_bits = run < 8 ? packed[run] & 15 : packed[run - 8] >> 4;
            const int high_bits = (packed[8 + run % 4] >> (run / 4 * 2)) & 3;
            const float scale = d * (float)((low_bits | high_bits << 4) - 32);
            for (int l = 0; l < 16; l++) {
                const int offset = (~high[l] >> (run / 2) & 1) * 4;
                out[run * 16 + l] = scale * (float)(((q[l] >> shift) & 3) - offset);
            }
        }
    }
}

// Scale and minimum, 6 bits each, of group 0..7 in q4_k and q5_k: the first four lie plainly in bytes 0..3 and 4..7,
// whose two top bits complete the nibbles that bytes 8..11 hold for the last four.
static inline int group_scale(const uint8_t *packed, int group) {
    return group < 4 ? packed[group] & 63 : (packed[group + 4] & 15) | (packed[group - 4] >> 6) << 4;
}

static inline int group_minimum(const uint8_t *packed, int group) {
    return group < 4 ? packed[group + 4] & 63 : (packed[group + 4] >> 4) | (packed[group] >> 6) << 4;
}

// half d | half dmin | 12 bytes of scales and minimums | 128 bytes: byte l of pair p holds elements 64 p + l (low
// nibble) and 64 p + 32 + l (high), x = (d * scale) * q - (dmin * minimum).
CK_CLONES void ck_dequantize_q4_k(const void *restrict blocks, float *restrict out, size_t block_count) {
    const uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q4_K_BYTES, out += 256) {
        const float d = load_half(block);
        const float dmin = load_half(block + 2);
        for (int group = 0; group < 8; group++) {
            const uint8_t *q = block + 16 + (group / 2) * 32;
            const int shift = group % 2 * 4;
            const float scale = d * (float)group_scale(block + 4, group);
            const float minimum = dmin * (float)group_minimum(block + 4, group);
            for (int l = 0; l < 32; l++) {
                out[group * 32 + l] = scale * (float)((q[l] >> shift) & 15) - minimum;
            }
        }
    }
}

// As q4_k, with 32 bytes of fifth bits before the nibbles: bit g of byte l for element 32 g + l.
CK_CLONES void ck_dequantize_q5_k(const void *restrict blocks, float *restrict out, size_t block_count) {
    const uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q5_K_BYTES, out += 256) {
        const float d = load_half(block);
        const float dmin = load_half(block + 2);
        const uint8_t *high = block + 16;
        for (int group = 0; group < 8; group++) {
            const uint8_t *q = block + 48 + (group / 2) * 32;
            const int shift = group % 2 * 4;
            const float scale = d * (float)group_scale(block + 4, group);
            const float minimum = dmin * (float)group_minimum(block + 4, group);
            for (int l = 0; l < 32; l++) {
                const int value = ((q[l] >> shift) & 15) | (high[l] >> group & 1) << 4;
                out[group * 32 + l] = scale * (float)value - minimum;
            }
        }
    }
}

// 128 bytes of low nibbles | 64 bytes of two high bits | 16 signed scales | half d, x = (d * scale) * (q - 32).
// In a half of 128 elements, nibble byte l holds elements l and l + 64.
CK_CLONES void ck_dequantize_q6_k(const void *restrict blocks, float *restrict out, size_t block_count) {
    const uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q6_K_BYTES, out += 256) {
        const int8_t *scales = (const int8_t *)(block + 192);
        const float d = load_half(block + 208);
        for (int run = 0; run < 16; run++) {
            const int quarter = run % 8 / 2;
            const uint8_t *low = block + run / 8 * 64 + quarter % 2 * 32 + run % 2 * 16;
            const uint8_t *high = block + 128 + run / 8 * 32 + run % 2 * 16;
            const int low_shift = quarter / 2 * 4;
            const int high_shift = quarter * 2;
            const float scale = d * (float)scales[run];
            for (int l = 0; l < 16; l++) {
                const int value = ((low[l] >> low_shift) & 15) | ((high[l] >> high_shift) & 3) << 4;
                out[run * 16 + l] = scale * (float)(value - 32);
            }
        }
    }
}

// float32 d | 256 signed bytes | 16 sums that only products use, x = d * q.
CK_CLONES void ck_dequantize_q8_k(const void *restrict blocks, float *restrict out, size_t block_count) {
    const uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q8_K_BYTES, out += 256) {
        float d;
        memcpy(&d, block, sizeof d);
        const int8_t *q = (const int8_t *)(block + 4);
        for (int j = 0; j < 256; j++) {
            out[j] = d * (float)q[j];
        }
    }
}

CK_CLONES void ck_quantize_f16(const float *restrict in, void *restrict values, size_t count) {
    uint8_t *bytes = values;
    for (size_t i = 0; i < count; i++) {
        store_u16(bytes + 2 * i, half_from_float(in[i]));
    }
}

CK_CLONES void ck_quantize_bf16(const float *restrict in, void *restrict values, size_t count) {
    uint8_t *bytes = values;
    for (size_t i = 0; i < count; i++) {
        const uint32_t bits = bits_of_float(in[i]);
        const uint32_t rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
        const uint32_t quiet = (bits >> 16) | 0x40u;
        store_u16(bytes + 2 * i, (uint16_t)((bits & 0x7FFFFFFFu) > 0x7F800000u ? quiet : rounded));
    }
}

// The integer part of a value that may be anything: NaN gives 0, the rest is held between the limits, so that the
// conversion is defined.
static inline int truncated(float value, float lowest, float highest) {
    if (!(value > lowest)) {
        return value != value ? 0 : (int)lowest;
    }
    return (int)(value < highest ? value : highest);
}

static inline void pack_nibbles(const float *in, float shift, float inverse, float half, uint8_t *q) {
    for (int j = 0; j < 16; j++) {
        const int low = truncated((in[j] - shift) * inverse + half, 0, 15);
        const int high = truncated((in[j + 16] - shift) * inverse + half, 0, 15);
        q[j] = (uint8_t)(low | high << 4);
    }
}

// d is the element of largest magnitude over -8, so that this element's q is 0, which stands for -8.
void ck_quantize_q4_0(const float *restrict in, void *restrict blocks, size_t block_count) {
    uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q4_0_BYTES, in += 32) {
        float largest = 0;
        for (int j = 0; j < 32; j++) {
            largest = fabsf(in[j]) > fabsf(largest) ? in[j] : largest;
        }
        const float d = largest / -8;
        store_u16(block, half_from_float(d));
        pack_nibbles(in, 0, d != 0 ? 1 / d : 0, 8.5f, block + 2);
    }
}

void ck_quantize_q4_1(const float *restrict in, void *restrict blocks, size_t block_count) {
    uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q4_1_BYTES, in += 32) {
        float smallest = in[0];
        float largest = in[0];
        for (int j = 1; j < 32; j++) {
            smallest = in[j] < smallest ? in[j] : smallest;
            largest = in[j] > largest ? in[j] : largest;
        }
        const float d = (largest - smallest) / 15;
        store_u16(block, half_from_float(d));
        store_u16(block + 2, half_from_float(smallest));
        pack_nibbles(in, smallest, d != 0 ? 1 / d : 0, 0.5f, block + 4);
    }
}

void ck_quantize_q8_0(const float *restrict in, void *restrict blocks, size_t block_count) {
    uint8_t *block = blocks;
    for (size_t b = 0; b < block_count; b++, block += CK_Q8_0_BYTES, in += 32) {
        float largest = 0;
        for (int j = 0; j < 32; j++) {
            largest = fabsf(in[j]) > largest ? fabsf(in[j]) : largest;
        }
        const float d = largest / 127;
        const float inverse = d != 0 ? 1 / d : 0;
        store_u16(block, half_from_float(d));
        for (int j = 0; j < 32; j++) {
            block[2 + j] = (uint8_t)(int8_t)truncated(roundf(in[j] * inverse), -127, 127);
        }
    }
}
