"""The two languages of the pages: which one is asked for, and the words for codes of the warehouse (`words.csv`)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from starlette.requests import Request

LANGUAGES = ("zh", "en")
COOKIE = "gongkai_language"


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
    with Path(__file__).with_name("words.csv").open(encoding="utf-8", newline="") as lines:
        return {(row["kind"], row["code"]): {"zh": row["zh"], "en": row["en"]} for row in csv.DictReader(lines)}


def code_words(language: str, kind: str, code: object) -> str:
    """The words for a code of the warehouse; the code itself where there are none."""
    key = "" if code is None else str(code)
    words = codes().get((kind, key))
    return key if words is None else words[language]
