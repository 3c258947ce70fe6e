"""The command `gongkai`: nothing is imported here that takes time, so that signals are heard from the first moment."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":  # signals, locks and limits are those of POSIX
    sys.exit("gongkai: Windows is not supported; use it in WSL (wsl --install) or Docker, as the README says")

from gongkai.interrupts import STOPPED, exit_status, listen


def main() -> None:
    """Entry point of the console script."""
    # An exception in the middle of an import may come out as any other fault: a signal ends the process there and then,
    # which has done nothing yet.
    listen(_stop)
    from gongkai.application import app
    from gongkai.console import run_cli
    from ingest.lean import without_pandas

    without_pandas()
    listen()
    run_cli(app)


def _stop(number: int, _: object) -> None:
    os.write(sys.stderr.fileno(), f"gongkai: {STOPPED}\n".encode())
    os._exit(exit_status(number))


if __name__ == "__main__":
    main()
