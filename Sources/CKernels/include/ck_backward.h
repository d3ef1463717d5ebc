#ifndef CK_BACKWARD_H
#define CK_BACKWARD_H

#include <stddef.h>

// Gradients of the operations of ck_rows.h and ck_attention.h, and the steps of optimisers. A name with d in front is
// the gradient of the loss with respect to that array. Nothing overlaps unless it is said to.

// y = x / scale * weight with scale = sqrt(mean(x^2) + epsilon): dx += dy * dy/dx. x, weight, dy, dx [n].
void ck_rms_norm_backward(const float *x, float scale, const float *weight, const float *dy, float *dx, size_t n);

// y = (x - mean) / scale * weight (+ bias) with scale = sqrt(variance + epsilon): dx += dy * dy/dx.
void ck_layer_norm_backward(const float *x, float mean, float scale, const float *weight, const float *dy, float *dx,
                            size_t n);

// out += k * a * (b - shift). a, b, out [n].
void ck_add_product(float *out, float k, const float *a, const float *b, float shift, size_t n);

// post = silu(gate) * up: dgate and dup are written. All [n].
void ck_silu_multiply_backward(const float *gate, const float *up, const float *dpost, float *dgate, float *dup,
                               size_t n);

// dx = dy * f'(x) for the functions of ck_rows.h, 0 where ck_relu has its corner; dx may be dy. x, dy, dx [n].
void ck_silu_backward(const float *x, const float *dy, float *dx, size_t n);
void ck_gelu_backward(const float *x, const float *dy, float *dx, size_t n);
void ck_gelu_tanh_backward(const float *x, const float *dy, float *dx, size_t n);
void ck_quick_gelu_backward(const float *x, const float *dy, float *dx, size_t n);
void ck_relu_backward(const float *x, const float *dy, float *dx, size_t n);
void ck_relu_squared_backward(const float *x, const float *dy, float *dx, size_t n);

// y = cap * tanh(x / cap): dy becomes dx. y, dy [n].
void ck_soft_cap_backward(const float *y, float cap, float *dy, size_t n);

// x *= k. x [n].
void ck_scale(float *x, float k, size_t n);

// What the gradient of one key-value head's attention needs; see ck_attention.h for the forward pass. Rows are the
// positions 0 ..< rows of one sequence.
typedef struct {
  size_t rows;
  size_t first;           // dz of the rows before it is 0: their part is passed over
  size_t group;           // query heads
  size_t head_dimension;
  size_t window;          // most positions that a row sees; 0 for all up to its own
  float scale;            // what scores were multiplied with
  float soft_cap;         // scores became cap * tanh(score / cap); 0 where they stayed
  const float *q;         // [rows][group][head_dimension]
  const float *k;         // [rows][head_dimension]
  const float *v;         // [rows][head_dimension]
  size_t stride;          // from row to row of q, k and v
  const float *dz;        // [rows][group][head_dimension]
  size_t dz_stride;
  float *dq;              // written; shaped as q, k and v
  float *dk;
  float *dv;
  size_t gradient_stride;
} ck_attention_gradient;

// Elements of scratch that ck_attend_backward needs.
size_t ck_attention_backward_scratch(size_t rows, size_t head_dimension);

// dq, dk and dv of z = softmax(scale * q * transpose(k)) * v. The patterns are computed again, a block of queries at a
// time: they are not kept between the passes.
void ck_attend_backward(const ck_attention_gradient *gradient, float *scratch);

// The constants of one step of AdamW (Loshchilov and Hutter 2019, algorithm 2), in the order of operations of torch.
typedef struct {
  float beta1, beta2, epsilon;
  float decay;             // 1 - rate * weight decay
  float step;              // rate / (1 - beta1^t)
  float root_correction;   // sqrt(1 - beta2^t)
  float gradient_scale;    // of clipping and averaging
} ck_adamw_step;

// w, m and v are changed. All [n].
void ck_adamw(const ck_adamw_step *step, float *w, const float *g, float *m, float *v, size_t n);

// out[c * out_stride + r] = in[r * in_stride + c] for r < rows, c < columns.
void ck_transpose(const float *in, size_t in_stride, size_t rows, size_t columns, float *out, size_t out_stride);

#endif
