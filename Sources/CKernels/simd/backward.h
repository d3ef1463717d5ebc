// Gradients; see ck_backward.h.

static void CK_NAME(rms_norm_backward)(const float *x, float scale, const float *weight, const float *dy, float *dx,
                                       size_t n) {
  vector total = {};
  FOR_VECTORS(i, n) {
    vector product = READ(dy, i, n, 0) * READ(weight, i, n, 0);
    vector input = READ(x, i, n, 0);
    total = multiply_add(product, input, total);
  }
  float inverse = 1.0f / scale;
  float shrink = CK_NAME(sum)(total) / (float)n * inverse * inverse * inverse;
  FOR_VECTORS(i, n) {
    vector product = READ(dy, i, n, 0) * READ(weight, i, n, 0);
    vector input = READ(x, i, n, 0);
    vector gradient = product * inverse - input * shrink;
    vector old = READ(dx, i, n, 0);
    WRITE(dx, i, n, old + gradient);
  }
}

static void CK_NAME(layer_norm_backward)(const float *x, float mean, float scale, const float *weight, const float *dy,
                                         float *dx, size_t n) {
  vector total = {}, aligned = {};
  FOR_VECTORS(i, n) {
    vector product = READ(dy, i, n, 0) * READ(weight, i, n, 0);
    vector centred = READ(x, i, n, mean) - mean;
    total += product;
    aligned = multiply_add(product, centred, aligned);
  }
  float inverse = 1.0f / scale;
  float average = CK_NAME(sum)(total) / (float)n;
  float shrink = CK_NAME(sum)(aligned) / (float)n * inverse * inverse;
  FOR_VECTORS(i, n) {
    vector product = READ(dy, i, n, 0) * READ(weight, i, n, 0);
    vector centred = READ(x, i, n, mean) - mean;
    vector old = READ(dx, i, n, 0);
    WRITE(dx, i, n, old + (product - average - centred * shrink) * inverse);
  }
}

static void CK_NAME(add_product)(float *out, float k, const float *a, const float *b, float shift, size_t n) {
  FOR_VECTORS(i, n) {
    vector left = READ(a, i, n, 0) * k, right = READ(b, i, n, 0) - shift, old = READ(out, i, n, 0);
    WRITE(out, i, n, multiply_add(left, right, old));
  }
}

static void CK_NAME(silu_multiply_backward)(const float *gate, const float *up, const float *dpost, float *dgate,
                                            float *dup, size_t n) {
  FOR_VECTORS(i, n) {
    vector g = READ(gate, i, n, 0), u = READ(up, i, n, 0), d = READ(dpost, i, n, 0);
    vector sigmoid = 1.0f / (1.0f + CK_NAME(exponential)(-g));
    vector silu = g * sigmoid;
    WRITE(dgate, i, n, d * u * (sigmoid + silu * (1.0f - sigmoid)));
    WRITE(dup, i, n, d * silu);
  }
}

// dx = dy * f'(x) for f(x) = x / (1 + exp(-x)).
static void CK_NAME(silu_backward)(const float *x, const float *dy, float *dx, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0), d = READ(dy, i, n, 0);
    vector sigmoid = 1.0f / (1.0f + CK_NAME(exponential)(-v));
    WRITE(dx, i, n, d * sigmoid * (1.0f + v * (1.0f - sigmoid)));
  }
}

// f(x) = x Phi(x): f' = Phi + x phi.
static void CK_NAME(gelu_backward)(const float *x, const float *dy, float *dx, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0), d = READ(dy, i, n, 0);
    vector phi = 0.5f * (1.0f + CK_NAME(error_function)(v * 0.70710678f));
    vector density = 0.39894228f * CK_NAME(exponential)(v * v * -0.5f);
    WRITE(dx, i, n, d * (phi + v * density));
  }
}

static void CK_NAME(gelu_tanh_backward)(const float *x, const float *dy, float *dx, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0), d = READ(dy, i, n, 0);
    vector inner = 0.79788456f * multiply_add(v * v * v, broadcast(0.044715f), v);
    vector slope = 0.79788456f * (1.0f + v * v * 0.134145f);
    vector t = CK_NAME(hyperbolic_tangent)(inner);
    WRITE(dx, i, n, d * (0.5f * (1.0f + t) + 0.5f * v * (1.0f - t * t) * slope));
  }
}

// f(x) = x s(1.702 x), s(z) = 1 / (1 + exp(-z)): f' = s + 1.702 x s (1 - s).
static void CK_NAME(quick_gelu_backward)(const float *x, const float *dy, float *dx, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0), d = READ(dy, i, n, 0);
    vector sigmoid = 1.0f / (1.0f + CK_NAME(exponential)(v * -1.702f));
    WRITE(dx, i, n, d * sigmoid * (1.0f + 1.702f * v * (1.0f - sigmoid)));
  }
}

static void CK_NAME(relu_backward)(const float *x, const float *dy, float *dx, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0), d = READ(dy, i, n, 0);
    WRITE(dx, i, n, select((v <= (vector){}), (vector){}, d));
  }
}

static void CK_NAME(relu_squared_backward)(const float *x, const float *dy, float *dx, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0), d = READ(dy, i, n, 0);
    WRITE(dx, i, n, select((v <= (vector){}), (vector){}, 2.0f * v * d));
  }
}

// y = cap * tanh(x / cap): dx = dy * (1 - (y / cap)^2), in place.
static void CK_NAME(soft_cap_backward)(const float *y, float cap, float *dy, size_t n) {
  FOR_VECTORS(i, n) {
    vector ratio = READ(y, i, n, 0) / cap, d = READ(dy, i, n, 0);
    WRITE(dy, i, n, d * (1.0f - ratio * ratio));
  }
}

static void CK_NAME(scale)(float *x, float k, size_t n) {
  FOR_VECTORS(i, n) {
    vector v = READ(x, i, n, 0);
    WRITE(x, i, n, v * k);
  }
}

static void CK_NAME(adamw)(const ck_adamw_step *step, float *w, const float *g, float *m, float *v, size_t n) {
  const float keep1 = 1.0f - step->beta1, keep2 = 1.0f - step->beta2;
  FOR_VECTORS(i, n) {
    vector gradient = READ(g, i, n, 0) * step->gradient_scale;
    vector weight = READ(w, i, n, 0) * step->decay;
    vector first = READ(m, i, n, 0), second = READ(v, i, n, 0);
    first = first + (gradient - first) * keep1;
    second = second * step->beta2 + gradient * gradient * keep2;
    vector root = __builtin_elementwise_sqrt(second) / step->root_correction + step->epsilon;
    WRITE(m, i, n, first);
    WRITE(v, i, n, second);
    WRITE(w, i, n, weight - step->step * (first / root));
  }
}

// out[t][v] += weights[t][p * step] * rows[p][v] for p < count. The sums are variables of this function: behind a pointer they
// would be stored after every step.
CK_INLINE void CK_NAME(gather_tile)(size_t vectors, const float *const *weights, size_t step, const float *rows,
                                    size_t stride, size_t count, float *const *out, size_t offset) {
  vector total[4][4];
#pragma clang loop unroll(full)
  for (size_t t = 0; t < 4; ++t)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; ++v) total[t][v] = load(out[t] + offset + v * lanes);
  for (size_t p = 0; p < count; ++p) {
    vector value[4];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; ++v) value[v] = load(rows + p * stride + offset + v * lanes);
#pragma clang loop unroll(full)
    for (size_t t = 0; t < 4; ++t) {
      vector weight = broadcast(weights[t][p * step]);
#pragma clang loop unroll(full)
      for (size_t v = 0; v < vectors; ++v) total[t][v] = multiply_add(weight, value[v], total[t][v]);
    }
  }
#pragma clang loop unroll(full)
  for (size_t t = 0; t < 4; ++t)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; ++v) store(out[t] + offset + v * lanes, total[t][v]);
}

// out[t][...] += sum over p of weights[t][p * step] * rows[p], for four rows of `width` elements, a multiple of 16.
static void CK_NAME(gather)(const float *const *weights, size_t step, const float *rows, size_t stride, size_t count,
                            size_t width, float *const *out) {
  for (size_t offset = 0; offset < width; offset += 4 * lanes) {
    size_t vectors = width - offset >= 4 * lanes ? 4 : (width - offset) / lanes;
    switch (vectors) {
      case 1: CK_NAME(gather_tile)(1, weights, step, rows, stride, count, out, offset); break;
      case 2: CK_NAME(gather_tile)(2, weights, step, rows, stride, count, out, offset); break;
      case 3: CK_NAME(gather_tile)(3, weights, step, rows, stride, count, out, offset); break;
      default: CK_NAME(gather_tile)(4, weights, step, rows, stride, count, out, offset); break;
    }
  }
}

// Everything that one head works with; rows are padded to whole tiles and vectors, with zeros.
typedef struct {
  size_t rows, width;                    // padded
  size_t stride;                         // from query to query of patterns
  float *key_blocks, *value_blocks;      // [rows / 16][head_dimension][16]
  float *keys, *q, *dz, *dk, *dv, *dq;   // [rows][width]
  float *pattern, *dscores;              // [CK_GRADIENT_QUERIES][stride]
  float *capped;                         // [4][stride]
} CK_NAME(head);

static CK_NAME(head) CK_NAME(divide_scratch)(const ck_attention_gradient *g, float *scratch) {
  CK_NAME(head) h;
  h.rows = (g->rows + lanes - 1) / lanes * lanes;
  h.stride = ck_gradient_stride(h.rows);
  h.width = (g->head_dimension + lanes - 1) / lanes * lanes;
  size_t plane = h.rows * h.width;
  float **parts[] = {&h.key_blocks, &h.value_blocks, &h.keys, &h.q, &h.dz, &h.dk, &h.dv, &h.dq};
  for (size_t i = 0; i < 8; ++i) *parts[i] = scratch + i * plane;
  h.pattern = scratch + 8 * plane;
  h.dscores = h.pattern + CK_GRADIENT_QUERIES * h.stride;
  h.capped = h.dscores + CK_GRADIENT_QUERIES * h.stride;
  memset(scratch, 0, 8 * plane * sizeof(float));
  return h;
}

static void CK_NAME(copy_rows)(const float *from, size_t stride, const ck_attention_gradient *g, size_t width,
                               float *to) {
  for (size_t r = 0; r < g->rows; ++r) memcpy(to + r * width, from + r * stride, g->head_dimension * sizeof(float));
}

static void CK_NAME(copy_blocks)(const float *from, const ck_attention_gradient *g, float *to) {
  for (size_t r = 0; r < g->rows; ++r) {
    float *block = to + r / lanes * g->head_dimension * lanes + r % lanes;
    for (size_t d = 0; d < g->head_dimension; ++d) block[d * lanes] = from[r * g->stride + d];
  }
}

// Patterns and gradients of scores of four queries from `first` on; zeros where a query may not look.
static void CK_NAME(differentiate_scores)(const ck_attention_gradient *g, const CK_NAME(head) *h, size_t first,
                                          size_t positions, float *pattern, float *dscores) {
  const float *q[4], *dz[4];
  float *p[4], *ds[4];
  for (size_t i = 0; i < 4; ++i) {
    q[i] = h->q + (first + i) * h->width;
    dz[i] = h->dz + (first + i) * h->width;
    p[i] = pattern + i * h->stride;
    ds[i] = dscores + i * h->stride;
  }
  CK_NAME(score_blocks)(4, q, h->key_blocks, positions / lanes, g->head_dimension, g->scale, p);
  CK_NAME(score_blocks)(4, dz, h->value_blocks, positions / lanes, g->head_dimension, 1.0f, ds);
  for (size_t i = 0; i < 4; ++i) {
    size_t length = first + i < g->rows ? first + i + 1 : 0;
    size_t begin = g->window == 0 || length < g->window ? 0 : length - g->window;
    float *capped = h->capped + i * h->stride;
    if (g->soft_cap > 0) {
      CK_NAME(soft_cap)(p[i], g->soft_cap, p[i], length);
      memcpy(capped, p[i], length * sizeof(float));
    }
    if (length > begin) CK_NAME(softmax)(p[i] + begin, length - begin);
    memset(p[i], 0, begin * sizeof(float));
    memset(p[i] + length, 0, (positions - length) * sizeof(float));
    float mean = CK_NAME(dot)(p[i], ds[i], length);
    for (size_t j = 0; j < positions; j += lanes) {
      vector change = load(p[i] + j) * (load(ds[i] + j) - mean) * g->scale;
      store(ds[i] + j, change);
    }
    if (g->soft_cap > 0) CK_NAME(soft_cap_backward)(capped, g->soft_cap, ds[i], length);
  }
}

// One block of queries: dq of the block, and what it adds to dk and dv.
static void CK_NAME(differentiate_block)(const ck_attention_gradient *g, const CK_NAME(head) *h, size_t begin,
                                         size_t count) {
  size_t positions = begin + count;
  for (size_t i = 0; i < count; i += 4) {
    float *ds[4], *dq[4];
    for (size_t t = 0; t < 4; ++t) {
      ds[t] = h->dscores + (i + t) * h->stride;
      dq[t] = h->dq + (begin + i + t) * h->width;
    }
    CK_NAME(differentiate_scores)(g, h, begin + i, positions, h->pattern + i * h->stride, ds[0]);
    CK_NAME(gather)((const float *const *)ds, 1, h->keys, h->width, begin + i + 4, h->width, dq);
  }
  for (size_t j = 0; j < positions; j += 4) {
    size_t skip = j > begin ? j - begin : 0;
    const float *p[4], *ds[4];
    float *dk[4], *dv[4];
    for (size_t t = 0; t < 4; ++t) {
      p[t] = h->pattern + skip * h->stride + j + t;
      ds[t] = h->dscores + skip * h->stride + j + t;
      dk[t] = h->dk + (j + t) * h->width;
      dv[t] = h->dv + (j + t) * h->width;
    }
    CK_NAME(gather)(ds, h->stride, h->q + (begin + skip) * h->width, h->width, count - skip, h->width, dk);
    CK_NAME(gather)(p, h->stride, h->dz + (begin + skip) * h->width, h->width, count - skip, h->width, dv);
  }
}

static void CK_NAME(write_rows)(const ck_attention_gradient *g, const float *from, size_t width, float *to) {
  for (size_t r = 0; r < g->rows; ++r)
    memcpy(to + r * g->gradient_stride, from + r * width, g->head_dimension * sizeof(float));
}

static void CK_NAME(attend_backward)(const ck_attention_gradient *g, float *scratch) {
  CK_NAME(head) h = CK_NAME(divide_scratch)(g, scratch);
  CK_NAME(copy_blocks)(g->k, g, h.key_blocks);
  CK_NAME(copy_blocks)(g->v, g, h.value_blocks);
  CK_NAME(copy_rows)(g->k, g->stride, g, h.width, h.keys);
  for (size_t head = 0; head < g->group; ++head) {
    CK_NAME(copy_rows)(g->q + head * g->head_dimension, g->stride, g, h.width, h.q);
    CK_NAME(copy_rows)(g->dz + head * g->head_dimension, g->dz_stride, g, h.width, h.dz);
    memset(h.dq, 0, h.rows * h.width * sizeof(float));
    for (size_t begin = g->first / CK_GRADIENT_QUERIES * CK_GRADIENT_QUERIES; begin < h.rows;
         begin += CK_GRADIENT_QUERIES) {
      size_t count = h.rows - begin < CK_GRADIENT_QUERIES ? h.rows - begin : CK_GRADIENT_QUERIES;
      CK_NAME(differentiate_block)(g, &h, begin, count);
    }
    CK_NAME(write_rows)(g, h.dq, h.width, g->dq + head * g->head_dimension);
  }
  CK_NAME(write_rows)(g, h.dk, h.width, g->dk);
  CK_NAME(write_rows)(g, h.dv, h.width, g->dv);
}

// out[j][i] = in[i][j] of a tile of sixteen by sixteen. Each round shuffles the rows of the upper half between those of
// the lower half, element by element: the position of an element, eight bits, is rotated by one. Four rounds exchange
// row and column.
static void CK_NAME(transpose_tile)(const float *in, size_t in_stride, float *out, size_t out_stride) {
  vector v[lanes];
#pragma clang loop unroll(full)
  for (int i = 0; i < lanes; ++i) v[i] = load(in + i * in_stride);
#pragma clang loop unroll(full)
  for (int round = 0; round < 4; ++round) {
    vector w[lanes];
#pragma clang loop unroll(full)
    for (int i = 0; i < lanes / 2; ++i) {
      w[2 * i] = __builtin_shufflevector(v[i], v[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      w[2 * i + 1] =
          __builtin_shufflevector(v[i], v[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < lanes; ++i) v[i] = w[i];
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < lanes; ++i) store(out + i * out_stride, v[i]);
}

static const ck_backward_kernels CK_NAME(backward_kernels) = {
    CK_NAME(rms_norm_backward), CK_NAME(layer_norm_backward), CK_NAME(add_product), CK_NAME(silu_multiply_backward),
    CK_NAME(silu_backward),     CK_NAME(gelu_backward),       CK_NAME(gelu_tanh_backward),
    CK_NAME(quick_gelu_backward), CK_NAME(relu_backward),     CK_NAME(relu_squared_backward), CK_NAME(soft_cap_backward),
    CK_NAME(scale),             CK_NAME(adamw),               CK_NAME(attend_backward),
    CK_NAME(transpose_tile),
};
