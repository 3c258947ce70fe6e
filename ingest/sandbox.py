"""What a reading process may not do: outlive its parent, take more than its share of memory or CPU, use the network."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

try:
    import resource
except ImportError:  # not every system has it: there a process takes what it takes
    resource = None  # type: ignore[assignment]

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_NETWORK_EVENTS = {
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.sendmsg",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "urllib.Request",
}


def die_with_parent(parent: int) -> None:
    """End this process when `parent` ends, however that ends (Linux; elsewhere the closed pipe has to do)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def limit_memory(memory_bytes: int) -> None:
    """Cap what this process takes from here on, and its children in all; no core is written when one dies of it.

    On Linux the data segment counts every private page, but not what libraries only reserve.
    """
    if resource is None:
        return
    kind = resource.RLIMIT_AS
    if sys.platform == "linux":
        kind = resource.RLIMIT_DATA
        memory_bytes += data_bytes()
    _, hard = resource.getrlimit(kind)
    most = _at_most(memory_bytes, hard)
    resource.setrlimit(kind, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_cpu(seconds: int) -> None:
    """Let this process have so many seconds of CPU time from here on; then the system ends it by SIGPROF."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def limit_cpu_of(program: int, seconds: int) -> None:
    """The same for a program just started, by SIGKILL, which it cannot catch (Linux; elsewhere it has no limit)."""
    if sys.platform == "linux":
        _, hard = resource.prlimit(program, resource.RLIMIT_CPU)
        most = _at_most(seconds, hard)
        resource.prlimit(program, resource.RLIMIT_CPU, (most, most))


def _at_most(wanted: int, hard: int) -> int:
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def not_limited() -> str:
    """What this system does not hold a reading process to, in words; empty where it does all of it."""
    if sys.platform == "linux":
        return ""
    memory = "its memory as a whole is limited, not what it alone takes" if resource else "its memory has no limit"
    return f"a reading process has no network namespace, {memory}, and LibreOffice has no limit of CPU time"


def data_bytes() -> int:
    """Size of the data segment of this process (0 where the system does not tell)."""
    if sys.platform != "linux":
        return 0
    data_pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    return data_pages * os.sysconf("SC_PAGE_SIZE")


def cut_network() -> bool:
    """No network for this process and its children: an empty network namespace, and no sockets from Python.

    Gives whether the system granted the namespace: without it, only what Python does is stopped.
    """
    granted = sys.platform == "linux" and _enter_empty_network()
    sys.addaudithook(_refuse_network)
    return granted


def _enter_empty_network() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    # The same user inside as outside, so that files stay as readable as they were. Where the system refuses this (some
    # grant a namespace without rights in it), the user inside has no name, but the network is cut.
    with suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return True


def _refuse_network(event: str, _: tuple[object, ...]) -> None:
    if event in _NETWORK_EVENTS:
        raise PermissionError("nothing is fetched while a document is read")
