#ifndef CK_PARALLEL_H
#define CK_PARALLEL_H

#include <stddef.h>

// Largest number of threads that ck_parallel_for uses.
size_t ck_parallel_limit(void);

// ck_parallel_for itself takes a closure of Swift, which C's types cannot say: ParallelFor.swift declares it.

#endif
