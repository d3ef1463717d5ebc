/// The part of the sandbox that must run between clone and exec, where neither Swift nor an allocator may be used, and
/// the seccomp filter as bytes. Linux only; nothing here weakens itself where the kernel lacks a part: it fails.
#ifndef CSANDBOX_H
#define CSANDBOX_H

#include <stddef.h>
#include <stdint.h>

/// How far the new process came. The first stage that fails is reported with its errno.
typedef enum {
    CS_STAGE_DONE = 0,
    CS_STAGE_PIPES,
    /// clone with new user, mount, process, network, IPC, host name and cgroup namespaces.
    CS_STAGE_NAMESPACES,
    /// Writing uid_map and gid_map.
    CS_STAGE_IDENTITY,
    /// Detached copies of the host's folders (open_tree, mount_setattr).
    CS_STAGE_MOUNTS,
    /// The new root folder, and pivot_root into it.
    CS_STAGE_ROOT,
    CS_STAGE_LIMITS,
    CS_STAGE_EXEC,
} cs_stage;

/// A program and what it sees. Every pointer must stay valid until ``cs_spawn`` returns.
typedef struct {
    /// Path inside the new root.
    const char *program;
    /// Ends with NULL.
    const char *const *arguments;
    /// Ends with NULL.
    const char *const *environment;
    /// Folder of the host that appears read-only at /python; NULL for none.
    const char *python;
    /// Become descriptors 0, 1 and 2.
    int input, output, errors;
} cs_program;

/// Starts a program as process 1 of its own namespaces, in a read-only root of /usr, /lib and three devices, with an
/// empty folder /work, as an identity without rights on the host. It dies with the calling *thread*.
///
/// Where the caller is root, the program is the host's user 65534; otherwise the caller.
///
/// - Returns: the process id on the host, or -1 with `stage` and `error` set.
int cs_spawn(const cs_program *program, cs_stage *stage, int *error);

/// Most instructions of a filter.
enum { CS_FILTER_CAPACITY = 1024 };

/// The filter for one untrusted process: what an interpreter needs is allowed, what it only asks for is denied with an
/// errno, and everything else is handed to the supervisor, which ends the program (SECCOMP_RET_USER_NOTIF).
///
/// The process must be number 1 of its process namespace: signals to itself are allowed, to others not.
///
/// - Parameters:
///   - allows_processes: whether fork is allowed; threads always are. New programs (execve) never are.
///   - filter: room for CS_FILTER_CAPACITY instructions of eight bytes each, in the kernel's layout.
/// - Returns: the number of instructions; 0 where the architecture is not known.
size_t cs_filter(int allows_processes, uint64_t *filter);

/// The name of a system call, or NULL. Not every call has an entry.
const char *cs_syscall_name(int number);

/// Sends SIGKILL and waits. Processes in the program's namespace are gone when this returns.
void cs_end(int process);

/// In the calling thread, writing to a program that has ended gives EPIPE and no signal.
void cs_block_sigpipe(void);

/// A pipe that no started program inherits.
int cs_pipe(int ends[2]);

#endif
