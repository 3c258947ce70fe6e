"""Bytes of Chinese text to characters: what the bytes say goes before what a document says of itself."""

from __future__ import annotations

import codecs
import io
import re

from ingest.errors import RejectError, RejectReason

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "utf-8": "utf-8",
    "utf8": "utf-8",
}
_SAMPLE = 200_000
_GARBLED_SHARE = 0.02
_LEAST_OF_EACH, _EVERYDAY, _NEARLY_ALL = 0.05, 0.9, 0.95
_FEWEST_BEYOND = 40
"""Characters beyond ASCII from which on a text of nothing but western ones is looked at as a misreading."""
_WIDE = "\u3000"
"""Where the characters of Chinese text begin; a word of two bytes in GB18030 may pass for another letter of UTF-8."""
_ASCII = bytes(range(0x80))
_FIRST_PLANES = {
    "gb18030": ("gb2312", bytes([0xA1, 0xA3, *range(0xB0, 0xD8)])),
    "big5hkscs": ("big5", bytes(range(0xA1, 0xC7))),
}
"""The character set of which each is the larger one, and its rows of everyday characters."""
_CONTROLS = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0C, 0x0D, 0x1B})
_LEADS_OF_WIDE = bytes(range(0xE3, 0xF5))
"""What characters from `_WIDE` on begin with in UTF-8."""


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """Text of `data` and the name of its encoding. `declared` is what a header or meta tag says, and only a hint.

    A character cut off at the end, or a few broken ones, become U+FFFD. RejectError `unknown_encoding` where the
    bytes make no sensible text in UTF-8, UTF-16, GB18030 or Big5.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _checked(data[len(bom) :].decode(encoding, "replace"), encoding)
    if wide := _wide_encoding(data):
        return _checked(data.decode(wide, "replace"), wide)
    if _is_sound_utf8(data):
        return _checked(_undone(data.decode("utf-8", "replace")), "utf-8")
    if text := _by_line(data):
        return _checked(text, "utf-8")
    if _is_utf8(data):
        return _checked(data.decode("utf-8", "replace"), "utf-8")
    named = _DECLARED.get((declared or "").strip().lower())
    candidates = ["gb18030", "big5hkscs"]
    best = max(candidates, key=lambda encoding: (_commonness(data, encoding), encoding == named, encoding == "gb18030"))
    return _checked(data.decode(best, "replace"), best)


def _checked(text: str, encoding: str) -> tuple[str, str]:
    sample = text[:_SAMPLE]
    garbled = sample.count("\ufffd") + _count_of(_CONTROLS, sample.encode("utf-8", "ignore"))
    if garbled > 2 and garbled > _GARBLED_SHARE * len(sample):
        raise RejectError(RejectReason.UNKNOWN_ENCODING, f"{garbled} of {len(sample)} characters make no sense")
    return text.lstrip("\ufeff"), encoding


def _count_of(some: bytes, data: bytes) -> int:
    """How many of the bytes are among some: several times as fast as a pattern."""
    return len(data) - len(data.translate(None, some))


def _beyond_ascii(text: str) -> int:
    """How many characters are beyond ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _is_sound_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8, up to a cut-off last character."""
    try:
        codecs.utf_8_decode(data, "strict", False)
        return True
    except UnicodeDecodeError:
        return False


def _is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8, allowing a broken character among twenty others.

    Text in GB18030 or Big5 read as UTF-8 is broken at every other character.
    """
    sample = data[:_SAMPLE].decode("utf-8", "replace")
    broken = sample.count("\ufffd")
    return broken * 20 <= _beyond_ascii(sample) - broken


def _by_line(data: bytes) -> str:
    """Text of a page put together of pieces in UTF-8 and in GB18030, each line in its own; empty where it is none.

    Both must stand in it in earnest: some short words in GB18030 are UTF-8 by chance, and a broken character in UTF-8
    may be a word in GB18030.
    """
    beyond = in_utf8 = 0
    for line in io.BytesIO(data):
        if not line.isascii():
            beyond += len(line)
            in_utf8 += len(line) * (_is_sound_utf8(line) and max(line.decode("utf-8", "replace")) >= _WIDE)
    if in_utf8 < _LEAST_OF_EACH * beyond:
        return ""
    texts: list[str] = []
    foreign = 0
    for line in io.BytesIO(data):
        is_foreign = not _is_sound_utf8(line) and _is_gb18030(line)
        foreign += is_foreign
        texts.append(line.decode("gb18030" if is_foreign else "utf-8", "replace"))
    return "".join(texts) if foreign else ""


def _is_gb18030(line: bytes) -> bool:
    """Whether a line makes everyday words in GB18030, and more of them than one."""
    try:
        text = line.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return _beyond_ascii(text) > 2 and _commonness(line, "gb18030") > _EVERYDAY


def _undone(text: str) -> str:
    """Text that somebody read as Latin-1 and saved as UTF-8, read again as what it was; any other as it is."""
    sample = text[:_SAMPLE]
    beyond = _beyond_ascii(sample)
    wide = _count_of(_LEADS_OF_WIDE, sample.encode("utf-8", "ignore"))
    if beyond < _FEWEST_BEYOND or beyond - wide < _NEARLY_ALL * beyond:
        return text
    if len(_WESTERN.findall(sample)) < _NEARLY_ALL * beyond:
        return text
    data = bytearray()
    for character in text:
        code = _CP1252.get(character, ord(character))
        data += bytes([code]) if code <= 0xFF else character.encode("utf-8")
    for encoding in ("utf-8", "gb18030"):
        found = bytes(data).decode(encoding, "replace")
        han = sum("\u4e00" <= character <= "\u9fff" for character in found)
        broken = found.count("\ufffd")
        if han > beyond // 4 and broken * 20 <= han:
            return found
        # misread twice: each time it is undone it is half as long
        if not han and not broken and (again := _undone(found)) != found:
            return again
    return text


def _windows_western() -> dict[str, int]:
    """Characters that Windows puts where Latin-1 has control characters, with their bytes."""
    pairs = ((bytes([code]).decode("cp1252", "replace"), code) for code in range(0x80, 0xA0))
    return {character: code for character, code in pairs if character != "\ufffd"}


_CP1252 = _windows_western()
_WESTERN = re.compile(f"[\x80-\xff{''.join(_CP1252)}]")


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: no other text holds NUL bytes, and line ends and digits put them there."""
    sample = data[:_SAMPLE]
    if b"\0" not in sample:
        return None
    low_first, high_first = sample[1::2].count(0), sample[0::2].count(0)
    encoding = "utf-16-le" if low_first >= high_first else "utf-16-be"
    text = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
    readable = sum(_is_ordinary(character) for character in text)
    return encoding if readable >= 0.9 * len(text) else None


def _is_ordinary(character: str) -> bool:
    return (
        character in "\t\r\n"
        or " " <= character <= "~"
        or "\u4e00" <= character <= "\u9fff"
        or "\u2010" <= character <= "\u30ff"
        or "\uff00" <= character <= "\uffef"
    )


def _commonness(data: bytes, encoding: str) -> float:
    """Share of the characters beyond ASCII that are everyday ones in this encoding, from 0 to 1.

    Both character sets put the everyday characters in their first plane and the rare ones in later rows, so text
    read in the wrong one falls into rows that hardly any text uses.
    """
    text = data[:_SAMPLE].decode(encoding, "replace")
    beyond = text.encode("utf-8", "ignore").translate(None, _ASCII).decode("utf-8")
    plane, everyday = _FIRST_PLANES[encoding]
    rows = beyond.encode(plane, "ignore")[::2]  # two bytes a character, of which the first is its row
    rare = rows.translate(None, everyday)
    return (len(rows) - len(rare)) / len(beyond) if beyond else 1.0
