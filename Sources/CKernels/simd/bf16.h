// Products with panels of bfloat16; see ck_bf16.h.
//
// A tile is `rows` rows by `vectors` vectors of 16 outputs, all of whose sums stay in registers.

#ifdef CK_WIDE_TILES
enum { CK_NAME(tile_rows) = 8 };
#define CK_TILE_VECTORS(rows) 3
#else
// Sixteen registers of 32 bytes hold six rows of one vector.
enum { CK_NAME(tile_rows) = 6 };
#define CK_TILE_VECTORS(rows) ((rows) > 1 ? 1 : 3)
#endif

#define CK_UNROLL _Pragma("clang loop unroll(full)")

// Weights of a panel that is read once are asked for so many steps before.
enum { CK_NAME(steps_ahead) = 12 };

typedef struct {
  size_t rows, steps;
  const float *x;
  size_t x_stride;
  int by_column;  // whether x holds its rows side by side in a panel, step by step
  const void *weights;
  float *out;
  size_t out_stride;
  ck_bf16_result result;
} CK_NAME(tile);

// One number of x, or with the instruction one pair. `by_column` is a constant wherever this stands.
CK_INLINE vector CK_NAME(component)(const CK_NAME(tile) *t, int by_column, size_t row, size_t step) {
  return broadcast(by_column ? t->x[step * CK_BF16_PANEL + row] : t->x[row * t->x_stride + step]);
}

CK_INLINE const float *CK_NAME(row_address)(const CK_NAME(tile) *t, size_t row) {
  return t->x + (t->by_column ? row : row * t->x_stride);
}

CK_INLINE void CK_NAME(begin_tile)(const CK_NAME(tile) *t, size_t rows, size_t vectors, vector total[][3]) {
  CK_UNROLL for (size_t i = 0; i < rows; ++i)
    CK_UNROLL for (size_t v = 0; v < vectors; ++v)
      total[i][v] = t->result == CK_BF16_CONTINUES ? load(t->out + i * t->out_stride + v * lanes) : (vector){};
}

CK_INLINE void CK_NAME(end_tile)(const CK_NAME(tile) *t, size_t rows, size_t vectors, vector total[][3]) {
  CK_UNROLL for (size_t i = 0; i < rows; ++i)
    CK_UNROLL for (size_t v = 0; v < vectors; ++v) {
      float *out = t->out + i * t->out_stride + v * lanes;
      store(out, t->result == CK_BF16_ADDS ? load(out) + total[i][v] : total[i][v]);
    }
}

// Steps are pairs of inputs. Activations are pairs of bfloat16, or two floats with the odd element first.
CK_INLINE void CK_NAME(pair_tile)(const CK_NAME(tile) *t, size_t rows, size_t vectors, int by_column) {
  vector total[CK_NAME(tile_rows)][3];
  CK_NAME(begin_tile)(t, rows, vectors, total);
  const uint16_t *panel = t->weights;
#pragma clang loop unroll_count(4)
  for (size_t k = 0; k < t->steps; ++k) {
    integers weight[3];
    CK_UNROLL for (size_t v = 0; v < vectors; ++v)
      __builtin_prefetch(panel + 2 * ((k + CK_NAME(steps_ahead)) * CK_BF16_PANEL + v * lanes));
    CK_UNROLL for (size_t v = 0; v < vectors; ++v)
      weight[v] = (integers)load((const float *)(panel + 2 * (k * CK_BF16_PANEL + v * lanes)));
#ifdef CK_BF16_INSTRUCTION
    CK_UNROLL for (size_t i = 0; i < rows; ++i) {
      integers pair = (integers)CK_NAME(component)(t, by_column, i, k);
      CK_UNROLL for (size_t v = 0; v < vectors; ++v)
        total[i][v] = (vector)_mm512_dpbf16_ps((__m512)total[i][v], (__m512bh)pair, (__m512bh)weight[v]);
    }
#else
    CK_UNROLL for (size_t v = 0; v < vectors; ++v) {
      vector odd = (vector)(weight[v] & (int32_t)0xFFFF0000), even = (vector)(weight[v] << 16);
      CK_UNROLL for (size_t i = 0; i < rows; ++i) {
        total[i][v] = multiply_add(CK_NAME(component)(t, by_column, i, 2 * k), odd, total[i][v]);
        total[i][v] = multiply_add(CK_NAME(component)(t, by_column, i, 2 * k + 1), even, total[i][v]);
      }
    }
#endif
  }
  CK_NAME(end_tile)(t, rows, vectors, total);
}

static void CK_NAME(multiply_pairs)(const CK_NAME(tile) *whole) {
#define CK_CASE(n)                                                                       \
  case n:                                                                                \
    if (n <= CK_NAME(tile_rows))                                                         \
      for (size_t v = 0; v < 3; v += CK_TILE_VECTORS(n)) {                              \
        CK_NAME(tile) part = *whole;                                                     \
        part.weights = (const uint16_t *)whole->weights + 2 * v * lanes;                 \
        part.out += v * lanes;                                                           \
        if (part.by_column) CK_NAME(pair_tile)(&part, n, CK_TILE_VECTORS(n), 1);         \
        else CK_NAME(pair_tile)(&part, n, CK_TILE_VECTORS(n), 0);                        \
      }                                                                                  \
    break;
  switch (whole->rows) { CK_CASE(1) CK_CASE(2) CK_CASE(3) CK_CASE(4) CK_CASE(5) CK_CASE(6) CK_CASE(7) CK_CASE(8) }
#undef CK_CASE
}

// Cuts rows into tiles of as equal height as possible: 9 rows are 4 and 5, not 8 and 1.
CK_INLINE void CK_NAME(for_tiles)(const CK_NAME(tile) *all, void (*multiply)(const CK_NAME(tile) *)) {
  size_t tiles = (all->rows + CK_NAME(tile_rows) - 1) / CK_NAME(tile_rows);
  for (size_t tile = 0, begin = 0; tile < tiles; ++tile) {
    size_t end = all->rows * (tile + 1) / tiles;
    CK_NAME(tile) part = *all;
    part.rows = end - begin;
    part.x = CK_NAME(row_address)(all, begin);
    part.out += begin * all->out_stride;
    multiply(&part);
    begin = end;
  }
}

#ifdef CK_BF16_INSTRUCTION

static void CK_NAME(multiply_panel)(const CK_NAME(tile) *all) { CK_NAME(for_tiles)(all, CK_NAME(multiply_pairs)); }

// Pairs of bfloat16 in the place of one float each.
static void CK_NAME(round_activations)(const float *in, void *out, size_t n) {
  uint16_t *rounded = out;
  for (size_t i = 0; i < n; ++i) rounded[i] = ck_bf16_of(in[i]);
  if (n % 2) rounded[n] = 0;
}

#else

// 12 KiB of weights at a time.
enum { CK_NAME(widened_pairs) = 64 };

// One step for each input, its weights already float32.
CK_INLINE void CK_NAME(wide_tile)(const CK_NAME(tile) *t, size_t rows, size_t vectors, int by_column) {
  vector total[CK_NAME(tile_rows)][3];
  CK_NAME(begin_tile)(t, rows, vectors, total);
  const float *panel = t->weights;
#pragma clang loop unroll_count(4)
  for (size_t k = 0; k < t->steps; ++k) {
    vector weight[3];
    CK_UNROLL for (size_t v = 0; v < vectors; ++v) weight[v] = load(panel + k * CK_BF16_PANEL + v * lanes);
    CK_UNROLL for (size_t i = 0; i < rows; ++i) {
      vector component = CK_NAME(component)(t, by_column, i, k);
      CK_UNROLL for (size_t v = 0; v < vectors; ++v) total[i][v] = multiply_add(component, weight[v], total[i][v]);
    }
  }
  CK_NAME(end_tile)(t, rows, vectors, total);
}

static void CK_NAME(multiply_wide)(const CK_NAME(tile) *whole) {
#define CK_CASE(n)                                                                       \
  case n:                                                                                \
    if (n <= CK_NAME(tile_rows))                                                         \
      for (size_t v = 0; v < 3; v += CK_TILE_VECTORS(n)) {                              \
        CK_NAME(tile) part = *whole;                                                     \
        part.weights = (const float *)whole->weights + v * lanes;                        \
        part.out += v * lanes;                                                           \
        if (part.by_column) CK_NAME(wide_tile)(&part, n, CK_TILE_VECTORS(n), 1);         \
        else CK_NAME(wide_tile)(&part, n, CK_TILE_VECTORS(n), 0);                        \
      }                                                                                  \
    break;
  switch (whole->rows) { CK_CASE(1) CK_CASE(2) CK_CASE(3) CK_CASE(4) CK_CASE(5) CK_CASE(6) CK_CASE(7) CK_CASE(8) }
#undef CK_CASE
}

// Many rows: a stretch of the panel is widened once, into the nearest cache, for all of them.
static void CK_NAME(multiply_panel)(const CK_NAME(tile) *all) {
  if (all->rows <= CK_NAME(tile_rows)) {
    CK_NAME(multiply_pairs)(all);
    return;
  }
  float widened[2 * CK_NAME(widened_pairs) * CK_BF16_PANEL] __attribute__((aligned(64)));
  for (size_t begin = 0; begin < all->steps; begin += CK_NAME(widened_pairs)) {
    size_t left = all->steps - begin, pairs = left < CK_NAME(widened_pairs) ? left : CK_NAME(widened_pairs);
    const float *from = (const float *)all->weights + begin * CK_BF16_PANEL;
    for (size_t k = 0; k < pairs; ++k)
      for (size_t v = 0; v < 3; ++v) {
        const float *pair = from + k * CK_BF16_PANEL + v * lanes;
        // The next stretch is on its way while this one is multiplied: waiting for it took a quarter of the time.
        __builtin_prefetch(pair + CK_NAME(widened_pairs) * CK_BF16_PANEL, 0, 2);
        integers weight = (integers)load(pair);
        store(widened + 2 * k * CK_BF16_PANEL + v * lanes, (vector)(weight & (int32_t)0xFFFF0000));
        store(widened + (2 * k + 1) * CK_BF16_PANEL + v * lanes, (vector)(weight << 16));
      }
    CK_NAME(tile) part = *all;
    part.weights = widened;
    part.steps = 2 * pairs;
    part.x += 2 * begin * (all->by_column ? CK_BF16_PANEL : 1);
    if (begin > 0) part.result = CK_BF16_CONTINUES;
    CK_NAME(for_tiles)(&part, CK_NAME(multiply_wide));
  }
}

// Floats that are bfloat16, the odd one of each pair first.
static void CK_NAME(round_activations)(const float *in, void *out, size_t n) {
  uint32_t *rounded = out;
  for (size_t i = 0; i + 1 < n; i += 2) {
    rounded[i] = (uint32_t)ck_bf16_of(in[i + 1]) << 16;
    rounded[i + 1] = (uint32_t)ck_bf16_of(in[i]) << 16;
  }
  if (n % 2) {
    rounded[n - 1] = 0;
    rounded[n] = (uint32_t)ck_bf16_of(in[n - 1]) << 16;
  }
}

#endif

static size_t CK_NAME(row_bytes)(size_t n) {
#ifdef CK_BF16_INSTRUCTION
  return (n + 1) / 2 * 4;
#else
  return (n + 1) / 2 * 8;
#endif
}

// A product that cannot lie in `out` while it is computed is computed beside it, some rows at a time: one of a last panel
// of fewer than 48 outputs, or one that is added when all stretches of a widened panel have been.
static void CK_NAME(multiply_beside)(const CK_NAME(tile) *all, size_t width) {
  enum { chunk = 128 };
  float full[chunk * CK_BF16_PANEL] __attribute__((aligned(64)));
  for (size_t begin = 0; begin < all->rows; begin += chunk) {
    CK_NAME(tile) part = *all;
    part.rows = all->rows - begin < chunk ? all->rows - begin : chunk;
    part.x = CK_NAME(row_address)(all, begin);
    if (all->result == CK_BF16_ADDS) part.result = CK_BF16_WRITES;
    if (all->result == CK_BF16_CONTINUES)
      for (size_t i = 0; i < part.rows; ++i)
        memcpy(full + i * CK_BF16_PANEL, all->out + (begin + i) * all->out_stride, width * sizeof(float));
    part.out = full;
    part.out_stride = CK_BF16_PANEL;
    CK_NAME(multiply_panel)(&part);
    for (size_t i = 0; i < part.rows; ++i) {
      float *out = all->out + (begin + i) * all->out_stride;
      const float *row = full + i * CK_BF16_PANEL;
      if (all->result == CK_BF16_ADDS)
        for (size_t o = 0; o < width; ++o) out[o] += row[o];
      else memcpy(out, row, width * sizeof(float));
    }
  }
}

CK_INLINE int CK_NAME(lies_in_out)(const CK_NAME(tile) *all) {
#ifdef CK_BF16_INSTRUCTION
  return 1;
#else
  return all->result != CK_BF16_ADDS || all->rows <= CK_NAME(tile_rows);
#endif
}

// One panel of outputs, with all rows.
CK_INLINE void CK_NAME(multiply_outputs)(const CK_NAME(tile) *all, size_t outputs) {
  if (outputs >= CK_BF16_PANEL && CK_NAME(lies_in_out)(all)) CK_NAME(multiply_panel)(all);
  else CK_NAME(multiply_beside)(all, outputs < CK_BF16_PANEL ? outputs : CK_BF16_PANEL);
}

static void CK_NAME(product_bf16)(size_t rows, size_t inputs, size_t outputs, const void *x, const void *panels,
                                  float *out, size_t out_stride, ck_bf16_result result) {
  for (size_t first = 0; first < outputs; first += CK_BF16_PANEL) {
    CK_NAME(tile) all = {
        .rows = rows,
        .steps = (inputs + 1) / 2,
        .x = x,
        .x_stride = CK_NAME(row_bytes)(inputs) / sizeof(float),
        .weights = (const char *)panels + first / CK_BF16_PANEL * ck_bf16_panel_bytes(inputs),
        .out = out + first,
        .out_stride = out_stride,
        .result = result,
    };
    CK_NAME(multiply_outputs)(&all, outputs - first);
  }
}

static void CK_NAME(product_bf16_columns)(size_t rows, size_t inputs, size_t outputs, const void *columns,
                                          const void *panels, float *out, size_t out_stride,
                                          ck_bf16_result result) {
  for (size_t first = 0; first < outputs; first += CK_BF16_PANEL)
    for (size_t row = 0; row < rows; row += CK_BF16_PANEL) {
      CK_NAME(tile) all = {
          .rows = rows - row < CK_BF16_PANEL ? rows - row : CK_BF16_PANEL,
          .steps = (inputs + 1) / 2,
          .x = (const float *)((const char *)columns + row * CK_NAME(row_bytes)(inputs)),
          .by_column = 1,
          .weights = (const char *)panels + first / CK_BF16_PANEL * ck_bf16_panel_bytes(inputs),
          .out = out + row * out_stride + first,
          .out_stride = out_stride,
          .result = result,
      };
      CK_NAME(multiply_outputs)(&all, outputs - first);
    }
}

// Rows of the matrix are inputs: those of a pair lie side by side in the panel.
static void CK_NAME(pack_inputs)(const float *matrix, size_t stride, size_t inputs, size_t outputs, uint16_t *panel) {
  if (outputs < CK_BF16_PANEL) memset(panel, 0, ck_bf16_panel_bytes(inputs));
  for (size_t k = 0; k < inputs; k += 2) {
    const float *even = matrix + k * stride, *odd = k + 1 < inputs ? even + stride : NULL;
    uint32_t *pairs = (uint32_t *)panel + k / 2 * CK_BF16_PANEL;
    for (size_t o = 0; o < outputs; ++o)
      pairs[o] = (uint32_t)ck_bf16_of(even[o]) | (odd ? (uint32_t)ck_bf16_of(odd[o]) << 16 : 0);
  }
}

#ifdef CK_BF16_INSTRUCTION

static void CK_NAME(pack_columns)(const float *matrix, size_t stride, size_t inputs, size_t outputs, void *panel) {
  CK_NAME(pack_inputs)(matrix, stride, inputs, outputs, panel);
}

#else

// As round_activations has them: floats that are bfloat16, those of the odd row of a pair first.
static void CK_NAME(pack_columns)(const float *matrix, size_t stride, size_t inputs, size_t outputs, void *panel) {
  uint32_t *to = panel;
  if (outputs < CK_BF16_PANEL || inputs % 2) memset(to, 0, CK_BF16_PANEL * CK_NAME(row_bytes)(inputs));
  for (size_t k = 0; k < inputs; ++k)
    for (size_t o = 0; o < outputs; ++o)
      to[(k ^ 1) * CK_BF16_PANEL + o] = (uint32_t)ck_bf16_of(matrix[k * stride + o]) << 16;
}

#endif

const ck_bf16_kernels CK_NAME(bf16_kernels) = {
    CK_BF16_KERNEL_NAME,
    CK_NAME(row_bytes),
    CK_NAME(round_activations),
    CK_NAME(product_bf16),
    CK_NAME(pack_inputs),
    CK_NAME(product_bf16_columns),
    CK_NAME(pack_columns),
};
