#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ck_backend.h"
#include "simd/kernels.h"

static const ck_kernels *chosen = &ck_kernels_generic;
static const ck_bf16_kernels *chosen_bf16 = &generic_bf16_kernels;
static const ck_quantized_kernels *chosen_quantized = &generic_quantized_kernels;

#if defined(__x86_64__)

static void choose_avx2(void) {
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c")) return;
  chosen = &ck_kernels_avx2;
  chosen_bf16 = &avx2_bf16_kernels;
  chosen_quantized = &avx2_quantized_kernels;
}

// Intel's processors without matrix tiles run the bfloat16 instruction at half the speed of two float32 multiply-adds.
// The results are the same.
static void choose_avx512(void) {
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
    return;
  chosen = &ck_kernels_avx512;
  chosen_bf16 = &avx512_bf16_kernels;
  if (__builtin_cpu_supports("avx512bf16") && __builtin_cpu_is("amd")) chosen_bf16 = &avx512_instruction_bf16_kernels;
  if (__builtin_cpu_supports("avx512vnni")) chosen_quantized = &avx512_vnni_quantized_kernels;
}

#endif

// Runs before main: kernels are used from many threads, and a choice made once needs no lock.
__attribute__((constructor)) static void choose(void) {
  const char *wish = getenv("ASSAY_SIMD");
  if (wish && strcmp(wish, "generic") == 0) return;
#if defined(__x86_64__)
  __builtin_cpu_init();
  choose_avx2();
  if (wish && strcmp(wish, "avx2") == 0) return;
  choose_avx512();
#endif
}

const char *ck_backend_name(void) { return chosen->name; }

int ck_fuses_multiply_add(void) { return chosen != &ck_kernels_generic; }

const ck_backward_kernels *ck_backward(void) { return chosen->backward; }

float ck_dot(const float *a, const float *b, size_t n) { return chosen->rows->dot(a, b, n); }

float ck_rms_scale(const float *x, size_t n, float epsilon) { return chosen->rows->rms_scale(x, n, epsilon); }

void ck_divide(const float *x, float scale, float *out, size_t n) { chosen->rows->divide(x, scale, out, n); }

void ck_multiply(const float *a, const float *b, float *out, size_t n) { chosen->rows->multiply(a, b, out, n); }

void ck_add(const float *a, const float *b, float *out, size_t n) { chosen->rows->add(a, b, out, n); }

void ck_add_scaled(float *x, float k, const float *y, size_t n) { chosen->rows->add_scaled(x, k, y, n); }

void ck_silu_multiply(const float *gate, const float *up, float *out, size_t n) {
  chosen->rows->silu_multiply(gate, up, out, n);
}

void ck_center(const float *x, float *out, size_t n) { chosen->rows->center(x, out, n); }

void ck_silu(const float *x, float *out, size_t n) { chosen->rows->silu(x, out, n); }

void ck_gelu(const float *x, float *out, size_t n) { chosen->rows->gelu(x, out, n); }

void ck_gelu_tanh(const float *x, float *out, size_t n) { chosen->rows->gelu_tanh(x, out, n); }

void ck_quick_gelu(const float *x, float *out, size_t n) { chosen->rows->quick_gelu(x, out, n); }

void ck_relu(const float *x, float *out, size_t n) { chosen->rows->relu(x, out, n); }

void ck_relu_squared(const float *x, float *out, size_t n) { chosen->rows->relu_squared(x, out, n); }

void ck_soft_cap(const float *x, float cap, float *out, size_t n) { chosen->rows->soft_cap(x, cap, out, n); }

void ck_rotate_interleaved(float *x, const float *cosines, const float *sines, size_t pairs) {
  chosen->rows->rotate_interleaved(x, cosines, sines, pairs);
}

void ck_rotate_halves(float *x, const float *cosines, const float *sines, size_t pairs) {
  chosen->rows->rotate_halves(x, cosines, sines, pairs);
}

float ck_sum(const float *x, size_t n) { return chosen->rows->sum(x, n); }

float ck_max(const float *x, size_t n) { return chosen->rows->max(x, n); }

double ck_log_sum_exp(const float *x, size_t n) {
  float largest = chosen->rows->max(x, n);
  return (double)largest + log(chosen->rows->sum_of_exponentials(x, n, largest));
}

void ck_exp_scaled(const float *x, float shift, float factor, float *out, size_t n) {
  chosen->rows->exp_scaled(x, shift, factor, out, n);
}

void ck_softmax(float *x, size_t n) { chosen->rows->softmax(x, n); }

size_t ck_attention_scratch(size_t positions) { return 4 * ((positions + 2 * CK_KEY_BLOCK - 1) / 16 * 16 + 16); }

void ck_attend(const ck_attention_shape *shape, const float *q, size_t q_stride, size_t first, size_t rows, float *out,
               size_t out_stride, float *scratch) {
  chosen->attention->attend(shape, q, q_stride, first, rows, out, out_stride, scratch);
}

size_t ck_continuation_scratch(const ck_attention_shape *shape, size_t count, size_t positions) {
  return count * shape->group * (ck_attention_scratch(positions) / 4 + shape->value_stride);
}

void ck_attend_continuations(const ck_attention_shape *shape, const ck_continuation *rows, size_t count, float *scratch) {
  chosen->attention->attend_continuations(shape, rows, count, scratch);
}

void ck_attention_scores(const ck_attention_shape *shape, const float *q, size_t q_stride, size_t first, size_t rows,
                         float *scores, size_t score_stride) {
  chosen->attention->scores(shape, q, q_stride, first, rows, scores, score_stride);
}

void ck_attention_pattern(const ck_attention_shape *shape, size_t first, size_t rows, float *scores,
                          size_t score_stride) {
  chosen->attention->pattern(shape, first, rows, scores, score_stride);
}

void ck_attention_mix(const ck_attention_shape *shape, const float *pattern, size_t pattern_stride, size_t first,
                      size_t rows, float *out, size_t out_stride) {
  chosen->attention->mix(shape, pattern, pattern_stride, first, rows, out, out_stride);
}

void ck_store_key(float *keys, size_t position, const float *key, size_t head_dimension) {
  float *block = keys + position / CK_KEY_BLOCK * head_dimension * CK_KEY_BLOCK + position % CK_KEY_BLOCK;
  for (size_t d = 0; d < head_dimension; ++d) block[d * CK_KEY_BLOCK] = key[d];
}

size_t ck_bf16_panel_bytes(size_t inputs) { return (inputs + 1) / 2 * CK_BF16_PANEL * 4; }

size_t ck_bf16_row_bytes(size_t n) { return chosen_bf16->row_bytes(n); }

void ck_round_activations_bf16(const float *in, void *out, size_t n) { chosen_bf16->round_activations(in, out, n); }

void ck_product_bf16(size_t rows, size_t inputs, size_t outputs, const void *x, const void *panels, float *out,
                     size_t out_stride, ck_bf16_result result) {
  chosen_bf16->product(rows, inputs, outputs, x, panels, out, out_stride, result);
}

void ck_pack_bf16_columns(const float *matrix, size_t stride, size_t inputs, size_t outputs, void *panel) {
  chosen_bf16->pack_columns(matrix, stride, inputs, outputs, panel);
}

void ck_product_bf16_columns(size_t rows, size_t inputs, size_t outputs, const void *columns, const void *panels,
                             float *out, size_t out_stride, ck_bf16_result result) {
  chosen_bf16->product_columns(rows, inputs, outputs, columns, panels, out, out_stride, result);
}

const char *ck_product_bf16_name(void) { return chosen_bf16->name; }

// One element after another, from input `first` on.
static void pack_bf16_plainly(const float *weights, size_t stride, size_t outputs, size_t first, size_t inputs,
                              uint16_t *panel) {
  size_t begin = first * CK_BF16_PANEL * sizeof(uint16_t);
  memset((char *)panel + begin, 0, ck_bf16_panel_bytes(inputs) - begin);
  for (size_t k = first; k < inputs; ++k) {
    uint16_t *pair = panel + k / 2 * 2 * CK_BF16_PANEL + k % 2;
    for (size_t o = 0; o < outputs; ++o) pair[2 * o] = ck_bf16_of(weights[o * stride + k]);
  }
}

// Whole panels are turned sixteen inputs at a time, in the nearest cache.
void ck_pack_bf16(const float *weights, size_t stride, size_t outputs, size_t inputs, void *panel) {
  enum { tile = 16 };
  float turned[tile * CK_BF16_PANEL] __attribute__((aligned(64)));
  size_t k = 0;
  for (; outputs == CK_BF16_PANEL && inputs - k >= tile; k += tile) {
    for (size_t o = 0; o < CK_BF16_PANEL; o += tile)
      ck_backward()->transpose_tile(weights + o * stride + k, stride, turned + o, CK_BF16_PANEL);
    chosen_bf16->pack_inputs(turned, CK_BF16_PANEL, tile, CK_BF16_PANEL, (uint16_t *)panel + k * CK_BF16_PANEL);
  }
  pack_bf16_plainly(weights, stride, outputs, k, inputs, panel);
}

void ck_pack_bf16_inputs(const float *matrix, size_t stride, size_t inputs, size_t outputs, void *panel) {
  chosen_bf16->pack_inputs(matrix, stride, inputs, outputs, panel);
}

void ck_quantize_activations(const float *x, ck_activation_block *out, size_t n) {
  chosen_quantized->quantize_activations(x, out, n);
}

void ck_product_quantized(ck_quantized_type type, size_t rows, size_t inputs, size_t outputs,
                          const ck_activation_block *activations, const void *panels, float *out, size_t out_stride) {
  chosen_quantized->product[type](rows, inputs, outputs, activations, panels, out, out_stride);
}

void ck_expand_quantized(ck_quantized_type type, size_t inputs, const void *panel, float *out, size_t stride) {
  chosen_quantized->expand[type](inputs, panel, out, stride);
}

void ck_product_expanding(ck_quantized_type type, size_t rows, size_t inputs, size_t outputs, const float *x,
                          size_t x_stride, const void *panels, size_t depth, float *out, size_t out_stride) {
  chosen_quantized->expanding[type](rows, inputs, outputs, x, x_stride, panels, depth, out, out_stride);
}

const char *ck_product_quantized_name(void) { return chosen_quantized->name; }
