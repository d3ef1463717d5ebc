#include "simd/kernels.h"

#define CK_FMA 0
#define CK_NAME(name) generic_##name

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
// Functions that take or return vectors are all inlined, so the calling convention does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

#include "simd/vector.h"
#include "simd/exponential.h"
#include "simd/rows.h"
#include "simd/attention.h"
#define CK_BF16_KERNEL_NAME "generic"
#include "simd/bf16.h"
#define CK_QUANTIZED_KERNEL_NAME "generic"
#include "simd/quantized.h"
#include "simd/backward.h"

const ck_kernels ck_kernels_generic = {"generic", &generic_row_kernels, &generic_attention_kernels, &generic_backward_kernels};
