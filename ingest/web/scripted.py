"""The article of a page that a script puts in its place: markup kept in a text area or in a string of a script."""

from __future__ import annotations

import re

from lxml import etree

from ingest.web.dom import Element

_HAN = re.compile(r"[\u4e00-\u9fff]")
_MARKUP = re.compile(r"<(?:p|div|table|h[1-6]|span|section)\b", re.IGNORECASE)
_STRING = re.compile(r""""((?:[^"\\\n]|\\.){200,})"|'((?:[^'\\\n]|\\.){200,})'|`([^`\\]{200,})`""")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "v": ""}
_UNSEEN = ("script", "style", "textarea", "noscript")


def show_scripted(root: Element) -> None:
    """Put the longest such markup into the page where it says more than all that the page shows by itself."""
    body = root.find("body")
    if body is None:
        return
    kept = [(field, field.text or "") for field in body.iter("textarea")]
    kept += [
        (script, _unescaped(next(filter(None, match.groups()))))
        for script in root.iter("script")
        for match in _STRING.finditer(script.text or "")
    ]
    marked = [(_said(text), place, text) for place, text in kept if _MARKUP.search(text)]
    if not marked:
        return
    said, place, text = max(marked, key=lambda one: one[0])
    if said <= _shown(body):
        return
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_pis=True)
    article = etree.fromstring(f"<div>{text}</div>".encode("utf-8", "replace"), parser)
    inner = article.find("body") if article is not None else None
    if inner is None:
        return
    for element in inner:
        body.append(element)
    if place.tag == "textarea":
        place.text = None


def _said(text: str) -> int:
    return len(_HAN.findall(text))


def _shown(body: Element) -> int:
    return sum(
        _said(text)
        for element in body.iter()
        if element.tag not in _UNSEEN
        for text in (element.text, *(inner.tail for inner in element))
        if text
    )


def _unescaped(text: str) -> str:
    """A string of a script as it is when the script runs."""

    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _ESCAPED.get(match[3], match[3])

    return _ESCAPE.sub(character, text)
