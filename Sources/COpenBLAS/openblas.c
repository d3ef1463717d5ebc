#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

typedef void (*sgemm_function)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                               const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);

// Fortran's calling convention: everything by reference, and the lengths of the texts at the end.
typedef void (*dsyevd_function)(const char *job, const char *triangle, const int *n, double *a, const int *lda,
                                double *w, double *work, const int *lwork, int *iwork, const int *liwork, int *info,
                                size_t job_length, size_t triangle_length);

static sgemm_function sgemm;
static dsyevd_function dsyevd;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load_library(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
    setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
#endif
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  *(void **)&sgemm = dlsym(library, "cblas_sgemm");
  *(void **)&dsyevd = dlsym(library, "dsyevd_");
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

int cob_symmetric_eigen(size_t n, double *a, double *values, double *work, size_t work_length, int *integer_work,
                        size_t integer_work_length) {
  if (!dsyevd) return -1;
  int size = (int)n, work_size = (int)work_length, integer_size = (int)integer_work_length, info = 0;
  dsyevd("V", "L", &size, a, &size, values, work, &work_size, integer_work, &integer_size, &info, 1, 1);
  return info;
}
