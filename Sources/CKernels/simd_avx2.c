#include "simd/kernels.h"

#if defined(__x86_64__)

#define CK_FMA 1
#define CK_NAME(name) avx2_##name

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
// Functions that take or return vectors are all inlined, so the calling convention does not matter.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "simd/vector.h"
#include "simd/exponential.h"
#include "simd/rows.h"
#include "simd/attention.h"
#define CK_BF16_KERNEL_NAME "avx2"
#include "simd/bf16.h"
#define CK_AVX2 1
#define CK_QUANTIZED_KERNEL_NAME "avx2"
#include "simd/quantized.h"
#include "simd/backward.h"

#pragma clang attribute pop

const ck_kernels ck_kernels_avx2 = {"avx2", &avx2_row_kernels, &avx2_attention_kernels, &avx2_backward_kernels};

#endif
