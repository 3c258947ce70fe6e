"""Shapes of a line of text: is it a value, a label, a heading, prose? No meaning is looked at, only form."""

from __future__ import annotations

import re
import unicodedata

from ingest.kept import kept
from ingest.words import measure_words, version_of, words_for

BLANKS = " \t\r\n\u3000\xa0\u200b\ufeff"
BARS = "|｜│┃║¦"

_NUMBER = r"[+\-±]?(?:\d{1,3}(?:[,， ]\d{3})+|\d+)(?:\.\d+)?"
_MEASURE = rf"(?:{measure_words()}|[%‰])"
_VALUE = re.compile(rf"(?:{_NUMBER})\s?{_MEASURE}?$")
_NOTHING = re.compile(r"(?:[/\\]|[-‐‑–—―─_]{1,3}|\*+|○|〇)$")
_UNIT = re.compile(rf"[（(]?{_MEASURE}[）)]?$")
_SENTENCE = re.compile(r"[。；！？;!?]")
_PAUSE = re.compile(r"[，,：:。；！？]")
_BRACKETED = re.compile(r"（[^（）]*）|\([^()]*\)|“[^“”]*”|《[^《》]*》|〔[^〔〕]*〕")
_OPEN_BRACKET = re.compile(r"(?<=\S)[（(][^（）()]*$")
_ENUMERATED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}\s?[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}\s?[、.．](?!\d)|"
    r"[①-⑳]|其中\s?[：:])"
)
_NUMERALS = "〇一二三四五六七八九"
_CHAPTER = re.compile(r"[一二三四五六七八九十]{1,3}\s?[、.．]")
_TABLE_TITLE = re.compile(rf"{words_for('table_title')}|\d{{4}}\s?年度?\s*[）)]?$|[：:]$")
_PAGE_MARK = re.compile(r"[-‐‑–—―─·.]+\s*\d+\s*[-‐‑–—―─·.]+$")
_DATE = re.compile(r"\d{4}\s?年\s?\d{1,2}\s?月")
_HAN = re.compile(r"[\u3400-\u9fff]")
_BEGINS_IN_WORDS = re.compile(r"[\u3400-\u9fff（(“《]")
# A word that is no measure word behind a figure, as more follows than the longest of those.
_GOES_ON_IN_WORDS = re.compile(r".{1,20}[\u3400-\u9fff].{20}")

WORDS_VERSION = version_of(_MEASURE, _TABLE_TITLE.pattern)
"""Of the words by which lines are told apart: part of the version of all that looks at their shapes."""

LONGEST_LABEL = 60
_LONGEST_WITH_BRACKETS = 160
"""Characters of a label with what a bracket explains."""


def bare(text: str) -> str:
    """The text without blanks at its ends."""
    return text.strip(BLANKS)


def plain(text: str) -> str:
    """The text for comparing: full-width forms made half-width (NFKC), no blanks at its ends."""
    return bare(text if text.isascii() else unicodedata.normalize("NFKC", text))


@kept
def is_number(text: str) -> bool:
    """Whether the text is one number, perhaps with a sign, thousands marks or a measure word."""
    return not is_in_words(text) and bool(_VALUE.match(plain(text)))


@kept
def is_nothing(text: str) -> bool:
    """Whether the text is a mark that stands for an empty cell (/ — -)."""
    return not is_in_words(text) and bool(_NOTHING.match(plain(text)))


@kept
def is_value(text: str) -> bool:
    """A number or a mark for nothing."""
    if is_in_words(text):
        return False
    whole = plain(text)
    return bool(_VALUE.match(whole) or _NOTHING.match(whole))


def is_in_words(text: str) -> bool:
    """As most lines are, and no value: to make a line plain takes longer than all else that is done with it."""
    whole = bare(text)
    return bool(_BEGINS_IN_WORDS.match(whole) or _GOES_ON_IN_WORDS.match(whole))


def is_unit(text: str) -> bool:
    """Whether the text is a measure word alone."""
    return bool(_UNIT.match(plain(text)))


@kept
def values_of(text: str) -> tuple[str, ...]:
    """The values of a line that holds nothing but values between blanks; empty where it holds anything else."""
    whole = bare(text)
    if _BEGINS_IN_WORDS.match(whole):  # as most lines
        return ()
    if is_value(whole):
        return (whole,)
    if _PAGE_MARK.match(whole):
        return ()
    tokens = tuple(whole.split())
    return tokens if tokens and all(is_value(token) for token in tokens) else ()


@kept
def is_prose(text: str) -> bool:
    """Whether the text reads as a sentence, or is too long for a cell."""
    whole = bare(text)
    if len(whole) > _LONGEST_WITH_BRACKETS:
        return True
    outside = _without_brackets(whole)
    return len(outside) > LONGEST_LABEL or bool(_SENTENCE.search(outside))


@kept
def is_label(text: str) -> bool:
    """Whether the text may be the label of a row or column: short, Han, no pause outside brackets."""
    whole = bare(text)
    if not whole or len(whole) > LONGEST_LABEL or is_value(whole) or _DATE.match(whole):
        return False
    outside = _OPEN_BRACKET.sub("", re.sub(r"^其中\s?[：:]", "", _without_brackets(whole)))
    return not _PAUSE.search(outside) and bool(_HAN.search(whole))


def is_piece(text: str) -> bool:
    """Whether the text may be a label that lost its brackets: short and Han, with pauses but no end of a sentence."""
    whole = bare(text)
    return (
        0 < len(whole) <= 45 and not _SENTENCE.search(whole) and bool(_HAN.search(whole)) and whole[-1] not in "，,：:"
    )


def is_enumerated(text: str) -> bool:
    """Whether the text begins with 一、 （一） 1. or the like."""
    return bool(_ENUMERATED.match(bare(text)))


def is_chapter(text: str) -> bool:
    """Whether the text begins as the headings of chapters do (一、)."""
    return bool(_CHAPTER.match(bare(text)))


def chapter_number(text: str) -> int:
    """The number of a heading such as 三、 (0 where there is none)."""
    match = _CHAPTER.match(bare(text))
    numeral = match[0].rstrip("、.． ") if match else ""
    tens, _, ones = numeral.rpartition("十")
    ten = _NUMERALS.find(tens) if tens else int("十" in numeral)
    return 10 * ten + (_NUMERALS.find(ones) if ones else 0)


def is_table_title(text: str) -> bool:
    """Whether the text looks like what stands above a table: its name, its year, who filled it in."""
    return bool(_TABLE_TITLE.search(bare(text)))


def is_contents(rows: list[tuple[str, str]]) -> bool:
    """Whether rows of a label and a value are a table of contents: chapters, and page numbers that only rise."""
    numbers = [int(value) for _, value in rows if re.fullmatch(r"\d{1,3}", value)]
    chapters = sum(bool(_CHAPTER.match(label) or label.startswith("第")) for label, _ in rows)
    rising = len(numbers) == len(rows) > 2 and numbers == sorted(numbers) and numbers[-1] > numbers[0]
    return rising and 2 * chapters > len(rows)


def is_first(text: str) -> bool:
    """Whether a label is the first of its kind (一、 （一） 1.)."""
    return bool(re.match(r"(?:[（(]?[一1][）)、.．])(?!\d)", plain(text)))


def is_open(text: str) -> bool:
    """Whether a bracket is left open, so that the text must go on."""
    whole = text.replace("(", "（").replace(")", "）")
    return whole.count("（") > whole.count("）")


def is_one_han(text: str) -> bool:
    """Whether the text is a single Han character: a piece of a label written downwards."""
    whole = bare(text)
    return len(whole) == 1 and bool(_HAN.match(whole))


def join_lines(first: str, second: str) -> str:
    """Two lines of one label as one text: a blank only between two Latin words."""
    left, right = first.rstrip(BLANKS), second.strip(BLANKS)
    if left and right and left[-1].isascii() and left[-1].isalnum() and right[0].isascii() and right[0].isalpha():
        return f"{left} {right}"
    return left + right


def _without_brackets(text: str) -> str:
    before = None
    while before != text:
        before, text = text, _BRACKETED.sub("", text)
    return text
