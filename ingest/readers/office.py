"""Old and other text documents (.doc, .wps, .rtf, .odt): LibreOffice makes a .docx of them, which is then read."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import signal
import subprocess
import tempfile
from functools import cache, partial
from pathlib import Path, PurePosixPath

from ingest.documents.model import Document
from ingest.errors import RejectError, RejectReason
from ingest.limits import Limits
from ingest.readers import docx
from ingest.readers.ooxml import Package
from ingest.sandbox import die_with_parent, limit_cpu_of

VERSION = f"1+docx{docx.VERSION}"

_ENDINGS = {".doc", ".wps", ".rtf", ".odt"}
_RESTART = (79, 81)
"""Exit statuses with which LibreOffice asks to be started again, as it does after making its profile."""
_PLACES = ("/usr/lib/libreoffice/program", "/opt/libreoffice/program", "/usr/lib64/libreoffice/program")
_FIB_MAGIC, _FIB_ENCRYPTED = b"\xec\xa5", 0x01

_SETTINGS = (
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
)
"""Path, name and value of settings: no macro runs, and nothing that a document links to is fetched."""


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Blocks and tables. RejectError where LibreOffice is missing, cannot open the file, or takes too long."""
    program = find_program()
    if program is None:
        raise RejectError(
            RejectReason.READER_MISSING, "this kind of file is read with LibreOffice, which is not installed"
        )
    _check(data, limits)
    ending = PurePosixPath(name.lower()).suffix
    with tempfile.TemporaryDirectory(prefix="gongkai-office-") as folder:
        source = Path(folder, "in" + (ending if ending in _ENDINGS else ".doc"))
        source.write_bytes(data)
        target = _convert(program, source, Path(folder, "out"), limits)
        document = docx.read(target.read_bytes(), name, limits)
        document.properties.pop("Application", None)  # it names LibreOffice, not what the document was written with
        return document


@cache
def find_program() -> str | None:
    """LibreOffice's own binary, without the starters around it, so that ending it ends all; None where missing."""
    starter = shutil.which("soffice") or shutil.which("libreoffice")
    folders = [str(Path(starter).resolve().parent)] if starter else []
    for folder in [*folders, *_PLACES]:
        binary = Path(folder, "soffice.bin")
        if binary.is_file() and os.access(binary, os.X_OK):
            return str(binary)
    return starter


def _check(data: bytes, limits: Limits) -> None:
    """RejectError for what LibreOffice should not be given: passwords, bombs, endless tables."""
    if data.startswith(b"PK"):
        content = Package(data, limits)
        if "content.xml" in content:
            _check_repeats(content.read("content.xml"), limits)
        if "META-INF/manifest.xml" in content and b"encryption-data" in content.read("META-INF/manifest.xml"):
            raise RejectError(RejectReason.ENCRYPTED, "the document is protected by a password")
        return
    for start in range(512, min(len(data), 1 << 24), 512):
        if data[start : start + 2] == _FIB_MAGIC and data[start + 11 : start + 12]:
            if data[start + 11] & _FIB_ENCRYPTED:
                raise RejectError(RejectReason.ENCRYPTED, "the document is protected by a password")
            return


def _check_repeats(content: bytes, limits: Limits) -> None:
    """Cells that stand in an OpenDocument file by repeat attributes only count as if they were written out."""
    repeats = [int(count) for count in re.findall(rb'number-(?:columns|rows)-repeated="(\d{1,12})"', content)]
    if sum(repeats) > limits.cells:
        raise RejectError(RejectReason.TOO_MANY_CELLS, f"{sum(repeats)} repeated cells; the limit is {limits.cells}")


def _convert(program: str, source: Path, folder: Path, limits: Limits) -> Path:
    """The .docx that LibreOffice makes of a file."""
    command = [
        *(program, f"-env:UserInstallation={_profile().as_uri()}", "--headless", "--norestore", "--nolockcheck"),
        *("--nodefault", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder), str(source)),
    ]
    target = folder / (source.stem + ".docx")
    status = 0
    for _ in range(3):
        status = _run(command, limits)
        if target.is_file():
            return target
        if status not in _RESTART:
            break
    raise RejectError(RejectReason.DAMAGED, f"LibreOffice could not open the document (exit status {status})")


def _run(command: list[str], limits: Limits) -> int:
    """Exit status of a command; RejectError where its time was over before it ended."""
    before = _cpu_seconds()
    process = subprocess.Popen(  # noqa: S603 - the program found above, arguments of our own
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=partial(die_with_parent, os.getpid()),
        env={"HOME": tempfile.gettempdir(), "PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
    )
    limit_cpu_of(process.pid, limits.seconds)
    try:
        status = process.wait(limits.wall_seconds)
    except subprocess.TimeoutExpired as error:
        _profile.cache_clear()
        detail = f"LibreOffice took more than {limits.wall_seconds} seconds by the clock (limit wall_seconds)"
        raise RejectError(RejectReason.TIMEOUT, detail) from error
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
    if status == -signal.SIGKILL and _cpu_seconds() - before > limits.seconds / 2:  # not for want of memory
        _profile.cache_clear()
        raise RejectError(RejectReason.TIMEOUT, f"LibreOffice took more than {limits.seconds} seconds of CPU time")
    return status


def _cpu_seconds() -> float:
    """CPU time of the programs that this process started and that have ended; the limit is told by a rougher clock."""
    used = os.times()
    return used.children_user + used.children_system


@cache
def _profile() -> Path:
    """A profile of this process alone: macros off, links never updated; it goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="gongkai-profile-"))
    user = folder / "user"
    user.mkdir()
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    (user / "registrymodifications.xcu").write_text(
        f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>', encoding="utf-8"
    )
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
