"""Serving the explorer to this machine alone."""

from __future__ import annotations

import secrets
import socket
import webbrowser
from collections.abc import Callable

import uvicorn

from gongkai import interrupts
from gongkai.explore.builds import Builds
from gongkai.explore.guard import PARAMETER
from gongkai.explore.judging import Judging
from gongkai.explore.library import Library
from gongkai.explore.web import application
from gongkai.warehouse import Warehouse
from ingest.errors import GongkaiError

HOST = "127.0.0.1"


def serve(
    warehouse: Warehouse, judging: Judging, *, port: int, open_browser: bool, tell: Callable[[str], None]
) -> None:
    """Serve until Ctrl-C. GongkaiError where the port is taken.

    `tell` is called with the address, its token in it, with what is wrong with the warehouse, and at the end with what
    became of a build that was going on.
    """
    token = secrets.token_urlsafe(18)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
            listening.listen()  # a browser that is quicker than the server waits
        except (OSError, OverflowError) as error:
            raise GongkaiError(f"port {port} of {HOST} cannot be taken ({error}); name another with --port") from error
        address = f"http://{HOST}:{listening.getsockname()[1]}/find?{PARAMETER}={token}"
        library, builds = Library(warehouse.absolute()), Builds(warehouse.absolute())
        server = uvicorn.Server(
            uvicorn.Config(application(library, judging, builds, token), log_level="warning", access_log=False)
        )
        tell(f"exploring {warehouse} at {address}")
        tell("Ctrl-C ends it")
        if library.problem():
            tell(library.problem())
        if open_browser:
            webbrowser.open(address)

        def end(*_: object) -> None:
            server.should_exit = True

        # The server sends itself again what has ended it: here that is the way to end, and no fault.
        interrupts.listen(end)
        server.run(sockets=[listening])
    if builds.state.state == "stopped":
        tell("the build was stopped; what is published is as it was, and gongkai build goes on from there")
