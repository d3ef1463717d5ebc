#ifndef CK_BF16_H
#define CK_BF16_H

#include <stddef.h>
#include <stdint.h>

// out = x * transpose(weights) in bfloat16: weights and activations are rounded to it, products are exact, and sums are
// float32.
//
// Each element of the result is one chain of fused multiply-adds, pair by pair of inputs in ascending order, the odd
// one of a pair first: what the processor's own instruction does. How many rows are multiplied together changes speed
// and not a bit. (Where the instruction is used, numbers below the smallest normal one count as 0.)

// A panel holds 48 neighbouring outputs: [ceil(inputs / 2)][48][2].
enum { CK_BF16_PANEL = 48 };

size_t ck_bf16_panel_bytes(size_t inputs);

// Packs up to 48 rows of weights, [outputs][inputs] with `stride` elements from row to row. Missing rows are 0.
// Rounds to nearest, ties to even.
void ck_pack_bf16(const float *weights, size_t stride, size_t outputs, size_t inputs, void *panel);

// The same panel from up to 48 columns of a matrix that lies the other way round, [inputs][outputs].
void ck_pack_bf16_inputs(const float *matrix, size_t stride, size_t inputs, size_t outputs, void *panel);

// Activations rounded likewise, in the form that the product wants. in [n], out [ck_bf16_row_bytes(n)].
size_t ck_bf16_row_bytes(size_t n);
void ck_round_activations_bf16(const float *in, void *out, size_t n);

// What becomes of a product: it is written, its chains begin with what is in `out`, or it is added to that when it is done.
typedef enum { CK_BF16_WRITES, CK_BF16_CONTINUES, CK_BF16_ADDS } ck_bf16_result;

// x [rows] of rounded activations, one after another; out [rows][outputs] with out_stride elements from row to row;
// panels [ceil(outputs / 48)].
void ck_product_bf16(size_t rows, size_t inputs, size_t outputs, const void *x, const void *panels, float *out,
                     size_t out_stride, ck_bf16_result result);

// Activations whose rows are up to 48 columns of a matrix [inputs][outputs], in the form that the next product wants: a
// panel of CK_BF16_PANEL * ck_bf16_row_bytes(inputs) bytes. Missing columns are 0.
void ck_pack_bf16_columns(const float *matrix, size_t stride, size_t inputs, size_t outputs, void *panel);

// As ck_product_bf16, bit for bit; columns [ceil(rows / 48)] hold the activations.
void ck_product_bf16_columns(size_t rows, size_t inputs, size_t outputs, const void *columns, const void *panels,
                             float *out, size_t out_stride, ck_bf16_result result);

// Who multiplies: "avx512-bf16" where the processor has a bfloat16 product that is faster than its float32 one; else
// "avx512", "avx2" or "generic", which widen bfloat16 to float32.
const char *ck_product_bf16_name(void);

#endif
