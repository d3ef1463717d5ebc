#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

typedef void (*sgemm_function)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                               const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);

static sgemm_function sgemm;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load_library(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
    setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
#endif
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library) *(void **)&sgemm = dlsym(library, "cblas_sgemm");
}

bool cob_load(void) {
  pthread_once(&once, load_library);
  return sgemm != NULL;
}

void cob_multiply_transposed(size_t m, size_t n, size_t k, const float *x, size_t lda, const float *w, float *out,
                             size_t ldc) {
  enum { row_major = 101, plain = 111, transposed = 112 };
  sgemm(row_major, plain, transposed, (int)m, (int)n, (int)k, 1, x, (int)lda, w, (int)k, 0, out, (int)ldc);
}

void cob_multiply(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
                  const float *b, size_t ldb, bool add, float *out, size_t ldc) {
  enum { row_major = 101, plain = 111, transposed = 112 };
  sgemm(row_major, transpose_a ? transposed : plain, transpose_b ? transposed : plain, (int)m, (int)n, (int)k, 1, a,
        (int)lda, b, (int)ldb, add ? 1 : 0, out, (int)ldc);
}
