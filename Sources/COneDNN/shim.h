#ifndef ASSAY_ONEDNN_SHIM_H
#define ASSAY_ONEDNN_SHIM_H

#include <dlfcn.h>
#include <dnnl.h>

// oneDNN asks OpenMP how many threads a primitive may use. Assay divides the work itself and wants one for each call,
// which is what makes results independent of the number of threads. The setting belongs to the calling thread.
static inline void assay_onednn_use_one_thread(void) {
  static void (*set_threads)(int);
  if (!set_threads) *(void **)&set_threads = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set_threads) set_threads(1);
}

#endif
