#ifndef CK_ROWS_H
#define CK_ROWS_H

#include <stddef.h>
#include <stdint.h>

// Each function works on one row, in an order of additions that depends on the row's length alone: the same row gives
// the same bits in any batch. `out` may be an input unless said otherwise.

// scale = sqrt(mean(x^2) + epsilon). x [n].
float ck_rms_scale(const float *x, size_t n, float epsilon);

// out = x / scale. x, out [n].
void ck_divide(const float *x, float scale, float *out, size_t n);

// out = a * b. a, b, out [n].
void ck_multiply(const float *a, const float *b, float *out, size_t n);

// out = a + b. a, b, out [n].
void ck_add(const float *a, const float *b, float *out, size_t n);

// x += k * y. x, y [n], not overlapping.
void ck_add_scaled(float *x, float k, const float *y, size_t n);

// out = silu(gate) * up, silu(g) = g / (1 + exp(-g)). gate, up, out [n].
void ck_silu_multiply(const float *gate, const float *up, float *out, size_t n);

// out = x - mean(x). x, out [n], n > 0.
void ck_center(const float *x, float *out, size_t n);

// out = x / (1 + exp(-x)). x, out [n].
void ck_silu(const float *x, float *out, size_t n);

// out = x * Phi(x), Phi the normal distribution function. x, out [n].
void ck_gelu(const float *x, float *out, size_t n);

// out = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))). x, out [n].
void ck_gelu_tanh(const float *x, float *out, size_t n);

// out = x / (1 + exp(-1.702 x)). x, out [n].
void ck_quick_gelu(const float *x, float *out, size_t n);

// out = max(x, 0); NaN stays. x, out [n].
void ck_relu(const float *x, float *out, size_t n);

// out = max(x, 0)^2; NaN stays. x, out [n].
void ck_relu_squared(const float *x, float *out, size_t n);

// out = cap * tanh(x / cap). x, out [n], cap > 0.
void ck_soft_cap(const float *x, float cap, float *out, size_t n);

// Rotates the pairs (2i, 2i+1) by the angle whose cosine and sine are given. x [2 * pairs], cosines, sines [pairs].
void ck_rotate_interleaved(float *x, const float *cosines, const float *sines, size_t pairs);

// Rotates the pairs (i, i + pairs).
void ck_rotate_halves(float *x, const float *cosines, const float *sines, size_t pairs);

// sum of a[i] * b[i], in 16 partial sums. a, b [n].
float ck_dot(const float *a, const float *b, size_t n);

// sum of x[i], in 16 partial sums. x [n].
float ck_sum(const float *x, size_t n);

// max(x). x [n], n > 0, no NaN.
float ck_max(const float *x, size_t n);

// log(sum(exp(x))), the sum of the exponentials taken in double. x [n], n > 0.
double ck_log_sum_exp(const float *x, size_t n);

// out = exp((x - shift) * factor). x, out [n].
void ck_exp_scaled(const float *x, float shift, float factor, float *out, size_t n);

// Turns the first n elements of x into softmax(x); n > 0.
void ck_softmax(float *x, size_t n);

#endif
