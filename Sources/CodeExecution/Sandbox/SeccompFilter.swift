internal import CSandbox

/// The filters that the harness installs, as the kernel reads them.
enum SeccompFilter {
    /// - Throws: ``SandboxError/unsupportedSystem`` on processors that the filter does not know.
    static func bytes(allowsProcesses: Bool) throws(SandboxError) -> [UInt8] {
        var words = [UInt64](repeating: 0, count: Int(CS_FILTER_CAPACITY))
        let count = unsafe cs_filter(allowsProcesses ? 1 : 0, &words)
        guard count > 0 else { throw .unsupportedSystem }
        return words.prefix(count).flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }
}

/// A system call that the filter stopped.
public struct BlockedCall: Codable, Hashable, Sendable {
    /// `socket`, `clone`, … or `system call 321`.
    public var name: String

    init(number: Int) {
        let known = unsafe cs_syscall_name(Int32(clamping: number))
        name = unsafe known.map { unsafe String(cString: $0) } ?? "system call \(number)"
    }

    /// What a program makes the call for.
    public var meaning: String {
        switch name {
        case "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "recvfrom", "sendmsg",
            "recvmsg", "shutdown", "getsockopt", "setsockopt":
            "using the network"
        case "clone", "clone3", "fork", "vfork": "starting a process"
        case "execve", "execveat": "running another program"
        case "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "pidfd_send_signal":
            "sending a signal to another process"
        case "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd": "looking into another process"
        case "mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_tree", "move_mount", "mount_setattr":
            "changing what it can see"
        case "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "capset":
            "changing its rights"
        default: "a call that the sandbox does not allow"
        }
    }
}
