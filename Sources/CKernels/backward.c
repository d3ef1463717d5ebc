#include "ck_backward.h"

#include "simd/kernels.h"

void ck_rms_norm_backward(const float *x, float scale, const float *weight, const float *dy, float *dx, size_t n) {
  ck_backward()->rms_norm(x, scale, weight, dy, dx, n);
}

void ck_layer_norm_backward(const float *x, float mean, float scale, const float *weight, const float *dy, float *dx,
                            size_t n) {
  ck_backward()->layer_norm(x, mean, scale, weight, dy, dx, n);
}

void ck_add_product(float *out, float k, const float *a, const float *b, float shift, size_t n) {
  ck_backward()->add_product(out, k, a, b, shift, n);
}

void ck_silu_multiply_backward(const float *gate, const float *up, const float *dpost, float *dgate, float *dup,
                               size_t n) {
  ck_backward()->silu_multiply(gate, up, dpost, dgate, dup, n);
}

void ck_silu_backward(const float *x, const float *dy, float *dx, size_t n) { ck_backward()->silu(x, dy, dx, n); }

void ck_gelu_backward(const float *x, const float *dy, float *dx, size_t n) { ck_backward()->gelu(x, dy, dx, n); }

void ck_gelu_tanh_backward(const float *x, const float *dy, float *dx, size_t n) {
  ck_backward()->gelu_tanh(x, dy, dx, n);
}

void ck_quick_gelu_backward(const float *x, const float *dy, float *dx, size_t n) {
  ck_backward()->quick_gelu(x, dy, dx, n);
}

void ck_relu_backward(const float *x, const float *dy, float *dx, size_t n) { ck_backward()->relu(x, dy, dx, n); }

void ck_relu_squared_backward(const float *x, const float *dy, float *dx, size_t n) {
  ck_backward()->relu_squared(x, dy, dx, n);
}

void ck_soft_cap_backward(const float *y, float cap, float *dy, size_t n) { ck_backward()->soft_cap(y, cap, dy, n); }

void ck_scale(float *x, float k, size_t n) { ck_backward()->scale(x, k, n); }

void ck_adamw(const ck_adamw_step *step, float *w, const float *g, float *m, float *v, size_t n) {
  ck_backward()->adamw(step, w, g, m, v, n);
}

size_t ck_attention_backward_scratch(size_t rows, size_t head_dimension) {
  size_t positions = (rows + 15) / 16 * 16, width = (head_dimension + 15) / 16 * 16;
  return 8 * positions * width + (2 * CK_GRADIENT_QUERIES + 4) * ck_gradient_stride(positions);
}

void ck_attend_backward(const ck_attention_gradient *gradient, float *scratch) {
  ck_backward()->attend(gradient, scratch);
}

// Tiles of sixteen by sixteen: a line of the cache is used whole on either side.
void ck_transpose(const float *in, size_t in_stride, size_t rows, size_t columns, float *out, size_t out_stride) {
  for (size_t r = 0; r < rows; r += 16)
    for (size_t c = 0; c < columns; c += 16) {
      if (rows - r >= 16 && columns - c >= 16) {
        ck_backward()->transpose_tile(in + r * in_stride + c, in_stride, out + c * out_stride + r, out_stride);
        continue;
      }
      size_t height = rows - r < 16 ? rows - r : 16, width = columns - c < 16 ? columns - c : 16;
      for (size_t j = 0; j < width; ++j)
        for (size_t i = 0; i < height; ++i) out[(c + j) * out_stride + r + i] = in[(r + i) * in_stride + c + j];
    }
}
