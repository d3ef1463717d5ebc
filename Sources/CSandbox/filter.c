#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#ifndef SECCOMP_RET_USER_NOTIF
#define SECCOMP_RET_USER_NOTIF 0x7fc00000U
#endif

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0
#endif

/// Number of the untrusted process in its namespace.
enum { OWN_PROCESS = 1 };

/// What an interpreter needs for computing, for its own files and for threads.
static const int allowed[] = {
    SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_close, SYS_fstat, SYS_newfstatat,
    SYS_statx, SYS_lseek, SYS_mmap, SYS_mprotect, SYS_munmap, SYS_brk, SYS_mremap, SYS_madvise, SYS_rt_sigaction,
    SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_rt_sigpending, SYS_rt_sigtimedwait, SYS_rt_sigsuspend, SYS_sigaltstack,
    SYS_faccessat, SYS_faccessat2, SYS_pipe2, SYS_pselect6, SYS_ppoll, SYS_epoll_create1, SYS_epoll_ctl,
    SYS_epoll_pwait, SYS_eventfd2, SYS_sched_yield, SYS_sched_getaffinity, SYS_nanosleep, SYS_clock_nanosleep,
    SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday, SYS_times, SYS_getpid, SYS_gettid, SYS_getppid, SYS_getuid,
    SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getresuid, SYS_getresgid, SYS_getgroups, SYS_getpgid, SYS_getsid,
    SYS_dup, SYS_dup3, SYS_fcntl, SYS_openat, SYS_readlinkat, SYS_getcwd, SYS_chdir, SYS_fchdir, SYS_getdents64,
    SYS_mkdirat, SYS_unlinkat, SYS_renameat, SYS_renameat2, SYS_ftruncate, SYS_truncate, SYS_fsync, SYS_fdatasync,
    SYS_fchmod, SYS_fchmodat, SYS_utimensat, SYS_umask, SYS_flock, SYS_sendfile, SYS_copy_file_range, SYS_statfs,
    SYS_fstatfs, SYS_futex, SYS_set_robust_list, SYS_get_robust_list, SYS_set_tid_address, SYS_exit, SYS_exit_group,
    SYS_getrandom, SYS_uname, SYS_sysinfo, SYS_getrusage, SYS_getcpu, SYS_membarrier, SYS_wait4, SYS_waitid,
    SYS_setitimer, SYS_getitimer, SYS_close_range, SYS_restart_syscall,
#ifdef SYS_rseq
    SYS_rseq,
#endif
#ifdef SYS_open
    SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_pipe, SYS_select, SYS_poll, SYS_epoll_create, SYS_epoll_wait,
    SYS_eventfd, SYS_dup2, SYS_creat, SYS_readlink, SYS_getdents, SYS_mkdir, SYS_rmdir, SYS_unlink, SYS_rename,
    SYS_chmod, SYS_utimes, SYS_time, SYS_getpgrp, SYS_arch_prctl, SYS_alarm, SYS_pause, SYS_getrlimit,
#endif
};

typedef struct {
    int number, error;
} denial;

/// What libraries only try, and do without: they are told no, and go on.
static const denial denied[] = {
    {SYS_setrlimit, EPERM},  {SYS_sched_setaffinity, EPERM}, {SYS_setpriority, EPERM}, {SYS_clone3, ENOSYS},
    {SYS_symlinkat, EPERM},  {SYS_linkat, EPERM},            {SYS_fchown, EPERM},      {SYS_fchownat, EPERM},
    {SYS_io_uring_setup, ENOSYS},
#ifdef SYS_symlink
    {SYS_symlink, EPERM},    {SYS_link, EPERM},              {SYS_chown, EPERM},       {SYS_lchown, EPERM},
#endif
};

/// Terminal questions that input and output libraries ask; TCGETS, TIOCGWINSZ, FIONREAD, FIONCLEX, FIOCLEX.
static const unsigned ioctls[] = {0x5401, 0x5413, 0x541B, 0x5450, 0x5451};

typedef struct {
    struct sock_filter code[CS_FILTER_CAPACITY];
    size_t count;
} assembler;

static void put(assembler *out, unsigned short code, unsigned char yes, unsigned char no, unsigned value) {
    if (out->count < CS_FILTER_CAPACITY) {
        struct sock_filter instruction = {code, yes, no, value};
        out->code[out->count] = instruction;
    }
    out->count++;
}

static void load(assembler *out, size_t offset) { put(out, BPF_LD | BPF_W | BPF_ABS, 0, 0, (unsigned)offset); }

static void answer(assembler *out, unsigned value) { put(out, BPF_RET | BPF_K, 0, 0, value); }

static void load_argument(assembler *out, int index, int is_high) {
    load(out, offsetof(struct seccomp_data, args) + 8u * (size_t)index + (is_high ? 4u : 0u));
}

/// Answers where the accumulator equals the value; otherwise goes on.
static void answer_if_equal(assembler *out, unsigned value, unsigned result) {
    put(out, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
    answer(out, result);
}

/// Skips the instructions that `begin` and `finish` enclose where the call has another number.
static size_t begin(assembler *out, int number) {
    put(out, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, (unsigned)number);
    return out->count - 1;
}

static void finish(assembler *out, size_t start) {
    size_t length = out->count - start - 1;
    if (start < CS_FILTER_CAPACITY) out->code[start].jf = (unsigned char)length;
}

/// Threads are allowed; new namespaces never are; processes where the limits leave room for them.
static void judge_clone(assembler *out, int allows_processes) {
    const unsigned namespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
        | CLONE_NEWCGROUP | CLONE_NEWTIME;
    size_t start = begin(out, SYS_clone);
    load_argument(out, 0, 0);
    // CLONE_NEWTIME shares its bit with the exit signal, which is 17 in practice; the mask of the others is tested.
    put(out, BPF_JMP | BPF_JSET | BPF_K, 0, 1, namespaces & ~(unsigned)CLONE_NEWTIME);
    answer(out, SECCOMP_RET_USER_NOTIF);
    if (allows_processes) {
        answer(out, SECCOMP_RET_ALLOW);
    } else {
        put(out, BPF_JMP | BPF_JSET | BPF_K, 0, 1, CLONE_THREAD);
        answer(out, SECCOMP_RET_ALLOW);
        answer(out, SECCOMP_RET_USER_NOTIF);
    }
    finish(out, start);
}

static void judge_signals(assembler *out, int number) {
    size_t start = begin(out, number);
    load_argument(out, 0, 0);
    answer_if_equal(out, OWN_PROCESS, SECCOMP_RET_ALLOW);
    answer(out, SECCOMP_RET_USER_NOTIF);
    finish(out, start);
}

/// Name services try a local socket first and do without it; every other family is a connection to somewhere.
static void judge_sockets(assembler *out) {
    size_t start = begin(out, SYS_socket);
    load_argument(out, 0, 0);
    answer_if_equal(out, 1 /* AF_UNIX */, SECCOMP_RET_ERRNO | EACCES);
    answer(out, SECCOMP_RET_USER_NOTIF);
    finish(out, start);
}

/// Reading a limit is allowed, setting one is not.
static void judge_limits(assembler *out) {
    size_t start = begin(out, SYS_prlimit64);
    load_argument(out, 2, 0);
    put(out, BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 0);
    load_argument(out, 2, 1);
    answer_if_equal(out, 0, SECCOMP_RET_ALLOW);
    answer(out, SECCOMP_RET_ERRNO | EPERM);
    finish(out, start);
}

static void judge_options(assembler *out) {
    size_t start = begin(out, SYS_ioctl);
    load_argument(out, 1, 0);
    for (size_t i = 0; i < sizeof ioctls / sizeof ioctls[0]; i++)
        answer_if_equal(out, ioctls[i], SECCOMP_RET_ALLOW);
    answer(out, SECCOMP_RET_ERRNO | ENOTTY);
    finish(out, start);
    start = begin(out, SYS_prctl);
    load_argument(out, 0, 0);
    answer_if_equal(out, PR_SET_NAME, SECCOMP_RET_ALLOW);
    answer_if_equal(out, PR_GET_NAME, SECCOMP_RET_ALLOW);
    answer(out, SECCOMP_RET_ERRNO | EPERM);
    finish(out, start);
}

size_t cs_filter(int allows_processes, uint64_t *filter) {
    if (ARCHITECTURE == 0) return 0;
    assembler out = {.count = 0};
    load(&out, offsetof(struct seccomp_data, arch));
    put(&out, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCHITECTURE);
    answer(&out, SECCOMP_RET_KILL_PROCESS);
    load(&out, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
    // Calls of the x32 interface have this bit.
    put(&out, BPF_JMP | BPF_JGE | BPF_K, 0, 1, 0x40000000);
    answer(&out, SECCOMP_RET_KILL_PROCESS);
#endif
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        answer_if_equal(&out, (unsigned)allowed[i], SECCOMP_RET_ALLOW);
    for (size_t i = 0; i < sizeof denied / sizeof denied[0]; i++)
        answer_if_equal(&out, (unsigned)denied[i].number, SECCOMP_RET_ERRNO | (unsigned)denied[i].error);
#ifdef SYS_fork
    if (allows_processes) {
        answer_if_equal(&out, SYS_fork, SECCOMP_RET_ALLOW);
        answer_if_equal(&out, SYS_vfork, SECCOMP_RET_ALLOW);
    }
#endif
    judge_clone(&out, allows_processes);
    judge_signals(&out, SYS_kill);
    judge_signals(&out, SYS_tgkill);
    judge_sockets(&out);
    judge_limits(&out);
    judge_options(&out);
    answer(&out, SECCOMP_RET_USER_NOTIF);
    if (out.count > CS_FILTER_CAPACITY) return 0;
    _Static_assert(sizeof(struct sock_filter) == sizeof(uint64_t), "an instruction has eight bytes");
    memcpy(filter, out.code, out.count * sizeof(uint64_t));
    return out.count;
}
