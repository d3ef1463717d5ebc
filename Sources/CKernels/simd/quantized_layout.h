#ifndef CK_QUANTIZED_LAYOUT_H
#define CK_QUANTIZED_LAYOUT_H

#include "ck_quantized.h"

// How a panel is laid out. A cell is 16 outputs by 32 inputs; quad g of a cell is its inputs 4 g ..< 4 g + 4, whose
// codes (unsigned integers) make one vector: byte 4 * output + input.
//
//   low bits    [4][64]: the low 4 bits of quad g, and above them of quad g + 4; for Q8_0 [8][64] bytes of quads
//   high bits   5-bit types: [8] words of 64 bits, one bit for each byte of a quad
//               6-bit types: [2][64]: two bits each of quads 4 h ..< 4 h + 4
//   scales      [16] float16, and [16] float16 of minima where the type has them; or, for the K types, [16] bytes of
//               scales and [16] of minima (Q6_K: [2][16] signed bytes)
//
// The K types have a header before every 8 cells: [16] float16, and [16] float16 for the minima.
// A weight is scale * (code - zero point), or scale * code + minimum.

typedef struct {
  size_t block_elements, block_bytes;
  size_t low_bytes, high_bytes, scale_bytes, header_bytes;
  int code_bits;
  int zero_shift;  // the zero point is 1 << zero_shift; -1 for types with minima
} ck_quantized_layout;

static const ck_quantized_layout ck_quantized_layouts[] = {
    [CK_Q4_0] = {32, 18, 256, 0, 32, 0, 4, 3},     [CK_Q4_1] = {32, 20, 256, 0, 64, 0, 4, -1},
    [CK_Q5_0] = {32, 22, 256, 64, 32, 0, 5, 4},    [CK_Q5_1] = {32, 24, 256, 64, 64, 0, 5, -1},
    [CK_Q8_0] = {32, 34, 512, 0, 32, 0, 8, 7},     [CK_Q4_K] = {256, 144, 256, 0, 32, 64, 4, -1},
    [CK_Q5_K] = {256, 176, 256, 64, 32, 64, 5, -1}, [CK_Q6_K] = {256, 210, 256, 128, 32, 32, 6, 5},
};

static inline __attribute__((always_inline)) size_t ck_cell_bytes(const ck_quantized_layout *layout) {
  return layout->low_bytes + layout->high_bytes + layout->scale_bytes;
}

#endif
