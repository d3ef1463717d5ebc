#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x4
#endif

/// The host's user and group that a sandbox started by root runs as ("nobody").
enum { UNPRIVILEGED = 65534 };

/// Where the new root is put together. It hides the host's folder in the new mount namespace only.
static const char scaffold[] = "/tmp";

struct attributes {
    uint64_t set, clear, propagation, userns_fd;
};

typedef struct {
    cs_stage stage;
    int error;
} report;

/// Everything the child touches; made before clone.
typedef struct {
    const cs_program *program;
    int release_read, status_write;
    int is_root;
} context;

static void write_all(int descriptor, const void *bytes, size_t count) {
    ssize_t ignored = write(descriptor, bytes, count);
    (void)ignored;
}

__attribute__((noreturn)) static void give_up(const context *self, cs_stage stage) {
    report found = {stage, errno};
    write_all(self->status_write, &found, sizeof found);
    _exit(1);
}

/// A detached, read-only copy of a part of the host's tree.
static int copy_of(const context *self, const char *path, int keeps_devices) {
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | O_CLOEXEC | AT_RECURSIVE);
    if (tree < 0) give_up(self, CS_STAGE_MOUNTS);
    struct attributes wanted = {0};
    wanted.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | (keeps_devices ? MOUNT_ATTR_NOEXEC : MOUNT_ATTR_NODEV);
    if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &wanted, sizeof wanted) != 0)
        give_up(self, CS_STAGE_MOUNTS);
    return tree;
}

static void attach(const context *self, int tree, const char *place, int is_folder) {
    if (is_folder) {
        if (mkdir(place, 0755) != 0) give_up(self, CS_STAGE_ROOT);
    } else {
        int file = open(place, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
        if (file < 0) give_up(self, CS_STAGE_ROOT);
        close(file);
    }
    if (syscall(SYS_move_mount, tree, "", AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH) != 0)
        give_up(self, CS_STAGE_ROOT);
    close(tree);
}

typedef struct {
    const char *host;
    const char *inside;
    int tree;
    char link[64];
} branch;

/// A folder of the host, or the link that stands in its place (/lib is often a link to usr/lib). Absent ones are left out.
static void find_branch(const context *self, branch *part) {
    struct stat status;
    part->tree = -1;
    part->link[0] = 0;
    if (lstat(part->host, &status) != 0) return;
    if (S_ISLNK(status.st_mode)) {
        ssize_t length = readlink(part->host, part->link, sizeof part->link - 1);
        part->link[length > 0 ? length : 0] = 0;
        return;
    }
    part->tree = copy_of(self, part->host, 0);
}

static void place_branch(const context *self, const branch *part) {
    if (part->tree >= 0) attach(self, part->tree, part->inside, 1);
    else if (part->link[0] != 0 && symlink(part->link, part->inside) != 0) give_up(self, CS_STAGE_ROOT);
}

static void become_mapped(const context *self) {
    char byte;
    if (read(self->release_read, &byte, 1) != 1) give_up(self, CS_STAGE_IDENTITY);
    // The library's own calls would wait for the parent's other threads to change too, which are not here.
    if (self->is_root && syscall(SYS_setgroups, 0, NULL) != 0) give_up(self, CS_STAGE_IDENTITY);
    if (syscall(SYS_setresgid, 0, 0, 0) != 0 || syscall(SYS_setresuid, 0, 0, 0) != 0)
        give_up(self, CS_STAGE_IDENTITY);
    // A change of identity makes a process unreadable for its own namespace's supervisor.
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static void enter_root(const context *self) {
    if (chdir(scaffold) != 0 || syscall(SYS_pivot_root, ".", ".") != 0) give_up(self, CS_STAGE_ROOT);
    if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) give_up(self, CS_STAGE_ROOT);
    struct attributes wanted = {.set = MOUNT_ATTR_RDONLY};
    if (syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &wanted, sizeof wanted) != 0) give_up(self, CS_STAGE_ROOT);
}

/// Trees are opened with the caller's rights (a home folder may be closed to others), files made with the new identity.
static void build_root(const context *self) {
    branch branches[] = {
        {.host = "/usr", .inside = "/tmp/usr"},     {.host = "/bin", .inside = "/tmp/bin"},
        {.host = "/lib", .inside = "/tmp/lib"},     {.host = "/lib64", .inside = "/tmp/lib64"},
        {.host = "/sbin", .inside = "/tmp/sbin"},
    };
    size_t count = sizeof branches / sizeof branches[0];
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) give_up(self, CS_STAGE_MOUNTS);
    for (size_t i = 0; i < count; i++) find_branch(self, &branches[i]);
    int python = self->program->python ? copy_of(self, self->program->python, 0) : -1;
    int null = copy_of(self, "/dev/null", 1), zero = copy_of(self, "/dev/zero", 1);
    int random = copy_of(self, "/dev/urandom", 1);
    int libraries = access("/etc/ld.so.cache", R_OK) == 0 ? copy_of(self, "/etc/ld.so.cache", 0) : -1;
    become_mapped(self);
    umask(022);
    if (mount("sandbox", scaffold, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,nr_inodes=64,mode=755") != 0)
        give_up(self, CS_STAGE_ROOT);
    for (size_t i = 0; i < count; i++) place_branch(self, &branches[i]);
    if (mkdir("/tmp/dev", 0755) != 0 || mkdir("/tmp/etc", 0755) != 0 || mkdir("/tmp/work", 0755) != 0)
        give_up(self, CS_STAGE_ROOT);
    if (symlink("work", "/tmp/tmp") != 0) give_up(self, CS_STAGE_ROOT);
    if (python >= 0) attach(self, python, "/tmp/python", 1);
    attach(self, null, "/tmp/dev/null", 0);
    attach(self, zero, "/tmp/dev/zero", 0);
    attach(self, random, "/tmp/dev/urandom", 0);
    if (libraries >= 0) attach(self, libraries, "/tmp/etc/ld.so.cache", 0);
    enter_root(self);
}

static void limit(const context *self) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) give_up(self, CS_STAGE_LIMITS);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up(self, CS_STAGE_LIMITS);
    if (sethostname("sandbox", 7) != 0) give_up(self, CS_STAGE_LIMITS);
}

/// Descriptors 0, 1, 2, and the status pipe as 3, which closes by itself when the program starts.
static void arrange_descriptors(context *self) {
    int wanted[4] = {self->program->input, self->program->output, self->program->errors, self->status_write};
    for (int i = 0; i < 4; i++) {
        wanted[i] = fcntl(wanted[i], F_DUPFD, 16);
        if (wanted[i] < 0) give_up(self, CS_STAGE_LIMITS);
    }
    for (int i = 0; i < 4; i++)
        if (dup2(wanted[i], i) < 0) give_up(self, CS_STAGE_LIMITS);
    self->status_write = 3;
    if (syscall(SYS_close_range, 4u, ~0u, 0u) != 0) give_up(self, CS_STAGE_LIMITS);
    if (fcntl(3, F_SETFD, FD_CLOEXEC) != 0) give_up(self, CS_STAGE_LIMITS);
}

__attribute__((noreturn)) static void run_child(context *self) {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    setsid();
    build_root(self);
    // Changing identity clears it.
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    limit(self);
    arrange_descriptors(self);
    for (int number = 1; number < 65; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(self->program->program, (char *const *)self->program->arguments, (char *const *)self->program->environment);
    give_up(self, CS_STAGE_EXEC);
}

static int write_file(int process, const char *name, const char *text) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", process, name);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t written = write(file, text, strlen(text));
    int error = errno;
    close(file);
    errno = error;
    return written == (ssize_t)strlen(text) ? 0 : -1;
}

static int map_identity(int process, int is_root) {
    char line[64];
    if (!is_root && write_file(process, "setgroups", "deny") != 0) return -1;
    snprintf(line, sizeof line, "0 %u 1", is_root ? (unsigned)UNPRIVILEGED : (unsigned)getegid());
    if (write_file(process, "gid_map", line) != 0) return -1;
    snprintf(line, sizeof line, "0 %u 1", is_root ? (unsigned)UNPRIVILEGED : (unsigned)geteuid());
    return write_file(process, "uid_map", line);
}

void cs_end(int process) {
    kill(process, SIGKILL);
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {}
}

void cs_block_sigpipe(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

int cs_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int cs_spawn(const cs_program *program, cs_stage *stage, int *error) {
    int release[2], status[2];
    *stage = CS_STAGE_PIPES;
    if (pipe2(release, O_CLOEXEC) != 0) return *error = errno, -1;
    if (pipe2(status, O_CLOEXEC) != 0) {
        *error = errno;
        close(release[0]);
        close(release[1]);
        return -1;
    }
    context self = {program, release[0], status[1], geteuid() == 0};
    unsigned long flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
        | CLONE_NEWCGROUP | SIGCHLD;
    int process = (int)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
    if (process == 0) {
        close(release[1]);
        close(status[0]);
        run_child(&self);
    }
    *error = errno;
    close(release[0]);
    close(status[1]);
    *stage = process < 0 ? CS_STAGE_NAMESPACES : CS_STAGE_DONE;
    if (process > 0 && map_identity(process, self.is_root) != 0) {
        *stage = CS_STAGE_IDENTITY;
        *error = errno;
    }
    if (*stage == CS_STAGE_DONE) {
        write_all(release[1], "x", 1);
        report found;
        ssize_t count;
        while ((count = read(status[0], &found, sizeof found)) < 0 && errno == EINTR) {}
        if (count == (ssize_t)sizeof found) {
            *stage = found.stage;
            *error = found.error;
        }
    }
    close(release[1]);
    close(status[0]);
    if (*stage == CS_STAGE_DONE) return process;
    if (process > 0) cs_end(process);
    return -1;
}
