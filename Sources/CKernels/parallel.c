#include "ck_parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// A pool of sleeping workers. A worker spins for a moment before it sleeps: between two products of one token there
// are microseconds, less than waking a thread costs.
//
// Nobody waits for a worker that has not come: on a busy machine the system may not run it for milliseconds, and by
// then the others have done the work. A worker enters a job through the gate, while it is open; the caller closes the
// gate when no task is left and waits for those inside.

enum { limit = 64, spins = 4000 };

// The gate: the number of the job, whether it is open, and how many workers are inside.
enum { inside_bits = 8, open_bit = 1 << inside_bits, inside_mask = open_bit - 1, job_shift = inside_bits + 1 };

// A closure of Swift is its code and what it captured; its code is called by Swift's convention.
typedef __attribute__((swiftcall)) void (*closure)(size_t task, size_t worker,
                                                   __attribute__((swift_context)) void *captured);

typedef struct {
  closure body;
  void *captured;
  size_t tasks;
  size_t threads;
} job;

static pthread_mutex_t entrance = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static job current;
static atomic_size_t next_task;
static atomic_uint_fast64_t gate;
static atomic_size_t started;
static _Thread_local bool inside;

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

static void run_tasks(const job *work, size_t worker) {
  for (;;) {
    size_t task = atomic_fetch_add_explicit(&next_task, 1, memory_order_relaxed);
    if (task >= work->tasks) return;
    work->body(task, worker, work->captured);
  }
}

// Returns with the worker inside a job that it has not seen before; its number goes to `seen`.
static void enter_next_job(uint64_t *seen) {
  for (int spin = 0;; ++spin) {
    uint64_t now = atomic_load_explicit(&gate, memory_order_acquire);
    if (now >> job_shift != *seen && (now & open_bit)) {
      if (!atomic_compare_exchange_weak_explicit(&gate, &now, now + 1, memory_order_acquire, memory_order_relaxed))
        continue;
      *seen = now >> job_shift;
      return;
    }
    if (spin < spins) {
      pause_briefly();
      continue;
    }
    pthread_mutex_lock(&lock);
    while ((now = atomic_load(&gate)) >> job_shift == *seen || !(now & open_bit)) pthread_cond_wait(&wake, &lock);
    pthread_mutex_unlock(&lock);
  }
}

static void *work_forever(void *argument) {
  size_t worker = (size_t)(uintptr_t)argument;
  uint64_t seen = 0;
  inside = true;
  for (;;) {
    enter_next_job(&seen);
    job work = current;
    if (worker < work.threads) run_tasks(&work, worker);
    atomic_fetch_sub_explicit(&gate, 1, memory_order_release);
  }
  return NULL;
}

// Workers are made when first wanted; where the system gives fewer, the work is done by fewer.
static void start_workers(size_t wanted) {
  while (atomic_load(&started) + 1 < wanted) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    size_t worker = atomic_load(&started) + 1;
    int failed = pthread_create(&thread, &attributes, work_forever, (void *)(uintptr_t)worker);
    pthread_attr_destroy(&attributes);
    if (failed) return;
    atomic_fetch_add(&started, 1);
  }
}

static void publish(const job *work) {
  pthread_mutex_lock(&lock);
  current = *work;
  atomic_store(&next_task, 0);
  uint64_t number = (atomic_load(&gate) >> job_shift) + 1;
  atomic_store_explicit(&gate, number << job_shift | open_bit, memory_order_release);
  pthread_cond_broadcast(&wake);
  pthread_mutex_unlock(&lock);
}

// Gives the processor away when it takes long: a worker may be waiting for it.
static void close_and_wait(void) {
  atomic_fetch_and_explicit(&gate, ~(uint_fast64_t)open_bit, memory_order_acq_rel);
  for (int spin = 0; atomic_load_explicit(&gate, memory_order_acquire) & inside_mask; ++spin) {
    if (spin < spins) pause_briefly();
    else sched_yield();
  }
}

// Calls the closure once for each task in 0 ..< tasks, on at most `threads` threads, the caller among them, and returns
// when all have ended. worker is in 0 ..< threads. Tasks are handed out in order as workers become free, so a task must not
// depend on which worker runs it. Calls from several threads take turns.
__attribute__((swiftcall)) void ck_parallel_for(size_t tasks, size_t threads, closure body, void *captured) {
  if (threads > limit) threads = limit;
  if (threads <= 1 || tasks <= 1 || inside) {
    for (size_t task = 0; task < tasks; ++task) body(task, 0, captured);
    return;
  }
  pthread_mutex_lock(&entrance);
  start_workers(threads);
  job work = {body, captured, tasks, threads};
  publish(&work);
  inside = true;
  run_tasks(&work, 0);
  inside = false;
  close_and_wait();
  pthread_mutex_unlock(&entrance);
}

size_t ck_parallel_limit(void) { return limit; }
