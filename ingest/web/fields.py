"""Fields of a form that show the page's own figures and texts: they become text in the tree."""

from __future__ import annotations

import re

from ingest.web.dom import Element

_SHOWN_TYPES = {"text", "number", "tel", "date", ""}
_DIGIT = re.compile(r"\d")
_SENTENCE = re.compile("[。；]")


def show_fields(root: Element) -> None:
    """Make spans of filled inputs and of choices made in cells, and paragraphs of filled text areas; what asks for a
    word to search for is left."""
    for field in list(root.iter("input", "textarea", "select")):
        if field.tag == "select":
            _show_choice(field)
            continue
        is_closed = field.get("readonly") is not None or field.get("disabled") is not None
        if field.tag == "input":
            value = field.get("value", "").strip()
            if value and field.get("type", "").strip().lower() in _SHOWN_TYPES and (is_closed or _DIGIT.search(value)):
                field.tag, field.text = "span", value
        elif is_closed or _SENTENCE.search(field.text or ""):
            field.tag = "pre"


def _show_choice(field: Element) -> None:
    """A list to choose from in a cell shows what was chosen; elsewhere it leads to other pages."""
    chosen = [option for option in field.iter("option") if option.get("selected") is not None]
    if len(chosen) == 1 and next(field.iterancestors("td", "th"), None) is not None:
        text, tail = "".join(chosen[0].itertext()).strip(), field.tail
        field.clear()
        field.tag, field.text, field.tail = "span", text, tail
