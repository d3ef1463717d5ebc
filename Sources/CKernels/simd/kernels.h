#ifndef CK_SIMD_KERNELS_H
#define CK_SIMD_KERNELS_H

#include <string.h>

#include "ck_attention.h"
#include "ck_bf16.h"
#include "ck_dequantize.h"
#include "ck_quantized.h"
#include "ck_backward.h"
#include "ck_rows.h"
#include "quantized_layout.h"

// What each instruction set provides; dispatch.c chooses one set when the process starts.

typedef struct {
  float (*dot)(const float *, const float *, size_t);
  float (*sum)(const float *, size_t);
  float (*rms_scale)(const float *, size_t, float);
  void (*divide)(const float *, float, float *, size_t);
  void (*multiply)(const float *, const float *, float *, size_t);
  void (*add)(const float *, const float *, float *, size_t);
  void (*add_scaled)(float *, float, const float *, size_t);
  void (*center)(const float *, float *, size_t);
  void (*silu_multiply)(const float *, const float *, float *, size_t);
  void (*silu)(const float *, float *, size_t);
  void (*gelu)(const float *, float *, size_t);
  void (*gelu_tanh)(const float *, float *, size_t);
  void (*quick_gelu)(const float *, float *, size_t);
  void (*relu)(const float *, float *, size_t);
  void (*relu_squared)(const float *, float *, size_t);
  void (*soft_cap)(const float *, float, float *, size_t);
  void (*rotate_interleaved)(float *, const float *, const float *, size_t);
  void (*rotate_halves)(float *, const float *, const float *, size_t);
  float (*max)(const float *, size_t);
  double (*sum_of_exponentials)(const float *, size_t, float);
  void (*exp_scaled)(const float *, float, float, float *, size_t);
  void (*softmax)(float *, size_t);
} ck_row_kernels;

typedef struct {
  void (*attend)(const ck_attention_shape *, const float *, size_t, size_t, size_t, float *, size_t, float *);
  void (*attend_continuations)(const ck_attention_shape *, const ck_continuation *, size_t, float *);
  void (*scores)(const ck_attention_shape *, const float *, size_t, size_t, size_t, float *, size_t);
  void (*pattern)(const ck_attention_shape *, size_t, size_t, float *, size_t);
  void (*mix)(const ck_attention_shape *, const float *, size_t, size_t, size_t, float *, size_t);
} ck_attention_kernels;

// Queries whose patterns the gradient of attention holds at once.
enum { CK_GRADIENT_QUERIES = 32 };

// Floats from one query's pattern to the next: an odd number of cache lines, so that a column of patterns, which is read as a
// whole, does not fall into a few sets of the cache.
static inline size_t ck_gradient_stride(size_t positions) { return (positions / 16 | 1) * 16; }

typedef struct {
  void (*rms_norm)(const float *, float, const float *, const float *, float *, size_t);
  void (*layer_norm)(const float *, float, float, const float *, const float *, float *, size_t);
  void (*add_product)(float *, float, const float *, const float *, float, size_t);
  void (*silu_multiply)(const float *, const float *, const float *, float *, float *, size_t);
  void (*silu)(const float *, const float *, float *, size_t);
  void (*gelu)(const float *, const float *, float *, size_t);
  void (*gelu_tanh)(const float *, const float *, float *, size_t);
  void (*quick_gelu)(const float *, const float *, float *, size_t);
  void (*relu)(const float *, const float *, float *, size_t);
  void (*relu_squared)(const float *, const float *, float *, size_t);
  void (*soft_cap)(const float *, float, float *, size_t);
  void (*scale)(float *, float, size_t);
  void (*adamw)(const ck_adamw_step *, float *, const float *, float *, float *, size_t);
  void (*attend)(const ck_attention_gradient *, float *);
  void (*transpose_tile)(const float *, size_t, float *, size_t);
} ck_backward_kernels;

typedef struct {
  const char *name;
  const ck_row_kernels *rows;
  const ck_attention_kernels *attention;
  const ck_backward_kernels *backward;
} ck_kernels;

typedef struct {
  const char *name;
  size_t (*row_bytes)(size_t);
  void (*round_activations)(const float *, void *, size_t);
  void (*product)(size_t, size_t, size_t, const void *, const void *, float *, size_t, ck_bf16_result);
  void (*pack_inputs)(const float *, size_t, size_t, size_t, uint16_t *);
  void (*product_columns)(size_t, size_t, size_t, const void *, const void *, float *, size_t, ck_bf16_result);
  void (*pack_columns)(const float *, size_t, size_t, size_t, void *);
} ck_bf16_kernels;

typedef struct {
  const char *name;
  void (*quantize_activations)(const float *, ck_activation_block *, size_t);
  // By ck_quantized_type.
  void (*product[8])(size_t, size_t, size_t, const ck_activation_block *, const uint8_t *, float *, size_t);
  void (*expand[8])(size_t, const uint8_t *, float *, size_t);
  void (*expanding[8])(size_t, size_t, size_t, const float *, size_t, const uint8_t *, size_t, float *, size_t);
} ck_quantized_kernels;

extern const ck_kernels ck_kernels_generic;
extern const ck_bf16_kernels generic_bf16_kernels;
extern const ck_quantized_kernels generic_quantized_kernels;
#if defined(__x86_64__)
extern const ck_kernels ck_kernels_avx2;
extern const ck_bf16_kernels avx2_bf16_kernels;
extern const ck_quantized_kernels avx2_quantized_kernels;
extern const ck_kernels ck_kernels_avx512;
extern const ck_bf16_kernels avx512_bf16_kernels;
extern const ck_bf16_kernels avx512_instruction_bf16_kernels;
extern const ck_quantized_kernels avx512_vnni_quantized_kernels;
#endif

// Nearest bfloat16, ties to even; a NaN stays one.
static inline uint16_t ck_bf16_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return (uint16_t)(bits >> 16 | 0x40);
  return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}
// The chosen set's gradients.
const ck_backward_kernels *ck_backward(void);

#endif
