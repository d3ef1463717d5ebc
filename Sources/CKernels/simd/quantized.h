// Products with panels of quantised weights; see ck_quantized.h and quantized_layout.h.

typedef uint8_t CK_NAME(codes) __attribute__((vector_size(64)));
typedef uint8_t CK_NAME(unaligned_codes) __attribute__((vector_size(64), aligned(1)));

#define CK_LOAD_CODES(p) (*(const CK_NAME(unaligned_codes) *)(p))
#define CK_UNROLL _Pragma("clang loop unroll(full)")

// total[o] += sum over j < 4 of weights[4 o + j] * x[j]; weights unsigned, x signed, |x| <= 127.
#if defined(CK_VNNI)

CK_INLINE integers CK_NAME(dot_quad)(integers total, CK_NAME(codes) weights, int32_t x, int bits) {
  return (integers)_mm512_dpbusd_epi32((__m512i)total, (__m512i)weights, _mm512_set1_epi32(x));
}

#elif defined(CK_AVX2)

// Sums of two products fit into 16 bits for codes of up to 7 bits; 8-bit codes are taken in two halves.
CK_INLINE __m256i CK_NAME(dot_half)(__m256i weights, __m256i x, int bits) {
  const __m256i ones = _mm256_set1_epi16(1);
  if (bits < 8) return _mm256_madd_epi16(_mm256_maddubs_epi16(weights, x), ones);
  __m256i low = _mm256_and_si256(weights, _mm256_set1_epi8(15));
  __m256i high = _mm256_and_si256(_mm256_srli_epi16(weights, 4), _mm256_set1_epi8(15));
  __m256i upper = _mm256_madd_epi16(_mm256_maddubs_epi16(high, x), ones);
  return _mm256_add_epi32(_mm256_madd_epi16(_mm256_maddubs_epi16(low, x), ones), _mm256_slli_epi32(upper, 4));
}

CK_INLINE integers CK_NAME(dot_quad)(integers total, CK_NAME(codes) weights, int32_t x, int bits) {
  union { CK_NAME(codes) whole; __m256i half[2]; } w = {weights};
  union { integers whole; __m256i half[2]; } sum;
  sum.half[0] = CK_NAME(dot_half)(w.half[0], _mm256_set1_epi32(x), bits);
  sum.half[1] = CK_NAME(dot_half)(w.half[1], _mm256_set1_epi32(x), bits);
  return total + sum.whole;
}

#else

CK_INLINE integers CK_NAME(dot_quad)(integers total, CK_NAME(codes) weights, int32_t x, int bits) {
  int8_t part[4];
  memcpy(part, &x, sizeof part);
  for (int o = 0; o < lanes; ++o)
    for (int j = 0; j < 4; ++j) total[o] += (int32_t)weights[4 * o + j] * part[j];
  return total;
}

#endif

CK_INLINE vector CK_NAME(halves)(const uint8_t *p) {
#if defined(CK_VNNI)
  return (vector)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
#elif defined(CK_AVX2)
  union { vector whole; __m256 half[2]; } v;
  v.half[0] = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
  v.half[1] = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p + 16)));
  return v.whole;
#else
  float out[lanes];
  ck_dequantize_f16(p, out, lanes);
  return load(out);
#endif
}

CK_INLINE vector CK_NAME(unsigned_bytes)(const uint8_t *p) {
  typedef uint8_t bytes __attribute__((vector_size(16)));
  bytes b;
  memcpy(&b, p, sizeof b);
  return __builtin_convertvector(__builtin_convertvector(b, integers), vector);
}

CK_INLINE vector CK_NAME(signed_bytes)(const uint8_t *p) {
  typedef int8_t bytes __attribute__((vector_size(16)));
  bytes b;
  memcpy(&b, p, sizeof b);
  return __builtin_convertvector(__builtin_convertvector(b, integers), vector);
}

// 16 in each byte whose bit is set.
CK_INLINE CK_NAME(codes) CK_NAME(fifth_bits)(const uint8_t *p) {
#if defined(CK_VNNI)
  uint64_t mask;
  memcpy(&mask, p, sizeof mask);
  return (CK_NAME(codes))_mm512_maskz_set1_epi8(mask, 16);
#else
  uint8_t out[64];
  for (int i = 0; i < 8; ++i) {
    // Eight bits of a byte to eight bytes: each copy keeps its own bit, and adding 0x7F carries it to the top.
    uint64_t spread = (p[i] * 0x0101010101010101u) & 0x8040201008040201u;
    spread = ((spread + 0x7F7F7F7F7F7F7F7Fu | spread) >> 3) & 0x1010101010101010u;
    memcpy(out + 8 * i, &spread, sizeof spread);
  }
  return CK_LOAD_CODES(out);
#endif
}

// Asks for the bytes that will be read some cells later: panels are long and read once, and waiting for memory took half of
// the time of a product of one row.
enum { CK_NAME(ahead) = 2048 };
CK_INLINE void CK_NAME(fetch_ahead)(const ck_quantized_layout *layout, const uint8_t *panel) {
  enum { line = 64 };
  for (size_t i = 0; i < ck_cell_bytes(layout); i += line) __builtin_prefetch(panel + CK_NAME(ahead) + i);
}

// Integers, scales and minima of one cell, in registers.
typedef struct {
  CK_NAME(codes) quads[8];
  vector scale[2];
  vector minimum;
} CK_NAME(cell);

CK_INLINE void CK_NAME(read_codes)(const ck_quantized_layout *layout, const uint8_t *p, CK_NAME(cell) *cell) {
  if (layout->code_bits == 8) {
    CK_UNROLL for (int g = 0; g < 8; ++g) cell->quads[g] = CK_LOAD_CODES(p + 64 * g);
    return;
  }
  CK_UNROLL for (int g = 0; g < 4; ++g) {
    CK_NAME(codes) both = CK_LOAD_CODES(p + 64 * g);
    cell->quads[g] = both & 15;
    cell->quads[g + 4] = (both >> 4) & 15;
  }
  p += layout->low_bytes;
  if (layout->code_bits == 5)
    CK_UNROLL for (int g = 0; g < 8; ++g) cell->quads[g] |= CK_NAME(fifth_bits)(p + 8 * g);
  if (layout->code_bits == 6)
    CK_UNROLL for (int g = 0; g < 8; ++g) {
      CK_NAME(codes) pairs = CK_LOAD_CODES(p + 64 * (g / 4));
      cell->quads[g] |= g % 4 < 3 ? (pairs << (4 - 2 * (g % 4))) & 48 : (pairs >> 2) & 48;
    }
}

CK_INLINE void CK_NAME(read_scales)(ck_quantized_type type, const uint8_t *p, const uint8_t *header,
                                    CK_NAME(cell) *cell) {
  switch (type) {
    case CK_Q4_1:
    case CK_Q5_1:
      cell->scale[0] = CK_NAME(halves)(p);
      cell->minimum = CK_NAME(halves)(p + 32);
      break;
    case CK_Q4_K:
    case CK_Q5_K:
      cell->scale[0] = CK_NAME(halves)(header) * CK_NAME(unsigned_bytes)(p);
      cell->minimum = -(CK_NAME(halves)(header + 32) * CK_NAME(unsigned_bytes)(p + 16));
      break;
    case CK_Q6_K:
      cell->scale[0] = CK_NAME(halves)(header) * CK_NAME(signed_bytes)(p);
      cell->scale[1] = CK_NAME(halves)(header) * CK_NAME(signed_bytes)(p + 16);
      break;
    default: cell->scale[0] = CK_NAME(halves)(p);
  }
}

// sum of (code - zero point) * x over quads begin ..< end, in two chains.
CK_INLINE integers CK_NAME(dot_quads)(const ck_quantized_layout *layout, const CK_NAME(cell) *cell,
                                      const ck_activation_block *x, int begin, int end, int32_t total) {
  integers even = {}, odd = {};
  CK_UNROLL for (int g = begin; g < end; g += 2) {
    int32_t first, second;
    memcpy(&first, x->quants + 4 * g, sizeof first);
    memcpy(&second, x->quants + 4 * g + 4, sizeof second);
    even = CK_NAME(dot_quad)(even, cell->quads[g], first, layout->code_bits);
    odd = CK_NAME(dot_quad)(odd, cell->quads[g + 1], second, layout->code_bits);
  }
  integers sum = even + odd;
  if (layout->zero_shift >= 0) sum -= (((integers){}) + total) << layout->zero_shift;
  return sum;
}

CK_INLINE vector CK_NAME(add_cell)(ck_quantized_type type, const CK_NAME(cell) *cell, const ck_activation_block *x,
                                   vector total) {
  const ck_quantized_layout *layout = &ck_quantized_layouts[type];
  vector scale = broadcast(x->scale);
  if (type == CK_Q6_K) {
    integers first = CK_NAME(dot_quads)(layout, cell, x, 0, 4, x->half[0]);
    integers second = CK_NAME(dot_quads)(layout, cell, x, 4, 8, x->half[1]);
    total = multiply_add(__builtin_convertvector(first, vector), cell->scale[0] * scale, total);
    return multiply_add(__builtin_convertvector(second, vector), cell->scale[1] * scale, total);
  }
  integers sum = CK_NAME(dot_quads)(layout, cell, x, 0, 8, x->total);
  total = multiply_add(__builtin_convertvector(sum, vector), cell->scale[0] * scale, total);
  if (layout->zero_shift < 0) total = multiply_add(cell->minimum, broadcast(x->sum), total);
  return total;
}

#if defined(CK_VNNI)
enum { CK_NAME(quantized_rows) = 8 };
#else
enum { CK_NAME(quantized_rows) = 4 };
#endif

// Up to 16 outputs of `rows` rows.
CK_INLINE void CK_NAME(quantized_tile)(ck_quantized_type type, size_t rows, size_t inputs,
                                       const ck_activation_block *x, const uint8_t *panel, float *out,
                                       size_t out_stride, size_t width) {
  const ck_quantized_layout *layout = &ck_quantized_layouts[type];
  size_t cells = inputs / 32, cells_of_block = layout->block_elements / 32;
  vector total[CK_NAME(quantized_rows)];
  CK_UNROLL for (size_t i = 0; i < rows; ++i) total[i] = (vector){};
  const uint8_t *header = panel;
  for (size_t c = 0; c < cells; ++c) {
    if (layout->header_bytes && c % cells_of_block == 0) {
      header = panel;
      panel += layout->header_bytes;
    }
    CK_NAME(cell) cell;
    CK_NAME(read_codes)(layout, panel, &cell);
    CK_NAME(read_scales)(type, panel + layout->low_bytes + layout->high_bytes, header, &cell);
    CK_NAME(fetch_ahead)(layout, panel);
    panel += ck_cell_bytes(layout);
    CK_UNROLL for (size_t i = 0; i < rows; ++i)
      total[i] = CK_NAME(add_cell)(type, &cell, x + i * cells + c, total[i]);
  }
  CK_UNROLL for (size_t i = 0; i < rows; ++i) {
    if (width >= lanes) store(out + i * out_stride, total[i]);
    else CK_NAME(store_first)(out + i * out_stride, width, total[i]);
  }
}

CK_INLINE void CK_NAME(quantized_rows_of)(ck_quantized_type type, size_t rows, size_t inputs,
                                          const ck_activation_block *x, const uint8_t *panel, float *out,
                                          size_t out_stride, size_t width) {
#define CK_CASE(n)                                                                                             \
  case n:                                                                                                      \
    if (n <= CK_NAME(quantized_rows))                                                                          \
      CK_NAME(quantized_tile)(type, n, inputs, x, panel, out, out_stride, width);                              \
    break;
  switch (rows) { CK_CASE(1) CK_CASE(2) CK_CASE(3) CK_CASE(4) CK_CASE(5) CK_CASE(6) CK_CASE(7) CK_CASE(8) }
#undef CK_CASE
}

// Row tiles outermost: a tile's activations stay in the nearest cache while panels pass.
CK_INLINE void CK_NAME(product_of_type)(ck_quantized_type type, size_t rows, size_t inputs, size_t outputs,
                                        const ck_activation_block *x, const uint8_t *panels, float *out,
                                        size_t out_stride) {
  size_t tiles = (rows + CK_NAME(quantized_rows) - 1) / CK_NAME(quantized_rows);
  size_t panel_bytes = ck_quantized_panel_bytes(type, inputs);
  for (size_t tile = 0, begin = 0; tile < tiles; ++tile) {
    size_t end = rows * (tile + 1) / tiles;
    for (size_t first = 0; first < outputs; first += lanes)
      CK_NAME(quantized_rows_of)(type, end - begin, inputs, x + begin * (inputs / 32),
                                 panels + first / lanes * panel_bytes, out + begin * out_stride + first, out_stride,
                                 outputs - first < lanes ? outputs - first : lanes);
    begin = end;
  }
}

#define CK_PRODUCT(type)                                                                                       \
  static void CK_NAME(product_##type)(size_t rows, size_t inputs, size_t outputs, const ck_activation_block *x, \
                                      const uint8_t *panels, float *out, size_t out_stride) {                  \
    CK_NAME(product_of_type)(type, rows, inputs, outputs, x, panels, out, out_stride);                         \
  }
CK_PRODUCT(CK_Q4_0)
CK_PRODUCT(CK_Q4_1)
CK_PRODUCT(CK_Q5_0)
CK_PRODUCT(CK_Q5_1)
CK_PRODUCT(CK_Q8_0)
CK_PRODUCT(CK_Q4_K)
CK_PRODUCT(CK_Q5_K)
CK_PRODUCT(CK_Q6_K)
#undef CK_PRODUCT

// The weights of a panel in float32, as ggml's dequantisation has them: out[input * stride + output].
CK_INLINE void CK_NAME(expand_of_type)(ck_quantized_type type, size_t inputs, const uint8_t *panel, float *out,
                                       size_t stride) {
  const ck_quantized_layout *layout = &ck_quantized_layouts[type];
  size_t cells_of_block = layout->block_elements / 32;
  const uint8_t *header = panel;
  for (size_t c = 0; c < inputs / 32; ++c) {
    if (layout->header_bytes && c % cells_of_block == 0) {
      header = panel;
      panel += layout->header_bytes;
    }
    CK_NAME(cell) cell;
    CK_NAME(read_codes)(layout, panel, &cell);
    CK_NAME(read_scales)(type, panel + layout->low_bytes + layout->high_bytes, header, &cell);
    CK_NAME(fetch_ahead)(layout, panel);
    panel += ck_cell_bytes(layout);
    CK_UNROLL for (size_t g = 0; g < 8; ++g) {
      vector scale = type == CK_Q6_K ? cell.scale[g / 4] : cell.scale[0];
      CK_UNROLL for (size_t j = 0; j < 4; ++j) {
        integers code = ((integers)cell.quads[g] >> (int)(8 * j)) & 255;
        if (layout->zero_shift >= 0) code -= 1 << layout->zero_shift;
        // Two statements: the product is rounded before the minimum is added, as in ggml.
        vector weight = __builtin_convertvector(code, vector) * scale;
        if (layout->zero_shift < 0) weight += cell.minimum;
        store(out, weight);
        out += stride;
      }
    }
  }
}

#define CK_EXPAND(type)                                                                                        \
  static void CK_NAME(expand_##type)(size_t inputs, const uint8_t *panel, float *out, size_t stride) {         \
    CK_NAME(expand_of_type)(type, inputs, panel, out, stride);                                                 \
  }
CK_EXPAND(CK_Q4_0)
CK_EXPAND(CK_Q4_1)
CK_EXPAND(CK_Q5_0)
CK_EXPAND(CK_Q5_1)
CK_EXPAND(CK_Q8_0)
CK_EXPAND(CK_Q4_K)
CK_EXPAND(CK_Q5_K)
CK_EXPAND(CK_Q6_K)
#undef CK_EXPAND

static void CK_NAME(quantize_block)(const float *x, ck_activation_block *out) {
  vector v[2] = {load(x), load(x + lanes)};
  const integers sign = ((integers){}) + INT32_MAX;
  integers a = (integers)v[0] & sign, b = (integers)v[1] & sign;
  // Magnitudes compare as integers, and NaN is above infinity, which is above everything finite.
  uint32_t bits = (uint32_t)__builtin_reduce_max(__builtin_elementwise_max(a, b));
  float largest;
  memcpy(&largest, &bits, sizeof largest);
  int finite = bits < 0x7F800000;
  // Below this, the inverse would overflow; such a block counts as 0.
  float inverse = largest > 1e-36f && finite ? 127.0f / largest : 0;
  const vector magic = broadcast(12582912.0f);
  for (int h = 0; h < 2; ++h) {
    integers q = __builtin_convertvector((v[h] * inverse + magic) - magic, integers);
    if (!finite) q = (integers){};
    typedef int8_t bytes __attribute__((vector_size(16)));
    bytes narrow = __builtin_convertvector(q, bytes);
    memcpy(out->quants + lanes * h, &narrow, sizeof narrow);
    out->half[h] = __builtin_reduce_add(q);
  }
  out->total = out->half[0] + out->half[1];
  out->scale = finite ? largest / 127.0f : __builtin_nanf("");
  out->sum = out->scale * (float)out->total;
}

static void CK_NAME(quantize_activations)(const float *x, ck_activation_block *out, size_t n) {
  for (size_t i = 0; i < n / 32; ++i) CK_NAME(quantize_block)(x + 32 * i, out + i);
}

#include "expanding.h"

const ck_quantized_kernels CK_NAME(quantized_kernels) = {
    CK_QUANTIZED_KERNEL_NAME,
    CK_NAME(quantize_activations),
    {
        CK_NAME(product_CK_Q4_0), CK_NAME(product_CK_Q4_1), CK_NAME(product_CK_Q5_0), CK_NAME(product_CK_Q5_1),
        CK_NAME(product_CK_Q8_0), CK_NAME(product_CK_Q4_K), CK_NAME(product_CK_Q5_K), CK_NAME(product_CK_Q6_K),
    },
    {
        CK_NAME(expand_CK_Q4_0), CK_NAME(expand_CK_Q4_1), CK_NAME(expand_CK_Q5_0), CK_NAME(expand_CK_Q5_1),
        CK_NAME(expand_CK_Q8_0), CK_NAME(expand_CK_Q4_K), CK_NAME(expand_CK_Q5_K), CK_NAME(expand_CK_Q6_K),
    },
    {
        CK_NAME(expanding_CK_Q4_0), CK_NAME(expanding_CK_Q4_1), CK_NAME(expanding_CK_Q5_0),
        CK_NAME(expanding_CK_Q5_1), CK_NAME(expanding_CK_Q8_0), CK_NAME(expanding_CK_Q4_K),
        CK_NAME(expanding_CK_Q5_K), CK_NAME(expanding_CK_Q6_K),
    },
};
