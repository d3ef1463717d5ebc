#include "simd/kernels.h"

#if defined(__x86_64__)

#define CK_FMA 1
#define CK_NAME(name) avx512_##name

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)

#include "simd/vector.h"
#include "simd/exponential.h"
#include "simd/rows.h"
#include "simd/attention.h"
#define CK_WIDE_TILES 1
#define CK_BF16_KERNEL_NAME "avx512"
#include "simd/bf16.h"
#include "simd/backward.h"

#pragma clang attribute pop

const ck_kernels ck_kernels_avx512 = {"avx512", &avx512_row_kernels, &avx512_attention_kernels, &avx512_backward_kernels};

#endif
