"""Processes beside the server, which Ctrl-C in its terminal does not reach: the server ends them itself."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Whatever process this thread starts meanwhile does not hear SIGINT, which a terminal sends to all of them."""
    resource_tracker.ensure_running()  # which would let the signal through again, were it begun meanwhile
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
