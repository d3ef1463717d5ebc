#include "simd/kernels.h"

#if defined(__x86_64__)

#define CK_FMA 1
#define CK_NAME(name) avx512_instruction_##name

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang attribute push(__attribute__((target("avx512bf16,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), \
                             apply_to = function)

#include "simd/vector.h"
#include "simd/exponential.h"
#define CK_WIDE_TILES 1
#define CK_BF16_INSTRUCTION 1
#define CK_BF16_KERNEL_NAME "avx512-bf16"
#include "simd/bf16.h"

#pragma clang attribute pop

#endif
