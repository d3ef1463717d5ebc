#include "ck_parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// A pool of sleeping workers. A worker spins for a moment before it sleeps: between two products of one token there
// are microseconds, less than waking a thread costs.
//
// Nobody waits for a worker that has not begun: the caller takes tasks like the others, and returns when those that were
// taken have ended. On a machine with other work a sleeping worker may need longer to wake than the job takes.

enum { limit = 64, spins = 4000, task_bits = 32 };

typedef struct {
  void (*body)(void *, size_t, size_t);
  void *context;
  size_t tasks;
  size_t threads;
  // Which job this is, modulo 2^32.
  uint64_t generation;
} job;

static pthread_mutex_t entrance = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static job current;
// The generation and, in the lower half, the next task: a worker that comes late cannot take a task of the next job.
static atomic_uint_fast64_t ticket;
static atomic_size_t done;
static atomic_size_t started;
static _Thread_local bool inside;

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

static uint64_t generation_now(void) { return atomic_load_explicit(&ticket, memory_order_acquire) >> task_bits; }

static bool take_task(const job *work, size_t *task) {
  uint_fast64_t seen = atomic_load_explicit(&ticket, memory_order_acquire);
  do {
    *task = (size_t)(seen & (((uint64_t)1 << task_bits) - 1));
    if (seen >> task_bits != work->generation || *task >= work->tasks) return false;
  } while (!atomic_compare_exchange_weak_explicit(&ticket, &seen, seen + 1, memory_order_acq_rel, memory_order_acquire));
  return true;
}

static void run_tasks(const job *work, size_t worker) {
  size_t task;
  while (take_task(work, &task)) {
    work->body(work->context, task, worker);
    atomic_fetch_add_explicit(&done, 1, memory_order_release);
  }
}

static job wait_for_job(uint64_t seen) {
  for (int spin = 0; spin < spins && generation_now() == seen; ++spin) pause_briefly();
  pthread_mutex_lock(&lock);
  while (current.generation == seen) pthread_cond_wait(&wake, &lock);
  job work = current;
  pthread_mutex_unlock(&lock);
  return work;
}

static void *work_forever(void *argument) {
  size_t worker = (size_t)(uintptr_t)argument;
  job work = {.generation = 0};
  inside = true;
  for (;;) {
    work = wait_for_job(work.generation);
    if (worker < work.threads) run_tasks(&work, worker);
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

static void publish(job *work) {
  pthread_mutex_lock(&lock);
  work->generation = (current.generation + 1) & (((uint64_t)1 << task_bits) - 1);
  current = *work;
  atomic_store_explicit(&done, 0, memory_order_relaxed);
  atomic_store_explicit(&ticket, work->generation << task_bits, memory_order_release);
  pthread_cond_broadcast(&wake);
  pthread_mutex_unlock(&lock);
}

// Gives the processor away when it takes long: a worker may be waiting for it.
static void wait_for_tasks(size_t tasks) {
  for (int spin = 0; atomic_load_explicit(&done, memory_order_acquire) != tasks; ++spin) {
    if (spin < spins) pause_briefly();
    else sched_yield();
  }
}

void ck_parallel_for(size_t tasks, size_t threads, void (*body)(void *, size_t, size_t), void *context) {
  if (threads > limit) threads = limit;
  if (threads <= 1 || tasks <= 1 || tasks >> task_bits || inside) {
    for (size_t task = 0; task < tasks; ++task) body(context, task, 0);
    return;
  }
  pthread_mutex_lock(&entrance);
  start_workers(threads);
  job work = {.body = body, .context = context, .tasks = tasks, .threads = threads};
  publish(&work);
  inside = true;
  run_tasks(&work, 0);
  inside = false;
  wait_for_tasks(tasks);
  pthread_mutex_unlock(&entrance);
}

size_t ck_parallel_limit(void) { return limit; }
