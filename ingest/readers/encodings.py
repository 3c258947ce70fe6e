"""Bytes of Chinese text to characters: what the bytes say goes before what a document says of itself."""

from __future__ import annotations

import codecs
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
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


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
    if _is_utf8(data):
        return _checked(data.decode("utf-8", "replace"), "utf-8")
    named = _DECLARED.get((declared or "").strip().lower())
    candidates = ["gb18030", "big5hkscs"]
    best = max(candidates, key=lambda encoding: (_commonness(data, encoding), encoding == named, encoding == "gb18030"))
    return _checked(data.decode(best, "replace"), best)


def _checked(text: str, encoding: str) -> tuple[str, str]:
    sample = text[:_SAMPLE]
    garbled = sample.count("\ufffd") + len(_CONTROL.findall(sample))
    if garbled > 2 and garbled > _GARBLED_SHARE * len(sample):
        raise RejectError(RejectReason.UNKNOWN_ENCODING, f"{garbled} of {len(sample)} characters make no sense")
    return text.lstrip("\ufeff"), encoding


def _is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8, allowing a cut-off last character and a broken one among twenty others.

    Text in GB18030 or Big5 read as UTF-8 is broken at every other character.
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=False)
        return True
    except UnicodeDecodeError:
        sample = data[:_SAMPLE].decode("utf-8", "replace")
        broken = sample.count("\ufffd")
        return broken * 20 <= sum(character > "\x7f" for character in sample) - broken


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
    beyond = [character for character in text if character > "\x7f"]
    if not beyond:
        return 1.0
    common = 0
    for character in beyond:
        try:
            lead = character.encode("gb2312" if encoding == "gb18030" else "big5")[0]
        except UnicodeEncodeError:
            continue
        common += lead in (0xA1, 0xA3) or 0xB0 <= lead <= 0xD7 if encoding == "gb18030" else 0xA1 <= lead <= 0xC6
    return common / len(beyond)
