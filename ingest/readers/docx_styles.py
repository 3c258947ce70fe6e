"""Styles and automatic numbers of a Word document: heading levels, what is shown, and what stands before paragraphs."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lxml import etree

from ingest.readers.ooxml import NAMESPACES, OFF, Children, attribute, child, child_value, is_on, local, value

_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_TITLE_NAMES = {"title", "标题"}
_DIGITS = "〇一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


Look: TypeAlias = dict[str, bool]
"""
What run properties say of text that is not seen (`vanish`, `strike`, `dstrike`, `tiny`, `narrow`), is white (`white`)
or on a ground of its own (`ground`), or stands raised (`raised`).
"""

PLAIN: Look = {}
_UNSEEN = ("vanish", "strike", "dstrike")
_READ_OF_LOOKS = (*_UNSEEN, "vertAlign", "position", "color", "sz", "w", "shd", "highlight")
_LOOK_TAGS: dict[Any, str] = {f"{{{space}}}{name}": name for space in NAMESPACES for name in _READ_OF_LOOKS}
_TINY = 4
"""Half points up to which letters are dots: nobody reads two points."""
_RAISED_BY = 6
"""Half points from which on a text stands above its line; less only sets it right."""
_NARROW = 5
"""Per cent of their width up to which letters are a line."""
_WHITE = re.compile(r"(?:f[0-9a-f]){3}", re.IGNORECASE)
"""Colours of letters that nobody makes out on paper."""
_PAPER_OF_THEMES = ("background1", "light1")
_PAPER = {"FFFFFF", "auto", "none", "white", ""}


@dataclass(slots=True)
class _Style:
    parent: str | None
    outline: int | None
    number: tuple[str | None, int | None]
    look: Look


@dataclass(slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    legal: bool = False


@dataclass(slots=True)
class Styles:
    """Styles of paragraphs and characters with what they inherit."""

    _styles: dict[str, _Style] = field(default_factory=dict)
    _default: str | None = None
    _everywhere: Look = field(default_factory=dict)
    _has_named_looks: bool = False
    """Whether any style of characters says how its text looks."""
    _looks: dict[str | None, Look] = field(default_factory=dict)
    """Looks of paragraphs by their style, as far as they were asked for."""
    coloured_tables: set[str] = field(default_factory=set)
    """Styles of tables that give any of their cells a ground."""

    @classmethod
    def parse(cls, root: etree._Element | None) -> Styles:
        styles = cls()
        for element in root if root is not None else ():
            if local(element) == "docDefaults":
                styles._everywhere = look_of(child(element, "rPrDefault", "rPr"))
            if attribute(element, "type") == "table" and any(map(is_ground, element.iter("{*}shd"))):
                styles.coloured_tables.add(attribute(element, "styleId") or "")
            if local(element) != "style" or attribute(element, "type") not in ("paragraph", "character", None):
                continue
            key = attribute(element, "styleId") or ""
            outline = _whole(child_value(element, "pPr", "outlineLvl"))
            name = (child_value(element, "name") or "").strip()
            heading = _HEADING_NAME.match(name)
            if outline is None and heading:
                outline = int(heading[1]) - 1
            if outline is None and name.lower() in _TITLE_NAMES:
                outline = 0
            number = child(element, "pPr", "numPr")
            look = look_of(child(element, "rPr"))
            if is_ground(child(element, "pPr", "shd")):
                look["ground"] = True
            if look and attribute(element, "type") == "character":
                styles._has_named_looks = True
            styles._styles[key] = _Style(child_value(element, "basedOn"), outline, _number(number), look)
            if is_on_attribute(element, "default") and attribute(element, "type") != "character":
                styles._default = key
        return styles

    def heading_level(self, properties: Children) -> int | None:
        """Level from 1 of a paragraph with these properties, None for body text."""
        outline = _whole(value(properties.get("outlineLvl")))
        if outline is None:
            outline = next((style.outline for style in self._chain(properties) if style.outline is not None), None)
        return outline + 1 if outline is not None and 0 <= outline < 9 else None

    def number(self, properties: Children) -> tuple[str, int] | None:
        """Number list and level of a paragraph with these properties, its own before its style's."""
        own_id, own_level = _number(properties.get("numPr"))
        if own_id is not None:
            return (own_id, own_level or 0) if own_id != "0" else None
        for style in self._chain(properties):
            number_id, level = style.number
            if number_id is not None:
                chosen = own_level if own_level is not None else level
                return (number_id, chosen or 0) if number_id != "0" else None
        return None

    def look(self, properties: Children) -> Look:
        """How the text of a paragraph with these properties looks where its runs say nothing."""
        key = value(properties.get("pStyle")) or self._default
        if key not in self._looks:
            self._looks[key] = self._look(self._styles_from(key), self._everywhere)
        return self._looks[key]

    def run_look(self, properties: etree._Element, paragraph: Look) -> Look:
        """How a run looks: by its own properties, else by its style and the paragraph's, which cancel each other."""
        own = look_of(properties)
        style = child_value(properties, "rStyle") if self._has_named_looks else None
        if style is not None:
            named = self._look(self._styles_from(style), PLAIN)
            if named:
                both = {name: named.get(name, False) != paragraph.get(name, False) for name in _UNSEEN}
                paragraph = {**paragraph, **named, **both}
        return {**paragraph, **own} if own else paragraph

    @staticmethod
    def _look(chain: list[_Style], base: Look) -> Look:
        look = base
        for style in reversed(chain):
            if style.look:
                look = {**look, **style.look}
        return look

    def _chain(self, properties: Children) -> list[_Style]:
        return self._styles_from(value(properties.get("pStyle")) or self._default)

    def _styles_from(self, key: str | None) -> list[_Style]:
        """A style and those that it is based on."""
        chain: list[_Style] = []
        while key in self._styles and len(chain) < 20:
            chain.append(self._styles[key])
            key = chain[-1].parent
        return chain


@dataclass(slots=True)
class Numbering:
    """Automatic numbers, counted as the paragraphs come by in order."""

    _lists: dict[str, tuple[str, dict[int, _Level]]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def parse(cls, root: etree._Element | None) -> Numbering:
        numbering = cls()
        elements = list(root) if root is not None else []
        abstract = {
            attribute(element, "abstractNumId") or "": _levels(element)
            for element in elements
            if local(element) == "abstractNum"
        }
        for element in elements:
            if local(element) != "num":
                continue
            key = child_value(element, "abstractNumId") or ""
            levels = dict(abstract.get(key, {}))
            counts_apart = False
            for override in element:
                if local(override) != "lvlOverride":
                    continue
                depth = _whole(attribute(override, "ilvl")) or 0
                given = child(override, "lvl")
                start = _whole(child_value(override, "startOverride"))
                counts_apart = counts_apart or start is not None
                base = _level(given) if given is not None else levels.get(depth, _Level())
                levels[depth] = _Level(base.start if start is None else start, base.form, base.text, base.legal)
            number_id = attribute(element, "numId") or ""
            numbering._lists[number_id] = (f"{key}/{number_id}" if counts_apart else key, levels)
        return numbering

    def text(self, number_id: str, depth: int) -> str:
        """The number that Word shows before the next paragraph of this list and level; empty for bullets."""
        if number_id not in self._lists:
            return ""
        key, levels = self._lists[number_id]
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts[key]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.form in ("bullet", "none"):
            return ""

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = levels.get(at, _Level())
            form = "decimal" if level.legal and at != depth else other.form
            return format_number(counts.get(at, other.start), form)

        return re.sub(r"%([1-9])", shown, level.text)


def format_number(number: int, form: str) -> str:
    """A number in one of the forms of WordprocessingML; plain digits where the form is not known."""
    if number < 1 or form in ("bullet", "none"):
        return str(number) if form != "none" else ""
    if "circle" in form.lower() and number <= 20:
        return chr(0x245F + number)
    if form == "decimalFullWidth":
        return str(number).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    if form == "decimalZero":
        return f"{number:02d}"
    if form in ("chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "taiwaneseCounting"):
        return chinese(number)
    if form in ("taiwaneseCountingThousand", "japaneseCounting"):
        return chinese(number)
    if form in ("ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"):
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    if form in ("ideographTraditional", "ideographZodiac"):
        signs = _STEMS if form == "ideographTraditional" else _BRANCHES
        return signs[number - 1] if number <= len(signs) else str(number)
    if form in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, 20)
        return letter if form == "upperLetter" else letter.lower()
    if form in ("upperRoman", "lowerRoman") and number < 4000:
        return roman(number) if form == "upperRoman" else roman(number).lower()
    return str(number)


def chinese(number: int) -> str:
    """A counting number up to 9999 in Chinese, as Word writes it (十一, 二十, 一百零一)."""
    if number >= 10_000:
        return str(number)
    text, gap = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit == 0:
            gap = gap or bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + unit
        gap = False
    return text.removeprefix("一") if text.startswith("一十") else text


def roman(number: int) -> str:
    """A number from 1 to 3999 in upper-case Roman numerals."""
    pairs = zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), _ROMAN, strict=True)
    text = ""
    for worth, sign in pairs:
        text += sign * (number // worth)
        number %= worth
    return text


_ROMAN = ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I")


def look_of(properties: etree._Element | None) -> Look:
    """What run properties say of how the text looks; nothing where they leave it to the style."""
    look: Look = {}
    for element in properties if properties is not None else ():
        name = _LOOK_TAGS.get(element.tag)
        if name == "vertAlign":
            look["raised"] = attribute(element, "val") in ("superscript", "subscript")
        elif name == "position":
            look.setdefault("raised", (_whole(attribute(element, "val")) or 0) >= _RAISED_BY)
        elif name == "color":
            is_paper = attribute(element, "themeColor") in _PAPER_OF_THEMES and not attribute(element, "themeShade")
            look["white"] = is_paper or bool(_WHITE.fullmatch(attribute(element, "val") or ""))
        elif name == "w":
            width = _whole((attribute(element, "val") or "").rstrip("%"))
            look["narrow"] = width is not None and width <= _NARROW
        elif name == "sz":
            size = _whole(attribute(element, "val"))
            look["tiny"] = size is not None and size <= _TINY
        elif name in ("shd", "highlight"):
            look["ground"] = is_ground(element)
        elif name is not None:
            look[name] = attribute(element, "val") not in OFF
    return look


def is_unseen(look: Look) -> bool:
    """Whether text of this look is hidden, struck out or too small to be seen."""
    return look.get("tiny", False) or look.get("narrow", False) or any(look.get(name, False) for name in _UNSEEN)


def may_be_white_on_white(look: Look) -> bool:
    """Whether text of this look is seen only where the page has another ground than paper."""
    return look.get("white", False) and not look.get("ground", False)


def is_ground(shading: etree._Element | None) -> bool:
    """Whether a shading, or the colour of a marker, gives text another ground than paper."""
    if shading is None:
        return False
    if local(shading) == "highlight":
        return (attribute(shading, "val") or "") not in _PAPER
    pattern = attribute(shading, "val") or "clear"
    return (attribute(shading, "fill") or "") not in _PAPER or pattern not in ("clear", "nil")


def is_on_attribute(element: etree._Element, name: str) -> bool:
    """Whether an attribute says yes."""
    return attribute(element, name) in ("1", "true", "on")


def _number(properties: etree._Element | None) -> tuple[str | None, int | None]:
    return child_value(properties, "numId"), _whole(child_value(properties, "ilvl"))


def _levels(element: etree._Element) -> dict[int, _Level]:
    return {_whole(attribute(level, "ilvl")) or 0: _level(level) for level in element if local(level) == "lvl"}


def _level(element: etree._Element) -> _Level:
    start = _whole(child_value(element, "start"))
    return _Level(
        1 if start is None else start,
        child_value(element, "numFmt") or "decimal",
        child_value(element, "lvlText") or "",
        is_on(element, "isLgl"),
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"\d{1,9}", text) else None
