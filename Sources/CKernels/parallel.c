#include "ck_parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// A pool of sleeping workers. A worker spins for a moment before it sleeps: between two products of one token there
// are microseconds, less than waking a thread costs.

enum { limit = 64, spins = 4000 };

typedef struct {
  void (*body)(void *, size_t, size_t);
  void *context;
  size_t tasks;
  size_t threads;
} job;

static pthread_mutex_t entrance = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static job current;
static atomic_size_t next_task;
static atomic_size_t busy;
static atomic_uint_fast64_t generation;
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
    work->body(work->context, task, worker);
  }
}

static uint64_t wait_for_job(uint64_t seen) {
  for (int spin = 0; spin < spins; ++spin) {
    uint64_t now = atomic_load_explicit(&generation, memory_order_acquire);
    if (now != seen) return now;
    pause_briefly();
  }
  pthread_mutex_lock(&lock);
  while (atomic_load(&generation) == seen) pthread_cond_wait(&wake, &lock);
  pthread_mutex_unlock(&lock);
  return atomic_load(&generation);
}

// A worker is counted in `busy` for every generation, whether or not the job has work for it.
static void *work_forever(void *argument) {
  size_t worker = (size_t)(uintptr_t)argument;
  uint64_t seen = 0;
  inside = true;
  for (;;) {
    seen = wait_for_job(seen);
    job work = current;
    if (worker < work.threads) run_tasks(&work, worker);
    atomic_fetch_sub_explicit(&busy, 1, memory_order_release);
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
  atomic_store(&busy, atomic_load(&started));
  atomic_fetch_add_explicit(&generation, 1, memory_order_release);
  pthread_cond_broadcast(&wake);
  pthread_mutex_unlock(&lock);
}

// Gives the processor away when it takes long: a worker may be waiting for it.
static void wait_for_workers(void) {
  for (int spin = 0; atomic_load_explicit(&busy, memory_order_acquire) != 0; ++spin) {
    if (spin < spins) pause_briefly();
    else sched_yield();
  }
}

void ck_parallel_for(size_t tasks, size_t threads, void (*body)(void *, size_t, size_t), void *context) {
  if (threads > limit) threads = limit;
  if (threads <= 1 || tasks <= 1 || inside) {
    for (size_t task = 0; task < tasks; ++task) body(context, task, 0);
    return;
  }
  pthread_mutex_lock(&entrance);
  start_workers(threads);
  job work = {body, context, tasks, threads};
  publish(&work);
  inside = true;
  run_tasks(&work, 0);
  inside = false;
  wait_for_workers();
  pthread_mutex_unlock(&entrance);
}

size_t ck_parallel_limit(void) { return limit; }
