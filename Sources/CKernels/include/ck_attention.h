#ifndef CK_ATTENTION_H
#define CK_ATTENTION_H

#include <stddef.h>

// Causal attention of the query heads that share one key-value head.
//
// Keys are stored in blocks of 16 positions, [block][head_dimension][16], so that one vector holds one component of 16
// keys. Values are stored by row, [position][value_stride]. A query's scores, its softmax and its mix of values are
// each computed in an order fixed by absolute positions: how queries are tiled, and where one segment ends and the next
// begins, cannot change a bit.

enum { CK_KEY_BLOCK = 16 };

// Consecutive positions held together. The first segment starts at position 0, each next one where the last ended.
typedef struct {
  const float *keys;    // [ceil(count / 16)][head_dimension][16]
  const float *values;  // [count][value_stride]
  size_t count;
} ck_segment;

typedef struct {
  const ck_segment *segments;
  size_t segment_count;
  size_t head_dimension;
  size_t value_stride;  // head_dimension rounded up to 16
  size_t group;         // query heads
  float scale;          // 1 / sqrt(head_dimension)
  size_t window;        // most positions that a query sees, the last ones, its own included; 0: all
  float soft_cap;       // scores become soft_cap * tanh(score / soft_cap); 0: they stay
} ck_attention_shape;

// Elements of scratch that ck_attend needs for `positions` positions.
size_t ck_attention_scratch(size_t positions);

// q [rows][group][head_dimension] with q_stride from row to row; out likewise. Row r stands at position first + r and
// sees positions 0 ... first + r, or the last `window` of them, all of which the segments hold. scratch [ck_attention_scratch(first + rows)].
void ck_attend(const ck_attention_shape *shape, const float *q, size_t q_stride, size_t first, size_t rows, float *out,
               size_t out_stride, float *scratch);

// One position behind a shared beginning: its queries and result, [group][head_dimension], and the keys and values of the
// positions behind the beginning up to its own.
typedef struct {
  const float *q;
  float *out;
  ck_segment tail;
} ck_continuation;

// Elements of scratch that ck_attend_continuations needs for `count` continuations that see `positions` positions at most.
size_t ck_continuation_scratch(const ck_attention_shape *shape, size_t count, size_t positions);

// Attention of several sequences that begin alike. shape->segments hold the beginning, whose keys and values are taken in
// pieces that stay in the cache while all queries pass; each sequence has the bits that ck_attend gives it. Without window.
void ck_attend_continuations(const ck_attention_shape *shape, const ck_continuation *rows, size_t count, float *scratch);

// The same in three steps, for those who look at or change what is between. scores [group][rows][score_stride], with
// score_stride >= first + rows rounded up to 16, plus 16. What lies outside a row's positions is left as it is by the
// second step; the third mixes positions 0 ... first + r, so zeros must stand before a window.
void ck_attention_scores(const ck_attention_shape *shape, const float *q, size_t q_stride, size_t first, size_t rows,
                         float *scores, size_t score_stride);
void ck_attention_pattern(const ck_attention_shape *shape, size_t first, size_t rows, float *scores,
                          size_t score_stride);
void ck_attention_mix(const ck_attention_shape *shape, const float *pattern, size_t pattern_stride, size_t first,
                      size_t rows, float *out, size_t out_stride);

// Puts the key of one position, [head_dimension], where it belongs in a segment's keys.
void ck_store_key(float *keys, size_t position, const float *key, size_t head_dimension);

#endif
