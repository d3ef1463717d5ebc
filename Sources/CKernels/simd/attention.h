// Attention by tiles of up to four queries; see ck_attention.h.
//
// A query is a pair (row, head): pair i is row i / group, head i % group. Every sum over components or positions is one
// chain of multiply-adds in ascending order, so a tile's width changes speed and nothing else. Where queries of a tile
// begin at different positions, those before a query's own carry the weight 0, which changes no bit of a sum.

enum { CK_NAME(tile_queries) = 4, CK_NAME(tile_blocks) = 4 };

// scores[i][16 b ...] = scale * q[i] . keys[b], for `queries` queries and `blocks` blocks.
CK_INLINE void CK_NAME(score_tile)(size_t queries, size_t blocks, const float *const *q, const float *keys,
                                   size_t dimension, float scale, float *const *scores) {
  vector total[CK_NAME(tile_queries)][CK_NAME(tile_blocks)];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < queries; ++i)
#pragma clang loop unroll(full)
    for (size_t b = 0; b < blocks; ++b) total[i][b] = (vector){};
  for (size_t d = 0; d < dimension; ++d) {
    vector key[CK_NAME(tile_blocks)];
#pragma clang loop unroll(full)
    for (size_t b = 0; b < blocks; ++b) key[b] = load(keys + (b * dimension + d) * lanes);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < queries; ++i) {
      vector component = broadcast(q[i][d]);
#pragma clang loop unroll(full)
      for (size_t b = 0; b < blocks; ++b) total[i][b] = multiply_add(component, key[b], total[i][b]);
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < queries; ++i)
#pragma clang loop unroll(full)
    for (size_t b = 0; b < blocks; ++b) store(scores[i] + b * lanes, total[i][b] * scale);
}

static void CK_NAME(score_blocks)(size_t queries, const float *const *q, const float *keys, size_t blocks,
                                  size_t dimension, float scale, float *const *scores) {
  float *at[CK_NAME(tile_queries)];
  for (size_t i = 0; i < queries; ++i) at[i] = scores[i];
  size_t block = 0;
  while (block < blocks) {
    size_t width = blocks - block >= CK_NAME(tile_blocks) ? CK_NAME(tile_blocks) : 1;
    const float *from = keys + block * dimension * lanes;
#define CK_CASE(n) \
  case n: \
    if (width == CK_NAME(tile_blocks)) CK_NAME(score_tile)(n, CK_NAME(tile_blocks), q, from, dimension, scale, at); \
    else CK_NAME(score_tile)(n, 1, q, from, dimension, scale, at); \
    break;
    switch (queries) { CK_CASE(1) CK_CASE(2) CK_CASE(3) CK_CASE(4) }
#undef CK_CASE
    for (size_t i = 0; i < queries; ++i) at[i] += width * lanes;
    block += width;
  }
}

// Scores of up to four queries against positions begin ..< end, and some before and behind: whole blocks are computed.
// A segment's last block may write past its end; the next segment overwrites that.
static void CK_NAME(score)(const ck_attention_shape *shape, size_t queries, const float *const *q, size_t begin,
                           size_t end, float *const *scores) {
  float *at[CK_NAME(tile_queries)];
  size_t done = 0;
  for (size_t s = 0; s < shape->segment_count && done < end; ++s) {
    const ck_segment *segment = &shape->segments[s];
    size_t count = end - done < segment->count ? end - done : segment->count;
    size_t skipped = begin <= done ? 0 : (begin - done) / lanes;
    size_t blocks = (count + lanes - 1) / lanes;
    if (skipped < blocks) {
      for (size_t i = 0; i < queries; ++i) at[i] = scores[i] + done + skipped * lanes;
      CK_NAME(score_blocks)(queries, q, segment->keys + skipped * shape->head_dimension * lanes, blocks - skipped,
                            shape->head_dimension, shape->scale, at);
    }
    done += segment->count;
  }
}

// The first position that a query at `position` sees.
static size_t CK_NAME(window_begin)(const ck_attention_shape *shape, size_t position) {
  return shape->window == 0 || position < shape->window ? 0 : position + 1 - shape->window;
}

// total[i][v] += pattern[i][p] * values[p][v] for positions begin ..< end of one segment.
//
// Sums in variables of its own: a pointer to vectors may point to anything, `values` included, so that sums behind one
// would be stored after every step.
CK_INLINE void CK_NAME(mix_tile)(size_t queries, size_t vectors, const float *const *pattern, const float *values,
                                 size_t stride, size_t begin, size_t end,
                                 vector total[CK_NAME(tile_queries)][4]) {
  vector sum[CK_NAME(tile_queries)][4];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < queries; ++i)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; ++v) sum[i][v] = total[i][v];
  for (size_t p = begin; p < end; ++p) {
    vector value[4];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; ++v) value[v] = load(values + p * stride + v * lanes);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < queries; ++i) {
      vector weight = broadcast(pattern[i][p]);
#pragma clang loop unroll(full)
      for (size_t v = 0; v < vectors; ++v) sum[i][v] = multiply_add(weight, value[v], sum[i][v]);
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < queries; ++i)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; ++v) total[i][v] = sum[i][v];
}

static void CK_NAME(mix_range)(size_t queries, size_t vectors, const float *const *pattern, const float *values,
                               size_t stride, size_t begin, size_t end, vector total[CK_NAME(tile_queries)][4]) {
#define CK_CASE(n, m) \
  case n * 8 + m: CK_NAME(mix_tile)(n, m, pattern, values, stride, begin, end, total); break;
#define CK_CASES(n) CK_CASE(n, 1) CK_CASE(n, 2) CK_CASE(n, 3) CK_CASE(n, 4)
  switch (queries * 8 + vectors) { CK_CASES(1) CK_CASES(2) CK_CASES(3) CK_CASES(4) }
#undef CK_CASES
#undef CK_CASE
}

// One slice of up to 64 components of the output. Query i mixes positions start ..< lengths[i]; lengths ascend.
static void CK_NAME(mix_slice)(const ck_attention_shape *shape, size_t queries, const float *const *pattern,
                               size_t start, const size_t *lengths, size_t offset, size_t vectors,
                               vector total[CK_NAME(tile_queries)][4]) {
  size_t done = 0, longest = lengths[queries - 1];
  for (size_t s = 0; s < shape->segment_count && done < longest; ++s) {
    const ck_segment *segment = &shape->segments[s];
    const float *values = segment->values + offset;
    const float *weights[CK_NAME(tile_queries)];
    size_t begin = start <= done ? 0 : start - done;
    for (size_t first = 0; first < queries; ++first) {
      size_t end = lengths[first] <= done ? 0 : lengths[first] - done;
      if (end > segment->count) end = segment->count;
      if (end <= begin) continue;
      for (size_t i = first; i < queries; ++i) weights[i - first] = pattern[i] + done;
      CK_NAME(mix_range)(queries - first, vectors, weights, values, shape->value_stride, begin, end, total + first);
      begin = end;
    }
    done += segment->count;
  }
}

static void CK_NAME(mix)(const ck_attention_shape *shape, size_t queries, const float *const *pattern, size_t start,
                         const size_t *lengths, float *const *out) {
  for (size_t offset = 0; offset < shape->head_dimension; offset += 4 * lanes) {
    size_t left = shape->head_dimension - offset;
    size_t vectors = left >= 4 * lanes ? 4 : (left + lanes - 1) / lanes;
    vector total[CK_NAME(tile_queries)][4];
    memset(total, 0, sizeof total);
    CK_NAME(mix_slice)(shape, queries, pattern, start, lengths, offset, vectors, total);
    for (size_t i = 0; i < queries; ++i)
      for (size_t v = 0; v < vectors; ++v) {
        size_t n = left - v * lanes < lanes ? left - v * lanes : lanes;
        CK_NAME(store_first)(out[i] + offset + v * lanes, n, total[i][v]);
      }
  }
}

static void CK_NAME(attend)(const ck_attention_shape *shape, const float *q, size_t q_stride, size_t first, size_t rows,
                            float *out, size_t out_stride, float *scratch) {
  size_t pairs = rows * shape->group, stride = ck_attention_scratch(first + rows) / CK_NAME(tile_queries);
  for (size_t begin = 0; begin < pairs; begin += CK_NAME(tile_queries)) {
    size_t queries = pairs - begin < CK_NAME(tile_queries) ? pairs - begin : CK_NAME(tile_queries);
    const float *query[CK_NAME(tile_queries)], *pattern[CK_NAME(tile_queries)];
    float *score[CK_NAME(tile_queries)], *result[CK_NAME(tile_queries)];
    size_t lengths[CK_NAME(tile_queries)];
    for (size_t i = 0; i < queries; ++i) {
      size_t row = (begin + i) / shape->group, head = (begin + i) % shape->group;
      query[i] = q + row * q_stride + head * shape->head_dimension;
      result[i] = out + row * out_stride + head * shape->head_dimension;
      pattern[i] = score[i] = scratch + i * stride;
      lengths[i] = first + row + 1;
    }
    size_t start = CK_NAME(window_begin)(shape, lengths[0] - 1);
    CK_NAME(score)(shape, queries, query, start, lengths[queries - 1], score);
    for (size_t i = 0; i < queries; ++i) {
      size_t own = CK_NAME(window_begin)(shape, lengths[i] - 1);
      if (shape->soft_cap > 0) CK_NAME(soft_cap)(score[i] + own, shape->soft_cap, score[i] + own, lengths[i] - own);
      CK_NAME(softmax)(score[i] + own, lengths[i] - own);
      memset(score[i] + start, 0, (own - start) * sizeof(float));
    }
    CK_NAME(mix)(shape, queries, pattern, start, lengths, result);
  }
}

// Queries of sequences that begin alike, with their scores, [queries][stride], and sums, [queries][value_stride].
typedef struct {
  const ck_attention_shape *shape;
  const ck_continuation *rows;
  size_t queries, stride;
  float *scores, *totals;
} CK_NAME(continuations);

static const float *CK_NAME(continuation_query)(const CK_NAME(continuations) *all, size_t i) {
  return all->rows[i / all->shape->group].q + i % all->shape->group * all->shape->head_dimension;
}

static size_t CK_NAME(tile_width)(size_t left) {
  return left < CK_NAME(tile_queries) ? left : CK_NAME(tile_queries);
}

// Scores of queries begin ..< end against some blocks of keys; the blocks' first position is `position`.
static void CK_NAME(score_continuations)(const CK_NAME(continuations) *all, size_t begin, size_t end, const float *keys,
                                         size_t blocks, size_t position) {
  for (size_t first = begin; first < end; first += CK_NAME(tile_queries)) {
    size_t width = CK_NAME(tile_width)(end - first);
    const float *query[CK_NAME(tile_queries)];
    float *at[CK_NAME(tile_queries)];
    for (size_t i = 0; i < width; ++i) {
      query[i] = CK_NAME(continuation_query)(all, first + i);
      at[i] = all->scores + (first + i) * all->stride + position;
    }
    CK_NAME(score_blocks)(width, query, keys, blocks, all->shape->head_dimension, all->shape->scale, at);
  }
}

// Adds some positions' values to the sums of queries begin ..< end; the first position is `position`.
static void CK_NAME(mix_continuations)(const CK_NAME(continuations) *all, size_t begin, size_t end, const float *values,
                                       size_t count, size_t position) {
  size_t dimension = all->shape->head_dimension, value_stride = all->shape->value_stride;
  for (size_t offset = 0; offset < dimension; offset += 4 * lanes) {
    size_t left = dimension - offset, vectors = left >= 4 * lanes ? 4 : (left + lanes - 1) / lanes;
    for (size_t first = begin; first < end; first += CK_NAME(tile_queries)) {
      size_t width = CK_NAME(tile_width)(end - first);
      const float *weights[CK_NAME(tile_queries)];
      vector total[CK_NAME(tile_queries)][4];
      for (size_t i = 0; i < width; ++i) {
        weights[i] = all->scores + (first + i) * all->stride + position;
        for (size_t v = 0; v < vectors; ++v)
          total[i][v] = load(all->totals + (first + i) * value_stride + offset + v * lanes);
      }
      CK_NAME(mix_range)(width, vectors, weights, values + offset, value_stride, 0, count, total);
      for (size_t i = 0; i < width; ++i)
        for (size_t v = 0; v < vectors; ++v)
          store(all->totals + (first + i) * value_stride + offset + v * lanes, total[i][v]);
    }
  }
}

static void CK_NAME(attend_continuations)(const ck_attention_shape *shape, const ck_continuation *rows, size_t count,
                                          float *scratch) {
  enum { piece = CK_NAME(tile_blocks) * CK_KEY_BLOCK };
  size_t shared = 0, longest = 0, group = shape->group;
  for (size_t s = 0; s < shape->segment_count; ++s) shared += shape->segments[s].count;
  for (size_t r = 0; r < count; ++r) longest = rows[r].tail.count > longest ? rows[r].tail.count : longest;
  CK_NAME(continuations) all = {shape, rows, count * group, ck_attention_scratch(shared + longest) / 4, scratch, NULL};
  all.totals = scratch + all.queries * all.stride;

  for (size_t s = 0, done = 0; s < shape->segment_count; done += shape->segments[s++].count)
    for (size_t at = 0; at < shape->segments[s].count; at += piece) {
      size_t left = shape->segments[s].count - at, positions = left < piece ? left : piece;
      CK_NAME(score_continuations)(&all, 0, all.queries, shape->segments[s].keys + at * shape->head_dimension,
                                   (positions + lanes - 1) / lanes, done + at);
    }
  for (size_t r = 0; r < count; ++r) {
    size_t length = shared + rows[r].tail.count;
    CK_NAME(score_continuations)(&all, r * group, (r + 1) * group, rows[r].tail.keys,
                                 (rows[r].tail.count + lanes - 1) / lanes, shared);
    for (size_t i = r * group; i < (r + 1) * group; ++i) {
      float *score = all.scores + i * all.stride;
      if (shape->soft_cap > 0) CK_NAME(soft_cap)(score, shape->soft_cap, score, length);
      CK_NAME(softmax)(score, length);
    }
  }
  memset(all.totals, 0, all.queries * shape->value_stride * sizeof(float));
  for (size_t s = 0, done = 0; s < shape->segment_count; done += shape->segments[s++].count)
    for (size_t at = 0; at < shape->segments[s].count; at += piece) {
      size_t left = shape->segments[s].count - at;
      CK_NAME(mix_continuations)(&all, 0, all.queries, shape->segments[s].values + at * shape->value_stride,
                                 left < piece ? left : piece, done + at);
    }
  for (size_t r = 0; r < count; ++r) {
    CK_NAME(mix_continuations)(&all, r * group, (r + 1) * group, rows[r].tail.values, rows[r].tail.count, shared);
    for (size_t i = 0; i < group; ++i)
      memcpy(rows[r].out + i * shape->head_dimension, all.totals + (r * group + i) * shape->value_stride,
             shape->head_dimension * sizeof(float));
  }
}

static void CK_NAME(attention_scores)(const ck_attention_shape *shape, const float *q, size_t q_stride, size_t first,
                                      size_t rows, float *scores, size_t score_stride) {
  for (size_t head = 0; head < shape->group; ++head)
    for (size_t row = 0; row < rows; ++row) {
      const float *query = q + row * q_stride + head * shape->head_dimension;
      float *score = scores + (head * rows + row) * score_stride;
      CK_NAME(score)(shape, 1, &query, 0, first + row + 1, &score);
      if (shape->soft_cap > 0) CK_NAME(soft_cap)(score, shape->soft_cap, score, first + row + 1);
    }
}

static void CK_NAME(attention_pattern)(const ck_attention_shape *shape, size_t first, size_t rows, float *scores,
                                       size_t score_stride) {
  for (size_t head = 0; head < shape->group; ++head)
    for (size_t row = 0; row < rows; ++row) {
      size_t own = CK_NAME(window_begin)(shape, first + row);
      CK_NAME(softmax)(scores + (head * rows + row) * score_stride + own, first + row + 1 - own);
    }
}

static void CK_NAME(attention_mix)(const ck_attention_shape *shape, const float *pattern, size_t pattern_stride,
                                   size_t first, size_t rows, float *out, size_t out_stride) {
  for (size_t head = 0; head < shape->group; ++head)
    for (size_t row = 0; row < rows; ++row) {
      const float *weights = pattern + (head * rows + row) * pattern_stride;
      float *result = out + row * out_stride + head * shape->head_dimension;
      size_t length = first + row + 1;
      CK_NAME(mix)(shape, 1, &weights, 0, &length, &result);
    }
}

static const ck_attention_kernels CK_NAME(attention_kernels) = {
    CK_NAME(attend),
    CK_NAME(attend_continuations),
    CK_NAME(attention_scores),
    CK_NAME(attention_pattern),
    CK_NAME(attention_mix),
};
