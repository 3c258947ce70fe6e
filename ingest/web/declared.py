"""What declarations of a style say of whether an element's text is seen."""

from __future__ import annotations

import re

HIDING = (
    *("display", "visibility", "content-visibility", "text-decoration", "opacity", "filter"),
    *("off-page", "text-indent", "clip", "box", "transform", "zoom"),
)
"""Properties by which an element hides all that stands in it."""

TELLING = re.compile(
    r"none|hidden|collapse|line-through|opacity|absolute|fixed|text-indent|clip|(?:height|width)\s*:\s*0|"
    r"transform|zoom\s*:\s*0",
    re.IGNORECASE,
)
"""What stands in every style that hides an element."""

_UNPAINTED = (
    r"font(?:-size\s*:\s*0|\s*:[^;\"']*?\b0(?:px|pt|r?em|%)?(?:[\s/]))",
    r"color\s*[:=]\s*[\"']?\s*(?:white|transparent|#f{3}|#[0-9a-f]{3}0\b|#[0-9a-f]{6}00\b|rgba?\(\s*255|"
    r"(?:rgb|hsl)a?\([^)]*[,/]\s*0*\.?0+%?\s*\))",
)
"""What stands in every page some of whose letters have no size, or the colour of paper or none; in small letters."""
_RAISED = (
    r"vertical-align\s*:\s*(?:su[pb]|text-top|top|\d)",
    *("baseline-shift", "font-variant-position", r"position\s*:\s*relative"),
)
"""What stands in every style that raises an element; in small letters."""
RAISED = re.compile("|".join(_RAISED))

_PATTERNS = {
    "display": re.compile(r"none\b"),
    "visibility": re.compile(r"(?:hidden|collapse)\b"),
    "text-decoration": re.compile(r".*\bline-through\b"),
    "content-visibility": re.compile(r"hidden\b"),
    "opacity": re.compile(r"0*\.?0+%?(?:\s|!|$)"),
    "filter": re.compile(r"(?:.*\s)?opacity\(\s*0*\.?0+%?\s*\)"),
    "transform": re.compile(
        r"(?:.*\s)?(?:scale(?:3d|[xy])?\(\s*0*\.?0+\s*[,)]|translate(?:3d|[xy])?\([^)]*-\d{4,}(?:\.\d+)?(?:px|pt))"
    ),
    "zoom": re.compile(r"0*\.?0+%?(?:\s|!|$)"),
    "text-indent": re.compile(r"-(?:\d{3,}(?:px|pt)|\d{2,}r?em|\d{3,}%)"),
    "clip": re.compile(r"(?:rect\(\s*(?:[01](?:px)?[\s,]+){3}[01](?:px)?\s*\)|inset\(\s*(?:50|100)%)"),
    "font-size": re.compile(r"0*\.?0+(?:px|pt|r?em|%)?(?:\s|!|$)"),
}
_ALIASES = {"text-decoration-line": "text-decoration", "clip-path": "clip", "background-color": "background"}
_FAR = re.compile(r"-(?:\d{3,}(?:\.\d+)?(?:px|pt)|\d{2,}(?:\.\d+)?r?em|\d{3,}v[wh]|[1-9]\d{2,}%)")
_SIDES = ("height", "width", "max-height", "max-width")
_NOTHING = re.compile(r"0(?:px|pt|r?em|%)?(?:\s|!|$)")
_WHITE = re.compile(r"(?:white|#f{3}|#f{6}|rgba?\(\s*255\s*,\s*255\s*,\s*255\s*(?:,\s*(?:1|1\.0)\s*)?\))(?:\s|!|$)")
_CLEAR = re.compile(
    r"transparent|(?:rgb|hsl)a?\((?:[^,)]*,){3}\s*0*\.?0+%?\s*\)|(?:rgb|hsl)a?\([^)/]*/\s*0*\.?0+%?\s*\)|"
    r"#[0-9a-f]{3}0(?:\s|!|$)|#[0-9a-f]{6}00(?:\s|!|$)"
)
_FONT_SIZE = re.compile(r"(?:^|\s)(\d*\.?\d+)(?:px|pt|r?em|%)?(?=[\s/!]|$)")
_SMALLER = re.compile(r"(?:0?\.\d+r?em|[1-9]\d?%|(?:x-|xx-)?small(?:er)?)(?:\s|!|$)")
_UPWARDS = re.compile(r"su[pb]|0*[.\d]*[1-9]\d*(?:\.\d+)?(?:px|pt|r?em|ex|%)")
_NO_GROUND = re.compile(r"(?:none|transparent|initial|inherit|unset)\b")


def _in_pages(patterns: tuple[str, ...]) -> tuple[re.Pattern[bytes], ...]:
    """A page is looked through ten times as fast for patterns that each begin with letters, and in bytes."""
    return tuple(re.compile(pattern.encode()) for pattern in patterns)


_UNPAINTED_IN_PAGES, _RAISED_IN_PAGES = _in_pages(_UNPAINTED), _in_pages(_RAISED)


def may_be_unpainted(page: bytes) -> bool:
    """Whether some letters of a page may have no size, or the colour of paper or none; it is in small letters."""
    return any(pattern.search(page) for pattern in _UNPAINTED_IN_PAGES)


def may_be_raised(page: bytes) -> bool:
    """Whether a style of a page may raise an element; it is in small letters."""
    return any(pattern.search(page) for pattern in _RAISED_IN_PAGES)


def declared(declarations: str) -> dict[str, bool]:
    """
    For each property that bears on being seen, whether these declarations hide by it.

    Beside those of HIDING: `font-size` (letters of no size), `white` and `clear` (letters in the colour of paper, and
    in none), `background`, which is true where it gives letters another ground than paper, and `raised`.
    """
    values: dict[str, str] = {}
    for declaration in declarations.split(";"):
        name, _, value = declaration.partition(":")
        values[_ALIASES.get(name.strip().lower(), name.strip().lower())] = value.strip().lower()
    found = {name: bool(pattern.match(values[name])) for name, pattern in _PATTERNS.items() if name in values}
    if any(name.startswith(("transition", "animation")) for name in values):
        for name in ("opacity", "filter", "transform"):
            found.pop(name, None)  # it is shown in a moment
    if "font" in values and "font-size" not in values and (size := _FONT_SIZE.search(values["font"])):
        found["font-size"] = float(size[1]) == 0
    if "color" in values:
        found["white"], found["clear"] = is_white(values["color"]), bool(_CLEAR.match(values["color"]))
    if "background" in values or "background-image" in values:
        found["background"] = is_ground(values.get("background", "none")) or "url(" in values.get(
            "background-image", ""
        )
    if values.get("position", "").startswith(("absolute", "fixed")):
        sides = [values.get(side, "") for side in ("left", "top", "right", "bottom")]
        found["off-page"] = any(_FAR.match(side) for side in (*sides, *values.get("inset", "").split()))
    found |= _raised(values)
    if "overflow" in values and any(side in values for side in _SIDES):
        no_room = any(_NOTHING.match(values.get(side, "")) for side in _SIDES)
        found["box"] = values["overflow"].startswith(("hidden", "clip")) and no_room
    return found


def _raised(values: dict[str, str]) -> dict[str, bool]:
    """Whether letters stand above their line, or as a subscript: by name or by a length, and small ones at its top."""
    if "vertical-align" in values:
        align = values["vertical-align"]
        is_small = bool(_SMALLER.match(values.get("font-size", "")))
        return {"raised": bool(_UPWARDS.match(align)) or (is_small and align.startswith(("top", "text-top")))}
    if "baseline-shift" in values:
        return {"raised": bool(_UPWARDS.match(values["baseline-shift"]))}
    if "font-variant-position" in values:
        return {"raised": values["font-variant-position"].startswith("su")}
    if values.get("position", "").startswith("relative") and ("top" in values or "bottom" in values):
        return {"raised": values.get("top", "").startswith("-") or bool(_UPWARDS.match(values.get("bottom", "")))}
    return {}


def important_of(declarations: str) -> frozenset[str]:
    """The properties, as `declared` names them, of which these declarations say that they are important."""
    if "!" not in declarations:
        return frozenset()
    said = (each for each in declarations.split(";") if each.lower().replace(" ", "").endswith("!important"))
    return frozenset(declared(";".join(said)))


def hides(found: dict[str, bool]) -> bool:
    """Whether what is declared hides all that stands in an element."""
    return any(found.get(name, False) for name in HIDING)


def is_white(colour: str) -> bool:
    """Whether a colour is that of paper."""
    return bool(_WHITE.match(colour.strip().lower()))


def is_ground(background: str) -> bool:
    """Whether a background is another than paper."""
    background = background.strip().lower()
    return bool(background) and not _NO_GROUND.match(background) and not _WHITE.match(background)
