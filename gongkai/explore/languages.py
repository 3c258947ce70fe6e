"""The two languages of the pages: which one is asked for, and the words for codes (the seed `code_words`)."""

from __future__ import annotations

import csv
import re
from functools import cache

from starlette.requests import Request

from ingest.shipped import project_folder

LANGUAGES = ("zh", "en")
COOKIE = "gongkai_language"

_FORMS = re.compile(r"(\w+) → (\w+)(?:: )?")


def language_of(request: Request) -> str:
    """The language chosen, else the first one of ours that the browser asks for, else Chinese."""
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return "zh"


@cache
def codes() -> dict[tuple[str, str], dict[str, str]]:
    """The words for each code of a kind, by language."""
    with (project_folder() / "seeds" / "labels" / "code_words.csv").open(encoding="utf-8", newline="") as lines:
        return {(row["kind"], row["code"]): {"zh": row["zh"], "en": row["en"]} for row in csv.DictReader(lines)}


def code_words(language: str, kind: str, code: object) -> str:
    """The words for a code of the warehouse; the code itself where there are none."""
    key = "" if code is None else str(code)
    words = codes().get((kind, key))
    return key if words is None else words[language]


def note_words(language: str, note: object) -> str:
    """A note of the seeds in a language; before it, for a break, from which form to which one (2014 → 2019: …)."""
    text = "" if note is None else str(note)
    forms = _FORMS.match(text)
    if forms is None:
        return code_words(language, "note", text)
    between = " → ".join(code_words(language, "form", form) for form in forms.groups())
    own = code_words(language, "note", text[forms.end() :])
    return between + ((": " if language == "en" else "：") + own if own else "")


def unit_words(language: str, unit: object, value: object) -> str:
    """The unit of a value: 1 case, 2 cases."""
    words = code_words(language, "unit", unit)
    return words.removesuffix("s") if language == "en" and value == 1 else words


def counted(language: str, number: int, zh: str, one: str, many: str) -> str:
    """How many of something, in words: 1 report, 2 reports."""
    return f"{number:,} {zh if language == 'zh' else one if number == 1 else many}"
