"""The article of a page that a script puts in its place, or that is shown as markup: kept in strings and fields."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

from ingest.web.dom import Element

_HAN = re.compile(r"[\u4e00-\u9fff]")
_MARKUP = re.compile(r"<(?:p|div|table|h[1-6]|span|section)\b", re.IGNORECASE)
_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?P<double>(?:[^"\\\n]|\\.)*)"|'(?P<single>(?:[^'\\\n]|\\.)*)'|`(?P<back>(?:[^`\\]|\\.)*)`""",
    re.DOTALL,
)
_GLUE = re.compile(
    r"\s*(?:\+|,|\)?\s*;?\s*(?:[\w$.]+\s*\+=|document\.write(?:ln)?\(|[\w$.]+\.push\())?\s*(?:\+\s*)?", re.DOTALL
)
"""What stands between two strings of a script that are put together: +, a comma of a list, a line that adds."""
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(\n)|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "v": ""}
_WIDE = re.compile(r"%u([0-9A-Fa-f]{4})")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{200,}={0,2}\s*$")
_MAY_HOLD = re.compile(r"<\w|%3C|\\x3C|\\u003C|[A-Za-z0-9+/]{200}", re.IGNORECASE)
"""What stands in every script that holds markup."""
_UNSEEN = ("script", "style", "textarea", "noscript", "template")
_LEAST = 200
"""Characters of such markup at least."""
_LONG_VALUES = etree.XPath(f"//@*[string-length() > {_LEAST}]")
_ALL_TEXTS = etree.XPath("//text()", smart_strings=False)
_MARKUP_TEXTS = etree.XPath("//text()[contains(., '</')]")
_MOST_OF_PAGE = 0.5
"""Share of what a page shows from which on markup that it shows as text is its article."""


def show_scripted(root: Element) -> None:
    """Put the longest such markup into the page where it says more than all that the page shows by itself."""
    body = root.find("body")
    if body is None:
        return
    kept = [(_said(text), place, text, False) for place, text in _kept(root, body) if _MARKUP.search(text)]
    kept += [(_said(text), place, text, True) for place, text in _texts(body) if _MARKUP.search(text)]
    said, place, text, is_shown = max(kept, key=lambda one: one[0], default=(0, None, "", False))
    if place is None or said <= (_MOST_OF_PAGE if is_shown else 1) * _shown(body):
        return
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_pis=True)
    article = etree.fromstring(f"<div>{text}</div>".encode("utf-8", "replace"), parser)
    inner = article.find("body") if article is not None else None
    if inner is None:
        return
    if place.tag == "textarea" or is_shown:
        place.text = None
    for element in inner:
        body.append(element)


def _kept(root: Element, body: Element) -> Iterator[tuple[Element, str]]:
    """Places of a page with the texts that they keep unseen."""
    for script in root.iter("script"):
        text = script.text or ""
        if len(text) >= _LEAST and _MAY_HOLD.search(text):
            if _MARKUP.match(text.lstrip()):
                yield script, text
            for found in _strings(text):
                yield script, found
    for field in body.iter("textarea"):
        yield field, field.text or ""
    for unseen in body.iter("noscript", "template"):
        yield unseen, "".join(etree.tostring(inner, encoding="unicode", method="html") for inner in unseen)
    for value in _LONG_VALUES(body):
        yield value.getparent(), str(value)


def _texts(body: Element) -> Iterator[tuple[Element, str]]:
    """Elements whose text is markup, as pages have it that were escaped twice."""
    if not any("</" in text for text in _ALL_TEXTS(body)):  # as in most pages; to look inside XPath takes twice as long
        return
    for text in _MARKUP_TEXTS(body):
        if text.is_text and text.getparent().tag not in _UNSEEN:
            yield text.getparent(), str(text)


def _strings(script: str) -> Iterator[str]:
    """The strings of a script as they are when it runs, those put together as one, and what is packed in them."""
    pieces: list[str] = []
    end = 0
    for token in _TOKEN.finditer(script):
        if token.lastgroup is None:
            continue
        if pieces and not _GLUE.fullmatch(script, end, token.start()):
            yield from _unpacked("".join(pieces))
            pieces = []
        pieces.append(_unescaped(token[token.lastgroup]))
        end = token.end()
    yield from _unpacked("".join(pieces))


def _unpacked(text: str) -> Iterator[str]:
    """A text of a script and what it makes of it: characters by their numbers (%3Cp%3E, %u5E74), or base64."""
    if len(text) < _LEAST:
        return
    yield text
    if "%3" in text:
        yield unquote(_WIDE.sub(lambda match: chr(int(match[1], 16)), text))
    if _BASE64.match(text):
        try:
            yield base64.b64decode(text, validate=False).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return


def _said(text: str) -> int:
    return len(_HAN.findall(text))


def _shown(body: Element) -> int:
    unseen = {inner for element in body.iter("noscript", "template") for inner in element.iter()}
    return sum(
        _said(text)
        for element in body.iter()
        if element.tag not in _UNSEEN and element not in unseen
        for text in (element.text, *(inner.tail for inner in element))
        if text
    )


def _unescaped(text: str) -> str:
    """A string of a script as it is when the script runs."""

    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _ESCAPED.get(match[4], match[4] or "")

    return _ESCAPE.sub(character, text)
