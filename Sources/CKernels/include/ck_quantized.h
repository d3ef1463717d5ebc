#ifndef CK_QUANTIZED_H
#define CK_QUANTIZED_H

#include <stddef.h>
#include <stdint.h>

// out = x * transpose(weights) on the quantised blocks of a GGUF file, with activations in 8 bits.
//
// A panel holds 16 outputs: the integers, scales and minima of the file's blocks, unchanged, interleaved so that one
// vector holds four inputs of each output. A panel is about as large as its blocks were. Integers are summed exactly
// within 32 inputs (16 for Q6_K); these sums are scaled and added in float32 in ascending order of inputs, so an element
// depends on its row and its output alone.

enum { CK_QUANTIZED_PANEL = 16, CK_ACTIVATION_BLOCK = 32 };

typedef enum { CK_Q4_0, CK_Q4_1, CK_Q5_0, CK_Q5_1, CK_Q8_0, CK_Q4_K, CK_Q5_K, CK_Q6_K } ck_quantized_type;

// Elements and bytes of one block of the file. The inputs of a product are a multiple of the elements.
size_t ck_quantized_block_elements(ck_quantized_type type);
size_t ck_quantized_block_bytes(ck_quantized_type type);
// Bytes of a panel of 16 outputs.
size_t ck_quantized_panel_bytes(ck_quantized_type type, size_t inputs);

// Packs up to 16 rows of blocks, one after another, into one panel. Missing rows are 0.
void ck_pack_quantized(ck_quantized_type type, const void *blocks, size_t outputs, size_t inputs, void *panel);

// 32 activations: x = scale * quants, |quants| <= 127.
typedef struct {
  int8_t quants[CK_ACTIVATION_BLOCK];
  float scale;
  float sum;        // scale * total
  int32_t total;    // sum of the quants
  int32_t half[2];  // of the first and the last 16
} ck_activation_block;

// scale = max |x| / 127 for each 32 activations; quotients are rounded to nearest, ties to even. n is a multiple of 32.
// A block with an activation that is not finite becomes NaN.
void ck_quantize_activations(const float *x, ck_activation_block *out, size_t n);

// activations [rows][inputs / 32]; panels [ceil(outputs / 16)]; out [rows][outputs] with out_stride elements from row
// to row.
void ck_product_quantized(ck_quantized_type type, size_t rows, size_t inputs, size_t outputs,
                          const ck_activation_block *activations, const void *panels, float *out, size_t out_stride);

// The 16 outputs of a panel in float32, the bits of ck_dequantize: out[input * stride + output].
void ck_expand_quantized(ck_quantized_type type, size_t inputs, const void *panel, float *out, size_t stride);

// out = x * transpose(weights) in float32 for 1 to CK_EXPANDING_ROWS rows, on weights with the bits of
// ck_expand_quantized. An element is the sum, in order, of stretches of `depth` inputs, each one chain of
// multiply-adds; depth is a multiple of 32.
enum { CK_EXPANDING_ROWS = 8 };
void ck_product_expanding(ck_quantized_type type, size_t rows, size_t inputs, size_t outputs, const float *x,
                          size_t x_stride, const void *panels, size_t depth, float *out, size_t out_stride);

// Who multiplies: "avx512-vnni", "avx2" or "generic".
const char *ck_product_quantized_name(void);

#endif
