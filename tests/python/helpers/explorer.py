"""`gongkai explore` in a process of its own, and pages asked of it as a browser would."""

from __future__ import annotations

import csv
import http.client
import io
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

PAGES = (
    "/find", "/find?q=德清&level=township", "/find?q=2022", "/bodies/{agency}", "/reports/{report}",
    "/figures/{figure}",
    "/indicators", "/indicators/application.received", "/compare?b={agency}&b={other}", "/compare?r=330000&r=440000",
    "/map", "/map?province=330000", "/quality", "/quality?list=missing", "/quality?list=late", "/quality?list=rejects",
    "/quality?list=others", "/quality?list=unread",
    "/table", "/table?i=disclosure.total&level=county",
)  # fmt: skip
"""A page of each kind, with ids to be put in."""


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
    process: subprocess.Popen[str] | None = None

    def says(self) -> str:
        """The next line that it says on the terminal."""
        assert self.process is not None and self.process.stdout is not None
        return self.process.stdout.readline()

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


def rows(answer: Answer) -> list[dict[str, str]]:
    """The rows of a page as CSV."""
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))


def shape(path: str, ending: str) -> str:
    """The address of a page in another shape."""
    head, _, query = path.partition("?")
    return f"{head}.{ending}" + (f"?{query}" if query else "")


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
        start_new_session=True,
    )
    try:
        explorer = Explorer("", process=process)
        explorer.address = explorer.says().split()[-1]
        assert explorer.says() == "Ctrl-C ends it\n"
        explorer.enter()
        yield explorer
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
