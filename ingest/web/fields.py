"""Fields of a form that show the page's own figures and texts: they become text in the tree."""

from __future__ import annotations

import re

from ingest.web.dom import Element

_SHOWN_TYPES = {"text", "number", "tel", "date", ""}
_DIGIT = re.compile(r"\d")
_SENTENCE = re.compile("[。；]")


def show_fields(root: Element) -> None:
    """Make spans of filled inputs and paragraphs of filled text areas; what asks for a word to search for is left."""
    for field in list(root.iter("input", "textarea")):
        is_closed = field.get("readonly") is not None or field.get("disabled") is not None
        if field.tag == "input":
            value = field.get("value", "").strip()
            if value and field.get("type", "").strip().lower() in _SHOWN_TYPES and (is_closed or _DIGIT.search(value)):
                field.tag, field.text = "span", value
        elif is_closed or _SENTENCE.search(field.text or ""):
            field.tag = "pre"
