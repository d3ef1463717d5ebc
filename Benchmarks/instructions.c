// Runs one kernel on fixed numbers; see instructions.sh.

#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

enum { rows = 8, inputs = 768, outputs = 96 };

static float x[rows * inputs], weights[outputs * inputs], out[rows * outputs];

static void fill(float *values, size_t count) {
  uint32_t state = 1;
  for (size_t i = 0; i < count; ++i) {
    state = state * 1664525 + 1013904223;
    values[i] = (float)(state >> 8) / (1 << 24) - 0.5f;
  }
}

// The part that is counted.
__attribute__((noinline)) void measured(void (*body)(void)) { body(); }

static void *packed, *activations;
static ck_quantized_type type;

static void multiply_bf16(void) { ck_product_bf16(rows, inputs, outputs, activations, packed, out, outputs, 0); }

static void multiply_quantized(void) {
  ck_product_quantized(type, rows, inputs, outputs, activations, packed, out, outputs);
}

static void multiply_expanding(void) {
  ck_product_expanding(type, 1, inputs, outputs, x, inputs, packed, inputs, out, outputs);
}

static void dot(void) { out[0] = ck_dot(x, weights, inputs); }

static void softmax(void) { ck_softmax(x, inputs); }

static void bf16(void) {
  size_t panels = (outputs + CK_BF16_PANEL - 1) / CK_BF16_PANEL;
  char *panel = packed = aligned_alloc(64, panels * ck_bf16_panel_bytes(inputs));
  for (size_t p = 0; p < panels; ++p, panel += ck_bf16_panel_bytes(inputs))
    ck_pack_bf16(weights + p * CK_BF16_PANEL * inputs, inputs, CK_BF16_PANEL, inputs, panel);
  char *row = activations = malloc(rows * ck_bf16_row_bytes(inputs));
  for (size_t i = 0; i < rows; ++i) ck_round_activations_bf16(x + i * inputs, row + i * ck_bf16_row_bytes(inputs), inputs);
  measured(multiply_bf16);
}

// The numbers of a panel do not change how many instructions it costs, so they are all 1.
static void quantized(ck_quantized_type which, size_t columns, void (*multiply)(void)) {
  type = which;
  size_t bytes = outputs / CK_QUANTIZED_PANEL * ck_quantized_panel_bytes(which, columns);
  packed = aligned_alloc(64, (bytes + 63) / 64 * 64);
  memset(packed, 1, bytes);
  activations = malloc(rows * inputs / CK_ACTIVATION_BLOCK * sizeof(ck_activation_block));
  ck_quantize_activations(x, activations, rows * inputs);
  measured(multiply);
}

int main(int count, char **arguments) {
  fill(x, rows * inputs);
  fill(weights, outputs * inputs);
  const char *kernel = count > 1 ? arguments[1] : "";
  if (strcmp(kernel, "bf16") == 0) bf16();
  else if (strcmp(kernel, "q4_1") == 0) quantized(CK_Q4_1, inputs, multiply_quantized);
  else if (strcmp(kernel, "q8_0") == 0) quantized(CK_Q8_0, inputs, multiply_quantized);
  else if (strcmp(kernel, "q6_k") == 0) quantized(CK_Q6_K, inputs, multiply_quantized);
  else if (strcmp(kernel, "q4_1_f32") == 0) quantized(CK_Q4_1, inputs, multiply_expanding);
  else if (strcmp(kernel, "dot") == 0) measured(dot);
  else if (strcmp(kernel, "softmax") == 0) measured(softmax);
  else return 64;
  return 0;
}
