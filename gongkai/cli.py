"""The command `gongkai`: nothing is imported here that takes time, so that Ctrl-C is heard from the first moment."""

from __future__ import annotations

import os
import signal
import sys

from gongkai.interrupts import INTERRUPTED, STOPPED


def main() -> None:
    """Entry point of the console script."""
    # Ctrl-C in the middle of an import may come out as any other fault: it ends the process there and then, which has
    # done nothing yet.
    before = signal.getsignal(signal.SIGINT)
    if before != signal.SIG_IGN:
        signal.signal(signal.SIGINT, _stop)
    from gongkai.application import app
    from gongkai.console import run_cli

    signal.signal(signal.SIGINT, before)
    run_cli(app)


def _stop(*_: object) -> None:
    os.write(sys.stderr.fileno(), f"gongkai: {STOPPED}\n".encode())
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
