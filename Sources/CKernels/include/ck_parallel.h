#ifndef CK_PARALLEL_H
#define CK_PARALLEL_H

#include <stddef.h>

// Calls body(context, task, worker) once for each task in 0 ..< tasks, on at most `threads` threads, the caller among
// them, and returns when all have ended. worker is in 0 ..< threads. Tasks are handed out in order as workers become
// free, so a task must not depend on which worker runs it. Calls from several threads take turns.
void ck_parallel_for(size_t tasks, size_t threads, void (*body)(void *context, size_t task, size_t worker),
                     void *context);

// Largest number of threads that ck_parallel_for uses.
size_t ck_parallel_limit(void);

#endif
