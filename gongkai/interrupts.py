"""What ends a command early: Ctrl-C, SIGTERM and SIGHUP, all in the same way, and what it then says and gives back."""

from __future__ import annotations

import signal
from collections.abc import Callable

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

STOPPED = "stopped; what was done is kept, and the same command goes on from there"

_heard: list[int] = []


def listen(handler: Callable[..., None] | None = None) -> None:
    """From here on each of the signals raises KeyboardInterrupt, or calls `handler`.

    A signal that whoever started the command had it ignore (as nohup does) stays ignored.
    """
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler or _hear)


def heard() -> int | None:
    """The signal that ended the command, where one did: libraries may have made another error of the exception."""
    return _heard[0] if _heard else None


def exit_status(number: int) -> int:
    """The exit status after a signal, as shells have it: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
    return 128 + number


def _hear(number: int, _: object) -> None:
    _heard.append(number)
    for other in (signal.SIGTERM, signal.SIGHUP):  # a session's end sends both: one is enough
        if signal.getsignal(other) == _hear:
            signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt
