#ifndef CK_BACKEND_H
#define CK_BACKEND_H

// The instruction set that was chosen when the process started: "avx512", "avx2" or "generic".
// ASSAY_SIMD=generic or ASSAY_SIMD=avx2 in the environment chooses a lower one.
const char *ck_backend_name(void);

// Whether a multiply-add of that set rounds once; "generic" rounds the product and then the sum.
int ck_fuses_multiply_add(void);

#endif
