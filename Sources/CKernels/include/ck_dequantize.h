#ifndef CK_DEQUANTIZE_H
#define CK_DEQUANTIZE_H

#include <stddef.h>
#include <stdint.h>

// Element types of GGUF and safetensors files to and from float32.
//
// Blocks lie one after another, little-endian, at any address: nothing needs alignment. `blocks` and `out` (or `in`)
// do not overlap. No product and sum is fused, so the bits are those of the format's reference implementation on
// every machine. No function reads or writes beyond the stated sizes.

// Bytes that one block takes, and the elements in it.
#define CK_BLOCK_ELEMENTS 32
#define CK_SUPER_BLOCK_ELEMENTS 256
#define CK_Q4_0_BYTES 18
#define CK_Q4_1_BYTES 20
#define CK_Q5_0_BYTES 22
#define CK_Q5_1_BYTES 24
#define CK_Q8_0_BYTES 34
#define CK_Q2_K_BYTES 84
#define CK_Q3_K_BYTES 110
#define CK_Q4_K_BYTES 144
#define CK_Q5_K_BYTES 176
#define CK_Q6_K_BYTES 210
#define CK_Q8_K_BYTES 292

// Exact; infinities and NaN payloads are kept. values [2 * count bytes], out [count].
void ck_dequantize_f16(const void *restrict values, float *restrict out, size_t count);
void ck_dequantize_bf16(const void *restrict values, float *restrict out, size_t count);

// out [32 * block_count].
void ck_dequantize_q4_0(const void *restrict blocks, float *restrict out, size_t block_count);
void ck_dequantize_q4_1(const void *restrict blocks, float *restrict out, size_t block_count);
void ck_dequantize_q5_0(const void *restrict blocks, float *restrict out, size_t block_count);
void ck_dequantize_q5_1(const void *restrict blocks, float *restrict out, size_t block_count);
void ck_dequantize_q8_0(const void *restrict blocks, float *restrict out, size_t block_count);

// out [256 * block_count].
void ck_dequantize_q2_k(const void *restrict blocks, float *restrict out, size_t block_count);
void ck_dequantize_q3_k(const void *restrict blocks, float *restrict out, size_t block_count);
void ck_dequantize_q4_k(const void *restrict blocks, float *restrict out, size_t block_count);
void ck_dequantize_q5_k(const void *restrict blocks, float *restrict out, size_t block_count);
void ck_dequantize_q6_k(const void *restrict blocks, float *restrict out, size_t block_count);
void ck_dequantize_q8_k(const void *restrict blocks, float *restrict out, size_t block_count);

// Round to nearest, ties to even; beyond the largest value, infinity. A NaN stays a NaN. in [count],
// values [2 * count bytes].
void ck_quantize_f16(const float *restrict in, void *restrict values, size_t count);
void ck_quantize_bf16(const float *restrict in, void *restrict values, size_t count);

// One scale (and minimum) per 32 finite elements, as the reference rounds them. in [32 * block_count].
void ck_quantize_q4_0(const float *restrict in, void *restrict blocks, size_t block_count);
void ck_quantize_q4_1(const float *restrict in, void *restrict blocks, size_t block_count);
void ck_quantize_q8_0(const float *restrict in, void *restrict blocks, size_t block_count);

#endif
