#ifndef COPENBLAS_H
#define COPENBLAS_H

// OpenBLAS, loaded when first asked for: it reads the environment once, when it is loaded, and an unknown processor
// makes it fall back to kernels of half the speed.

#include <stdbool.h>
#include <stddef.h>

// Loads the library with one thread and, where the processor has AVX-512, the kernels for it. False where the library
// is not installed.
bool cob_load(void);

// out [m][n] (row stride ldc) = x [m][k] (row stride lda) times the transpose of w [n][k]. After cob_load only.
void cob_multiply_transposed(size_t m, size_t n, size_t k, const float *x, size_t lda, const float *w, float *out,
                             size_t ldc);

// out [m][n] = a times b, or out += a times b; a is stored [m][k], or [k][m] where it is transposed; b [k][n], or [n][k].
// lda, ldb, ldc: from row to row as stored. After cob_load only.
void cob_multiply(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
                  const float *b, size_t ldb, bool add, float *out, size_t ldc);

// Eigenvalues, ascending, and eigenvectors of a symmetric matrix (LAPACK dsyevd). After cob_load only.
//   a: [n][n], of which one triangle is read; afterwards row i is the unit eigenvector of values[i]
//   work: at least 1 + 6 n + 2 n^2; integer_work: at least 3 + 5 n
// 0, or LAPACK's info; -1 where the library has no LAPACK.
int cob_symmetric_eigen(size_t n, double *a, double *values, double *work, size_t work_length, int *integer_work,
                        size_t integer_work_length);

#endif
