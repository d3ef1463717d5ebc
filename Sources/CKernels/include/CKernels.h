#ifndef CK_KERNELS_H
#define CK_KERNELS_H

// Arithmetic for one row or one tile. Nothing here allocates or reads a file.
// Every matrix is row-major float32; sizes count elements, strides count elements from row to row.

#include "ck_attention.h"
#include "ck_backward.h"
#include "ck_backend.h"
#include "ck_bf16.h"
#include "ck_dequantize.h"
#include "ck_memory.h"
#include "ck_parallel.h"
#include "ck_quantized.h"
#include "ck_rows.h"

#endif
