"""Errors that users see, and the fixed list of reasons for which a file is rejected."""

from __future__ import annotations

from enum import StrEnum

_DAMAGE = (
    *("corrupt database file", "could not read enough bytes", "not a valid duckdb database"),
    *("checksum", "replaying wal"),
)


class GongkaiError(Exception):
    """Ends a command with one line: what was wrong, where, what to do. Exit status 1."""

    exit_code = 1


class UsageError(GongkaiError):
    """The command was called in a wrong way. Exit status 2."""

    exit_code = 2


def is_damage(error: BaseException | str) -> bool:
    """Whether DuckDB says that a file of its own is cut off or broken."""
    said = str(error).lower()
    return any(words in said for words in _DAMAGE)


class RejectReason(StrEnum):
    """Why a file was not landed; each has a next step in words."""

    EMPTY_FILE = "empty_file"
    ONLY_ZEROS = "only_zeros"
    NO_TEXT = "no_text"
    UNREADABLE = "unreadable"
    NOT_A_FILE = "not_a_file"
    OUTSIDE_FOLDER = "outside_folder"
    UNSUPPORTED_TYPE = "unsupported_type"
    WRONG_TYPE = "wrong_type"
    UNKNOWN_ENCODING = "unknown_encoding"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    READER_MISSING = "reader_missing"
    TEXT_LAYER_UNUSABLE = "text_layer_unusable"
    FORBIDDEN_CONTENT = "forbidden_content"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_CELLS = "too_many_cells"
    TOO_MANY_CHARACTERS = "too_many_characters"
    DECOMPRESSION = "decompression"
    TOO_DEEP = "too_deep"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    READER_DIED = "reader_died"
    READER_FAILED = "reader_failed"

    @property
    def next_step(self) -> str:
        """What the user can do about it."""
        return NEXT_STEPS[self]


_RAISE_LIMIT = "if the file is what it should be, raise the limit with --limit {}=..."

NEXT_STEPS: dict[RejectReason, str] = {
    RejectReason.EMPTY_FILE: "get the file again: it holds no byte",
    RejectReason.ONLY_ZEROS: "get the file again: only zero bytes, as an interrupted copy leaves behind",
    RejectReason.NO_TEXT: "look whether the file holds pictures of text; the ocr extra reads those",
    RejectReason.UNREADABLE: "give this user the right to read the file",
    RejectReason.NOT_A_FILE: "nothing to do: pipes, sockets and devices are not read",
    RejectReason.OUTSIDE_FOLDER: "name the place that the link leads to, or copy it into the folder",
    RejectReason.UNSUPPORTED_TYPE: "convert the file to docx, pdf, html or txt",
    RejectReason.WRONG_TYPE: "get the file again or give it its right ending: its content is not what its name says",
    RejectReason.UNKNOWN_ENCODING: "save the text as UTF-8",
    RejectReason.DAMAGED: "get the file again, or open it and save it anew: it is cut off or broken",
    RejectReason.ENCRYPTED: "save a copy without password",
    RejectReason.READER_MISSING: "install what the detail names (gongkai doctor lists it), then ingest again",
    RejectReason.TEXT_LAYER_UNUSABLE: "install the ocr extra, or get the document in another format",
    RejectReason.FORBIDDEN_CONTENT: "open the file and save it anew as docx or pdf: it uses what is never followed",
    RejectReason.TOO_LARGE: _RAISE_LIMIT.format("bytes"),
    RejectReason.TOO_MANY_PAGES: _RAISE_LIMIT.format("pages"),
    RejectReason.TOO_MANY_CELLS: _RAISE_LIMIT.format("cells"),
    RejectReason.TOO_MANY_CHARACTERS: _RAISE_LIMIT.format("chars"),
    RejectReason.DECOMPRESSION: _RAISE_LIMIT.format("decompressed_bytes, ratio or members"),
    RejectReason.TOO_DEEP: "unpack the file and ingest what is in it, or raise the limit with --limit nesting=...",
    RejectReason.TIMEOUT: _RAISE_LIMIT.format("seconds, or wall_seconds"),
    RejectReason.MEMORY: _RAISE_LIMIT.format("memory_bytes"),
    RejectReason.READER_DIED: "open the file and save it anew; the reading process ended on it",
    RejectReason.READER_FAILED: "save the file anew or in another format, and report the fault with the detail shown",
}


def in_a_line(error: BaseException) -> str:
    """What an error says, on one line of at most 300 characters."""
    said = (isinstance(error, OSError) and error.strerror) or str(error)
    return " ".join(said.split())[:300]


class RejectError(GongkaiError):
    """A document that is not landed. `detail` says exactly what was wrong, without the file's name.

    `reason_code` may be given as text; one that is not in `RejectReason` is a programming error (ValueError).
    """

    def __init__(self, reason_code: RejectReason | str, detail: str) -> None:
        self.reason = RejectReason(reason_code)
        self.detail = detail
        super().__init__(self.reason, detail)

    @property
    def reason_code(self) -> str:
        """The reason as it lands in raw.rejects."""
        return self.reason.value

    def __str__(self) -> str:
        return f"{self.reason.value}: {self.detail}"
