// Products of a few rows in float32 with panels of quantised weights, which become float32 in registers; see
// ck_quantized.h. Included behind quantized.h.

// Panels that are multiplied side by side where there is one row: each is one chain of multiply-adds, which alone would
// wait for itself.
enum { CK_NAME(side_by_side) = 2 };

// Input 4 g + j of a cell as integers, one for each output, minus the zero point.
CK_INLINE vector CK_NAME(code_of)(const ck_quantized_layout *layout, const CK_NAME(cell) *cell, int g, int j) {
  integers code = ((integers)cell->quads[g] >> (8 * j)) & 255;
  if (layout->zero_shift >= 0) code -= 1 << layout->zero_shift;
  return __builtin_convertvector(code, vector);
}

#if defined(CK_VNNI)
// The sixteen values of 4-bit codes; the register's own selection looks at the low four bits alone.
CK_INLINE vector CK_NAME(nibble_values)(const ck_quantized_layout *layout) {
  vector values = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return layout->zero_shift < 0 ? values : values - broadcast((float)(1 << layout->zero_shift));
}
#endif

// Adds a cell's 32 inputs to the chains of `rows` rows.
CK_INLINE void CK_NAME(add_expanded)(ck_quantized_type type, size_t rows, const uint8_t *panel, const uint8_t *header,
                                     const float *x, size_t x_stride, vector *total) {
  const ck_quantized_layout *layout = &ck_quantized_layouts[type];
  CK_NAME(cell) cell;
#if defined(CK_VNNI)
  const int has_nibbles = layout->code_bits == 4;
#else
  const int has_nibbles = 0;
#endif
  if (!has_nibbles) CK_NAME(read_codes)(layout, panel, &cell);
  CK_NAME(read_scales)(type, panel + layout->low_bytes + layout->high_bytes, header, &cell);
  CK_UNROLL for (int g = 0; g < 8; ++g) {
    vector scale = type == CK_Q6_K ? cell.scale[g / 4] : cell.scale[0];
    CK_UNROLL for (int j = 0; j < 4; ++j) {
#if defined(CK_VNNI)
      vector weight;
      if (has_nibbles) {
        integers both = (integers)CK_LOAD_CODES(panel + 64 * (g % 4));
        weight = (vector)_mm512_permutexvar_ps((__m512i)(both >> (8 * j + g / 4 * 4)),
                                               (__m512)CK_NAME(nibble_values)(layout));
      } else {
        weight = CK_NAME(code_of)(layout, &cell, g, j);
      }
#else
      vector weight = CK_NAME(code_of)(layout, &cell, g, j);
#endif
      // Two statements: the product is rounded before the minimum is added, as in ggml.
      weight *= scale;
      if (layout->zero_shift < 0) weight += cell.minimum;
      CK_UNROLL for (size_t i = 0; i < rows; ++i)
        total[i] = multiply_add(weight, broadcast(x[i * x_stride + 4 * g + j]), total[i]);
    }
  }
}

// `count` panels of 16 outputs each, the last of which may be cut off by `outputs`.
CK_INLINE void CK_NAME(expanding_tile)(ck_quantized_type type, size_t rows, size_t count, size_t inputs,
                                       const float *x, size_t x_stride, const uint8_t *panels, size_t depth,
                                       float *out, size_t out_stride, size_t outputs) {
  const ck_quantized_layout *layout = &ck_quantized_layouts[type];
  size_t cells_of_block = layout->block_elements / 32, panel_bytes = ck_quantized_panel_bytes(type, inputs);
  vector total[CK_NAME(side_by_side)][CK_EXPANDING_ROWS], sum[CK_NAME(side_by_side)][CK_EXPANDING_ROWS];
  CK_UNROLL for (size_t p = 0; p < count; ++p)
    CK_UNROLL for (size_t i = 0; i < rows; ++i) total[p][i] = (vector){};
  size_t offset = 0, header = 0;
  for (size_t begin = 0; begin < inputs; begin += depth) {
    size_t end = inputs - begin < depth ? inputs : begin + depth;
    for (size_t k = begin; k < end; k += 32) {
      if (layout->header_bytes && k / 32 % cells_of_block == 0) {
        header = offset;
        offset += layout->header_bytes;
      }
      CK_UNROLL for (size_t p = 0; p < count; ++p) {
        const uint8_t *panel = panels + p * panel_bytes;
        CK_NAME(add_expanded)(type, rows, panel + offset, panel + header, x + k, x_stride, total[p]);
        // Behind the panel's end comes that of the next tile, not the one beside it.
        size_t beyond = offset + CK_NAME(ahead) < panel_bytes ? 0 : (count - 1) * panel_bytes;
        CK_NAME(fetch_ahead)(layout, panel + offset + beyond);
      }
      offset += ck_cell_bytes(layout);
    }
    CK_UNROLL for (size_t p = 0; p < count; ++p)
      CK_UNROLL for (size_t i = 0; i < rows; ++i) {
        sum[p][i] = begin == 0 ? total[p][i] : sum[p][i] + total[p][i];
        total[p][i] = (vector){};
      }
  }
  CK_UNROLL for (size_t p = 0; p < count; ++p)
    CK_UNROLL for (size_t i = 0; i < rows; ++i) {
      float *place = out + i * out_stride + p * lanes;
      size_t width = outputs - p * lanes;
      if (width >= lanes) store(place, sum[p][i]);
      else CK_NAME(store_first)(place, width, sum[p][i]);
    }
}

CK_INLINE void CK_NAME(expanding_rows)(ck_quantized_type type, size_t rows, size_t inputs, size_t outputs,
                                       const float *x, size_t x_stride, const uint8_t *panels, size_t depth,
                                       float *out, size_t out_stride) {
  size_t panel_bytes = ck_quantized_panel_bytes(type, inputs), first = 0;
  if (rows == 1)
    for (; first + lanes < outputs; first += CK_NAME(side_by_side) * lanes)
      CK_NAME(expanding_tile)(type, rows, CK_NAME(side_by_side), inputs, x, x_stride,
                              panels + first / lanes * panel_bytes, depth, out + first, out_stride, outputs - first);
  for (; first < outputs; first += lanes)
    CK_NAME(expanding_tile)(type, rows, 1, inputs, x, x_stride, panels + first / lanes * panel_bytes, depth,
                            out + first, out_stride, outputs - first);
}

#define CK_CASE(type, n)                                                                                       \
  case n: CK_NAME(expanding_rows)(type, n, inputs, outputs, x, x_stride, panels, depth, out, out_stride); break;
#define CK_EXPANDING(type)                                                                                     \
  static void CK_NAME(expanding_##type)(size_t rows, size_t inputs, size_t outputs, const float *x,            \
                                        size_t x_stride, const uint8_t *panels, size_t depth, float *out,      \
                                        size_t out_stride) {                                                   \
    switch (rows) {                                                                                            \
      CK_CASE(type, 1) CK_CASE(type, 2) CK_CASE(type, 3) CK_CASE(type, 4)                                      \
      CK_CASE(type, 5) CK_CASE(type, 6) CK_CASE(type, 7) CK_CASE(type, 8)                                      \
    }                                                                                                          \
  }
CK_EXPANDING(CK_Q4_0)
CK_EXPANDING(CK_Q4_1)
CK_EXPANDING(CK_Q5_0)
CK_EXPANDING(CK_Q5_1)
CK_EXPANDING(CK_Q8_0)
CK_EXPANDING(CK_Q4_K)
CK_EXPANDING(CK_Q5_K)
CK_EXPANDING(CK_Q6_K)
#undef CK_EXPANDING
#undef CK_CASE
