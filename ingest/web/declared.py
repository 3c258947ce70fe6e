"""What declarations of a style say of whether an element's text is seen."""

from __future__ import annotations

import re

HIDING = ("display", "visibility", "text-decoration", "opacity", "off-page", "text-indent", "clip", "box")
"""Properties by which an element hides all that stands in it."""

TELLING = re.compile(
    r"none|hidden|collapse|line-through|opacity|absolute|fixed|text-indent|clip|(?:height|width)\s*:\s*0", re.IGNORECASE
)
"""What stands in every style that hides an element."""

UNPAINTED = re.compile(
    r"font-size\s*:\s*0|color\s*[:=]\s*[\"']?\s*(?:white|transparent|#f{3}|rgba?\(\s*255|rgba\([^)]*,\s*0?\.?0+\s*\))",
    re.IGNORECASE,
)
"""What stands in every page some of whose letters have no size, or the colour of paper or none."""

RAISED = re.compile(r"vertical-align\s*:\s*super\b", re.IGNORECASE)
"""What stands in every style that raises an element."""

_PATTERNS = {
    "display": re.compile(r"none\b"),
    "visibility": re.compile(r"(?:hidden|collapse)\b"),
    "text-decoration": re.compile(r".*\bline-through\b"),
    "opacity": re.compile(r"0*\.?0+%?(?:\s|!|$)"),
    "text-indent": re.compile(r"-(?:\d{3,}(?:px|pt)|\d{2,}r?em|\d{3,}%)"),
    "clip": re.compile(r"(?:rect\(\s*(?:[01](?:px)?[\s,]+){3}[01](?:px)?\s*\)|inset\(\s*(?:50|100)%)"),
    "font-size": re.compile(r"0*\.?0+(?:px|pt|r?em|%)?(?:\s|!|$)"),
}
_ALIASES = {"text-decoration-line": "text-decoration", "clip-path": "clip", "background-color": "background"}
_FAR = re.compile(r"-(?:\d{3,}(?:\.\d+)?(?:px|pt)|\d{2,}(?:\.\d+)?r?em|\d{3,}v[wh]|[1-9]\d{2,}%)")
_NOTHING = re.compile(r"0(?:px|pt|r?em|%)?(?:\s|!|$)")
_WHITE = re.compile(r"(?:white|#f{3}|#f{6}|rgba?\(\s*255\s*,\s*255\s*,\s*255\s*(?:,\s*(?:1|1\.0)\s*)?\))(?:\s|!|$)")
_CLEAR = re.compile(r"transparent|rgba\([^)]*,\s*0?\.?0+\s*\)|#[0-9a-f]{3}0(?:\s|!|$)|#[0-9a-f]{6}00(?:\s|!|$)")
_NO_GROUND = re.compile(r"(?:none|transparent|initial|inherit|unset)\b")


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
    if found.get("opacity") and any(name.startswith(("transition", "animation")) for name in values):
        del found["opacity"]  # it is shown in a moment
    if "color" in values:
        found["white"], found["clear"] = is_white(values["color"]), bool(_CLEAR.match(values["color"]))
    if "background" in values or "background-image" in values:
        found["background"] = is_ground(values.get("background", "none")) or "url(" in values.get(
            "background-image", ""
        )
    if values.get("position", "").startswith(("absolute", "fixed")):
        found["off-page"] = any(_FAR.match(values.get(side, "")) for side in ("left", "top", "right", "bottom"))
    if "vertical-align" in values:
        found["raised"] = values["vertical-align"].startswith("super")
    if "overflow" in values and ("height" in values or "width" in values):
        no_room = any(_NOTHING.match(values.get(side, "")) for side in ("height", "width"))
        found["box"] = values["overflow"].startswith(("hidden", "clip")) and no_room
    return found


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
