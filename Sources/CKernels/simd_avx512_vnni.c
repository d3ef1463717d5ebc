#include "simd/kernels.h"

#if defined(__x86_64__)

#define CK_FMA 1
#define CK_NAME(name) avx512_vnni_##name

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang attribute push(__attribute__((target("avx512vnni,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), \
                             apply_to = function)

#include "simd/vector.h"
#include "simd/exponential.h"
#define CK_VNNI 1
#define CK_QUANTIZED_KERNEL_NAME "avx512-vnni"
#include "simd/quantized.h"

#pragma clang attribute pop

#endif
