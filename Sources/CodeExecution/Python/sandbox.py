"""The kernel's part of the harness: namespaces, limits, and the filter, through the C library.

Runs inside the sandbox. Every failure raises: nothing goes on with less protection than was asked for.
"""

import ctypes
import errno
import fcntl
import math
import os
import resource
import select
import signal
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID = 0x00020000, 0x08000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
PR_SET_PDEATHSIG = 1
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER = 1, 8
# Numbers differ between architectures only for these.
SYS_SECCOMP, SYS_CAPSET = (277, 91) if os.uname().machine == "aarch64" else (317, 126)
SYS_PIDFD_OPEN, SYS_PIDFD_GETFD = 434, 438
NOTIFICATION_SIZE = 80
SECCOMP_IOCTL_NOTIF_RECV = 0xC0502100


def call(name, result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, "%s: %s" % (name, os.strerror(number)))
    return result


def unshare(flags):
    call("unshare", libc.unshare(flags))


def mount_folder(path, size):
    options = ("size=%d,nr_inodes=1024,mode=700" % size).encode()
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    call("mount", libc.mount(b"work", path.encode(), b"tmpfs", flags, options))


def drop_capabilities():
    header = struct.pack("II", 0x20080522, 0)
    call("capset", libc.syscall(SYS_CAPSET, header, struct.pack("6I", 0, 0, 0, 0, 0, 0)))


def install_filter(instructions):
    """Installs the filter and returns the descriptor at which blocked calls are reported."""
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    program = struct.pack("HxxxxxxQ", len(instructions) // 8, ctypes.addressof(buffer))
    return call(
        "seccomp",
        libc.syscall(SYS_SECCOMP, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, program),
    )


def taken_descriptor(process, number):
    """A descriptor of another process of ours."""
    handle = call("pidfd_open", libc.syscall(SYS_PIDFD_OPEN, process, 0))
    try:
        return handle, call("pidfd_getfd", libc.syscall(SYS_PIDFD_GETFD, handle, number, 0))
    except OSError:
        os.close(handle)
        raise


def blocked_call(listener):
    """Number and first two arguments of the call that the filter stopped."""
    notice = bytearray(NOTIFICATION_SIZE)
    fcntl.ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, notice)
    _, _, _, number, _, _, first, second = struct.unpack_from("QIIiIQQQ", notice)
    return number, first, second


def set_limits(limits):
    cpu = limits["cpu"]
    for kind, value, hard in (
        # The first process of a namespace is deaf to SIGXCPU; the hard limit kills it.
        (resource.RLIMIT_CPU, cpu, cpu),
        (resource.RLIMIT_AS, limits["memory"], limits["memory"]),
        (resource.RLIMIT_FSIZE, limits["file"], limits["file"]),
        (resource.RLIMIT_NOFILE, 64, 64),
        (resource.RLIMIT_CORE, 0, 0),
        # The trusted part counts too: interpreter and judge.
        (resource.RLIMIT_NPROC, limits["tasks"] + 2, limits["tasks"] + 2),
    ):
        resource.setrlimit(kind, (value, hard))


def write_all(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view):]


def close_except(kept):
    low = 0
    for number in sorted(kept):
        # An empty range would close everything in Python 3.11.
        if low < number:
            os.closerange(low, number)
        low = number + 1
    os.closerange(low, 1 << 16)


class Stopped(BaseException):
    """The program ended, was ended, or ran out of time. Not an Exception, so that no test swallows it."""

    def __init__(self, outcome):
        self.outcome = outcome


class Program:
    """An untrusted program: process 1 of its own namespaces, so that its end is the end of all that it started.

    Its judge talks to it through two pipes, reads what it prints, and is told of every call that the filter stops.
    """

    def __init__(self, limits, instructions, body):
        self.limits, self.instructions = limits, instructions
        self.usage = {}
        self.room = limits["output"]
        self.ends_at = time.monotonic() + limits["wall"]
        to_read, self.to = os.pipe()
        self.back, back_write = os.pipe()
        self.output, output_write = os.pipe()
        number_read, number_write = os.pipe()
        go_read, go_write = os.pipe()
        unshare(CLONE_NEWPID)
        self.process = os.fork()
        if self.process == 0:
            self.become_program((to_read, back_write), output_write, number_write, go_read, body)
        for number in (to_read, back_write, output_write, number_write, go_read):
            os.close(number)
        text = os.read(number_read, 200)
        os.close(number_read)
        if len(text) != 8:
            self.end()
            raise RuntimeError("the program was not locked in: " + (text.decode() or "its process ended"))
        self.handle, self.listener = taken_descriptor(self.process, struct.unpack("q", text)[0])
        self.watched = select.poll()
        for number in (self.handle, self.listener, self.output, self.back):
            self.watched.register(number, select.POLLIN)
        write_all(go_write, b"x")
        os.close(go_write)

    def become_program(self, descriptors, output, number_write, go_read, body):
        try:
            listener = self.locked_in(descriptors, output, number_write, go_read)
        except BaseException as error:  # noqa: B902 - told to the judge
            os.write(number_write, repr(error)[:200].encode())
            os._exit(70)
        try:
            os.write(number_write, struct.pack("q", listener))
            if os.read(go_read, 1) != b"x":
                os._exit(70)
            # Whoever holds the listener may answer for the kernel: the program must not.
            for number in (listener, number_write, go_read):
                os.close(number)
            body(*descriptors)
        finally:
            os._exit(71)

    def locked_in(self, descriptors, output, number_write, go_read):
        call("prctl", libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
        unshare(CLONE_NEWNS | CLONE_NEWIPC)
        mount_folder("/work", self.limits["folder"])
        os.chdir("/work")
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        close_except({0, 1, 2, number_write, go_read, *descriptors})
        set_limits(self.limits)
        drop_capabilities()
        return install_filter(self.instructions)

    def remaining(self):
        return self.ends_at - time.monotonic()

    def wait(self):
        """Returns when the program has sent something, or closed its end. Everything else that it does is handled."""
        while True:
            left = self.remaining()
            if left <= 0:
                raise Stopped({"outcome": "timeout", "clock": "wall"})
            if self.attend(left):
                return

    def attend(self, seconds):
        """Handles what happens within the time; true where a message can be read."""
        events = dict(self.watched.poll(math.ceil(seconds * 1000)))
        if events.get(self.listener, 0) & select.POLLIN:
            self.stop_call()
        elif self.listener in events:
            self.watched.unregister(self.listener)
        if self.output in events:
            count = len(os.read(self.output, 1 << 16))
            self.room -= count
            if count == 0:
                self.watched.unregister(self.output)
            elif self.room < 0:
                raise Stopped({"outcome": "output"})
        if self.back in events:
            return True
        if self.handle in events:
            self.reap()
            raise Stopped(self.outcome_of_end())
        return False

    def stop_call(self):
        try:
            number, first, second = blocked_call(self.listener)
        except OSError as error:
            # The caller died meanwhile.
            if error.errno in (errno.ENOENT, errno.EINTR):
                return
            raise
        raise Stopped({"outcome": "blocked", "call": number, "arguments": [first, second]})

    def outcome_of_closing(self):
        """The program closed its end: how it ended, where it ends within a second."""
        self.watched.unregister(self.back)
        try:
            deadline = time.monotonic() + 1
            while time.monotonic() < deadline:
                self.attend(deadline - time.monotonic())
        except Stopped as stop:
            return stop.outcome
        return {"outcome": "failed", "kind": "ChannelClosed"}

    def outcome_of_end(self):
        status = self.status
        if os.WIFEXITED(status):
            return {"outcome": "failed", "kind": "EarlyExit"}
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU or (number == signal.SIGKILL and self.usage["cpu"] >= self.limits["cpu"] * 0.5):
            return {"outcome": "timeout", "clock": "cpu"}
        if number == signal.SIGKILL:
            return {"outcome": "memory"}
        if number == signal.SIGXFSZ:
            return {"outcome": "file"}
        return {"outcome": "failed", "kind": signal.Signals(number).name}

    def reap(self):
        _, self.status, used = os.wait4(self.process, 0)
        self.process = None
        self.usage = {"cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss * 1024}

    def end(self):
        """Nothing of the program is left when this returns."""
        if self.process is not None:
            os.kill(self.process, signal.SIGKILL)
            self.reap()
