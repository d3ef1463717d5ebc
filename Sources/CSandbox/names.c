#define _GNU_SOURCE
#include "CSandbox.h"

#include <sys/syscall.h>

typedef struct {
    int number;
    const char *name;
} entry;

#define NAMED(call) {SYS_##call, #call}

/// Calls that the filter hands to the supervisor and that programs are known to make.
static const entry names[] = {
    NAMED(socket), NAMED(socketpair), NAMED(connect), NAMED(bind), NAMED(listen), NAMED(accept), NAMED(accept4),
    NAMED(sendto), NAMED(recvfrom), NAMED(sendmsg), NAMED(recvmsg), NAMED(shutdown), NAMED(getsockopt),
    NAMED(setsockopt), NAMED(clone), NAMED(clone3), NAMED(execve), NAMED(execveat), NAMED(kill), NAMED(tkill),
    NAMED(tgkill), NAMED(rt_sigqueueinfo), NAMED(rt_tgsigqueueinfo), NAMED(pidfd_open), NAMED(pidfd_getfd),
    NAMED(pidfd_send_signal), NAMED(ptrace), NAMED(process_vm_readv), NAMED(process_vm_writev), NAMED(mount),
    NAMED(umount2), NAMED(pivot_root), NAMED(chroot), NAMED(unshare), NAMED(setns), NAMED(setuid), NAMED(setgid),
    NAMED(setreuid), NAMED(setregid), NAMED(setresuid), NAMED(setresgid), NAMED(setgroups), NAMED(setpgid),
    NAMED(setsid), NAMED(capset), NAMED(capget), NAMED(seccomp), NAMED(bpf), NAMED(perf_event_open), NAMED(keyctl),
    NAMED(add_key), NAMED(request_key), NAMED(shmget), NAMED(shmat), NAMED(shmctl), NAMED(semget), NAMED(semop),
    NAMED(msgget), NAMED(msgsnd), NAMED(msgrcv), NAMED(memfd_create), NAMED(userfaultfd), NAMED(reboot),
    NAMED(init_module), NAMED(finit_module), NAMED(delete_module), NAMED(kexec_load), NAMED(swapon), NAMED(swapoff),
    NAMED(sethostname), NAMED(setdomainname), NAMED(settimeofday), NAMED(clock_settime), NAMED(adjtimex),
    NAMED(personality), NAMED(mknodat), NAMED(open_by_handle_at), NAMED(name_to_handle_at), NAMED(inotify_init1),
    NAMED(fanotify_init), NAMED(timer_create), NAMED(timerfd_create), NAMED(signalfd4), NAMED(mlock), NAMED(mlockall),
    NAMED(fallocate), NAMED(splice), NAMED(tee), NAMED(vmsplice), NAMED(sched_setscheduler), NAMED(sched_setparam),
    NAMED(sched_setattr), NAMED(quotactl), NAMED(acct), NAMED(syslog), NAMED(openat2), NAMED(open_tree),
    NAMED(move_mount), NAMED(mount_setattr), NAMED(fsopen), NAMED(io_setup), NAMED(io_uring_enter), NAMED(mq_open),
#ifdef SYS_fork
    NAMED(fork), NAMED(vfork), NAMED(mknod), NAMED(signalfd), NAMED(inotify_init), NAMED(iopl), NAMED(ioperm),
#endif
};

const char *cs_syscall_name(int number) {
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == number) return names[i].name;
    return 0;
}
