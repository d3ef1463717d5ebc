// Sixteen floats, whatever the machine's registers hold. Included once for each instruction set; CK_FMA says whether
// it has a fused multiply-add.

#ifndef CK_SIMD_TYPES
#define CK_SIMD_TYPES

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { lanes = 16 };

typedef float vector __attribute__((vector_size(64)));
typedef int32_t integers __attribute__((vector_size(64)));
typedef float unaligned_vector __attribute__((vector_size(64), aligned(4)));

#define CK_INLINE static inline __attribute__((always_inline))

#endif

// Not `(vector){} + x`: adding zero is an operation, for it turns -0 into 0.
CK_INLINE vector CK_NAME(splat)(float x) { return (vector){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }

#if CK_FMA
#define multiply_add(a, b, c) __builtin_elementwise_fma((a), (b), (c))
#define multiply_add_one(a, b, c) __builtin_fmaf((a), (b), (c))
#else
#define multiply_add(a, b, c) ((a) * (b) + (c))
#define multiply_add_one(a, b, c) ((a) * (b) + (c))
#endif

#define load(p) (*(const unaligned_vector *)(p))
#define store(p, v) (*(unaligned_vector *)(p) = (v))
#define broadcast(x) CK_NAME(splat)(x)
#define select(mask, a, b) ((vector)(((mask) & (integers)(a)) | (~(mask) & (integers)(b))))
