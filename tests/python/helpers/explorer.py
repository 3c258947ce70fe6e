"""`gongkai explore` in a process of its own, and pages asked of it as a browser would."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from helpers.command import ROOT, gongkai_environment
from helpers.processes import PATIENCE


@dataclass(frozen=True)
class Answer:
    """What came back: status, head and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Explorer:
    """A running explorer: its address with the token, and the cookie that the token is exchanged for."""

    address: str
    cookie: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    def ask(self, path: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a path (with its query), or send a form to it; redirections are not followed."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        sent = {"Host": self.host, "Cookie": self.cookie, "Accept-Language": "zh-CN"}
        body = None
        if form is not None:
            body = urlencode(form)
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}"}
        connection.request(
            "GET" if form is None else "POST", quote(path, safe="/?&=%.+#:"), body, {**sent, **(headers or {})}
        )
        response = connection.getresponse()
        answer = Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        )
        connection.close()
        return answer

    def enter(self) -> None:
        """Exchange the token for the cookie, as the browser does on the first page."""
        parts = urlsplit(self.address)
        answer = self.ask(f"{parts.path}?{parts.query}")
        self.cookie = answer.headers["set-cookie"].split(";")[0]


@contextmanager
def exploring(published: Path, *arguments: str | Path, program: Path | None = None) -> Iterator[Explorer]:
    """An explorer over a warehouse, until the block ends. `program`: that of another installation."""
    environment = gongkai_environment(published) | {"PYTHONUNBUFFERED": "1"}
    if program is not None:
        del environment["PYTHONPATH"]
    process = subprocess.Popen(
        [
            *([program] if program else [sys.executable, "-m", "gongkai.cli"]),
            *("explore", "--no-browser", *map(str, arguments)),
        ],
        cwd=published.parent if program else ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert process.stdout is not None
        explorer = Explorer(process.stdout.readline().split()[-1])
        explorer.enter()
        yield explorer
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
