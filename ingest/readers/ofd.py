"""OFD, the state's format for fixed pages (GB/T 33190): glyphs and lines of its XML go the way of those of a PDF."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from ingest.documents.model import Document
from ingest.errors import RejectError, RejectReason
from ingest.flat import shapes
from ingest.layout.assemble import parts_of
from ingest.layout.marks import UNTOLD, Glyph, PageMarks, Ruling
from ingest.limits import Limits
from ingest.readers import image, ocr
from ingest.readers.ofd_seen import Painted, seen
from ingest.readers.ooxml import Package, child, local

VERSION = f"2+words{shapes.WORDS_VERSION}"

_POINTS = 72 / 25.4
"""Points in a millimetre, the unit of OFD."""
_A4 = (0.0, 0.0, 210.0, 297.0)
_ASCENT, _DESCENT = 0.88, 0.12
_NO_MEANING = "\u00a4"
"""What stands for a glyph whose character the file does not tell."""
_DEEPEST = 8
_MOST_OBJECTS = 500_000
_LONGEST_PATH = 20_000
_STRAIGHT = 0.5
"""Millimetres that a ruling line may lean, or a filled box be thick."""
_SHORTEST = 1.0
_FEW_GLYPHS, _LARGE = 10, 0.3
_SEGMENT = re.compile(r"([SMLBQAC])([^SMLBQAC]*)")

Matrix = tuple[float, float, float, float, float, float]
_AS_IT_IS: Matrix = (1, 0, 0, 1, 0, 0)


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Blocks and tables. RejectError where it is damaged, over a limit, or a scan that needs a missing OCR."""
    package = Package(data, limits)
    body = child(_root(package, "OFD.xml"), "DocBody")
    main = _path("OFD.xml", _text(child(body, "DocRoot")))
    document = _root(package, main)
    common = child(document, "CommonData")
    templates = {
        page.get("ID", ""): _path(main, page.get("BaseLoc", ""))
        for page in (common if common is not None else ())
        if local(page) == "TemplatePage"
    }
    pages = [_path(main, page.get("BaseLoc", "")) for page in _children(document, "Pages")]
    if len(pages) > limits.pages:
        raise RejectError(RejectReason.TOO_MANY_PAGES, f"{len(pages)} pages; the limit is {limits.pages}")
    usual = _numbers(_text(child(common, "PageArea", "PhysicalBox"))) or list(_A4)
    pictures = _pictures(package, main, common)
    marks: list[PageMarks] = []
    ocr_used = False
    count = 0
    for number, path in enumerate(pages, 1):
        page = _Page(package, limits, templates)
        page.collect(path)
        box = _numbers(_text(child(_root(package, path), "Area", "PhysicalBox"))) or usual
        found = page.marks(number, box)
        if len(found.glyphs) < _FEW_GLYPHS and (scan := _scan(page, box, pictures)) is not None:
            found, ocr_used = image.marks_of(package.read(scan), limits, number)[0], True
        count += len(found.glyphs)
        if count > limits.chars:
            raise RejectError(RejectReason.TOO_MANY_CHARACTERS, f"more than {limits.chars} characters")
        marks.append(found)
    if not count:
        raise RejectError(RejectReason.NO_TEXT, "no page holds text")
    return Document(parts_of(marks), _properties(body), page_count=len(pages), ocr_used=ocr_used)


def _root(package: Package, name: str) -> etree._Element:
    root = package.xml(name)
    if root is None:
        raise RejectError(RejectReason.DAMAGED, f"part {name!r} of the OFD document is missing")
    return root


def _path(of: str, location: str) -> str:
    """A part's name from a location in another part; what leads out of the package is in none."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(of), location)).lstrip("/")


def _text(element: etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _children(element: etree._Element | None, *path: str) -> Iterator[etree._Element]:
    found = child(element, *path)
    return iter(found) if found is not None else iter(())


def _numbers(text: str | None) -> list[float]:
    """The numbers of a list; none where one of them is no number."""
    try:
        return [float(number) for number in (text or "").split()]
    except ValueError:
        return []


def _properties(body: etree._Element | None) -> dict[str, str]:
    names = {"Title", "Author", "Subject", "CreationDate", "ModDate", "Creator"}
    return {local(one): _text(one) for one in _children(body, "DocInfo") if local(one) in names and _text(one)}


def _pictures(package: Package, main: str, common: etree._Element | None) -> dict[str, str]:
    """Names of the parts that are pictures, by the number that pages call them by."""
    found: dict[str, str] = {}
    for element in common if common is not None else ():
        if local(element) not in ("PublicRes", "DocumentRes"):
            continue
        path = _path(main, _text(element))
        root = package.xml(path)
        base = root.get("BaseLoc", "") if root is not None else ""
        for medium in _children(root, "MultiMedias"):
            part = _path(path, posixpath.join(base, _text(child(medium, "MediaFile"))))
            if medium.get("Type") == "Image" and part in package:
                found[medium.get("ID", "")] = part
    return found


def _scan(page: _Page, box: list[float], pictures: dict[str, str]) -> str | None:
    """The part that is the picture of a whole page; None where there is none or OCR is not installed."""
    wide = [
        pictures[resource]
        for resource, area in page.pictures
        if resource in pictures and area > _LARGE * box[2] * box[3] > 0
    ]
    if not wide:
        return None
    ocr.require()
    return wide[0]


@dataclass(slots=True)
class _Page:
    """What stands on a page and on the pages that lie under it, in millimetres."""

    package: Package
    limits: Limits
    templates: dict[str, str]
    painted: Painted = field(default_factory=Painted)
    horizontals: list[Ruling] = field(default_factory=list)
    verticals: list[Ruling] = field(default_factory=list)
    pictures: list[tuple[str, float]] = field(default_factory=list)
    """Numbers of pictures, with the area that each covers."""
    count: int = 0

    def collect(self, path: str, depth: int = 0) -> None:
        """Take in a page, with the templates that it stands on."""
        root = _root(self.package, path)
        for element in root:
            template = self.templates.get(element.get("TemplateID", "")) if local(element) == "Template" else None
            if template is not None and depth < _DEEPEST:
                self.collect(template, depth + 1)
        for layer in _children(root, "Content"):
            self._block(layer, 0)

    def marks(self, number: int, box: list[float]) -> PageMarks:
        """The marks in points from the top left corner of the page's box."""
        left, top, width, height = (box + list(_A4))[:4] if len(box) < 4 else box[:4]

        def across(value: float) -> float:
            return (value - left) * _POINTS

        def down(value: float) -> float:
            return (value - top) * _POINTS

        horizontals = [Ruling(across(line.start), across(line.end), down(line.at)) for line in self.horizontals]
        marks = PageMarks(
            number,
            width * _POINTS,
            height * _POINTS,
            [
                Glyph(one.text, across(one.x0), down(one.top), across(one.x1), down(one.bottom))
                for one in self.painted.glyphs
            ],
            horizontals,
            [Ruling(down(line.start), down(line.end), across(line.at)) for line in self.verticals],
        )
        return seen(marks, horizontals)

    def _block(self, block: etree._Element, depth: int) -> None:
        for element in block:
            self.count += 1
            if self.count > _MOST_OBJECTS:
                raise RejectError(RejectReason.TOO_MANY_CELLS, f"more than {_MOST_OBJECTS} objects on a page")
            kind = local(element)
            if element.get("Visible") == "false" or element.get("Alpha") == "0":
                continue
            if kind == "PageBlock" and depth < _DEEPEST:
                self._block(element, depth + 1)
            elif kind == "TextObject":
                self._text_object(element)
            elif kind == "PathObject":
                self._path_object(element)
            elif kind == "ImageObject":
                box = _numbers(element.get("Boundary"))
                if len(box) == 4:
                    self.pictures.append((element.get("ResourceID", ""), box[2] * box[3]))

    def _text_object(self, element: etree._Element) -> None:
        """Glyphs of a text; turned text, as of watermarks, belongs to no line."""
        place = _place(element)
        if place is None or (abs(place[1]) > 1e-3 * abs(place[0]) or abs(place[2]) > 1e-3 * abs(place[3])):
            return
        size = (_numbers(element.get("Size")) or [0.0])[0]
        stretch = (_numbers(element.get("HScale")) or [1.0])[0]
        x = y = 0.0
        glyphs: list[Glyph] = []
        for code in element:
            if local(code) != "TextCode":
                continue
            x = (_numbers(code.get("X")) or [x])[0]
            y = (_numbers(code.get("Y")) or [y])[0]
            steps = _deltas(code.get("DeltaX"), len(code.text or ""))
            falls = _deltas(code.get("DeltaY"), len(code.text or ""))
            at_x, at_y = x, y
            for number, character in enumerate(code.text or ""):
                if not character.isspace():
                    width = size * stretch * (0.5 if character.isascii() else 1.0)
                    x0, top = _moved(place, at_x, at_y - _ASCENT * size)
                    x1, bottom = _moved(place, at_x + width, at_y + _DESCENT * size)
                    text = UNTOLD if character == _NO_MEANING else character
                    glyphs.append(Glyph(text, min(x0, x1), min(top, bottom), max(x0, x1), max(top, bottom)))
                at_x += steps[number] if number < len(steps) else 0.0
                at_y += falls[number] if number < len(falls) else 0.0
        if self.painted.shows(element, glyphs):
            self.painted.glyphs += glyphs
        if len(self.painted.glyphs) > self.limits.chars:
            raise RejectError(RejectReason.TOO_MANY_CHARACTERS, f"more than {self.limits.chars} characters")

    def _path_object(self, element: etree._Element) -> None:
        """The straight lines of a path that run along an axis; a thin filled box is one line."""
        place = _place(element)
        data = _text(child(element, "AbbreviatedData"))
        if place is None or not data:
            return
        edges = [(_moved(place, *one), _moved(place, *other)) for one, other in _edges(data[:_LONGEST_PATH])]
        xs = [point[0] for edge in edges for point in edge]
        ys = [point[1] for edge in edges for point in edge]
        if xs and element.get("Fill") == "true" and 3 <= len(edges) <= 5:
            self.painted.paint(element, (min(xs), min(ys), max(xs), max(ys)))
        if element.get("Stroke") == "false" and element.get("Fill") != "true":
            return
        if xs and min(max(xs) - min(xs), max(ys) - min(ys)) <= _STRAIGHT:
            edges = [((min(xs), min(ys)), (max(xs), max(ys)))]
        for (x0, y0), (x1, y1) in edges:
            if abs(y1 - y0) <= _STRAIGHT and abs(x1 - x0) >= _SHORTEST:
                self.horizontals.append(Ruling(min(x0, x1), max(x0, x1), (y0 + y1) / 2))
            elif abs(x1 - x0) <= _STRAIGHT and abs(y1 - y0) >= _SHORTEST:
                self.verticals.append(Ruling(min(y0, y1), max(y0, y1), (x0 + x1) / 2))


def _place(element: etree._Element) -> Matrix | None:
    """From the space of an object to the page: its own matrix, then the corner of its box. None where it has none."""
    box = _numbers(element.get("Boundary"))
    if len(box) != 4:
        return None
    matrix = _numbers(element.get("CTM"))
    a, b, c, d, e, f = matrix if len(matrix) == 6 else _AS_IT_IS
    return a, b, c, d, e + box[0], f + box[1]


def _moved(place: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = place
    return a * x + c * y + e, b * x + d * y + f


def _deltas(text: str | None, length: int) -> list[float]:
    """Steps from each character to the next; `g 3 5` stands for three steps of 5."""
    words = (text or "").split()
    steps: list[float] = []
    at = 0
    try:
        while at < len(words) and len(steps) < length:
            if words[at] == "g" and at + 2 < len(words):
                steps += [float(words[at + 2])] * min(int(words[at + 1]), length)
                at += 3
            else:
                steps.append(float(words[at]))
                at += 1
    except ValueError:
        return steps
    return steps


def _edges(data: str) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight pieces of a path in its short form: S and M begin one, L draws, C closes; curves only move on."""
    start = here = (0.0, 0.0)
    for command, rest in _SEGMENT.findall(data):
        numbers = _numbers(rest)
        if command == "C":
            yield here, start
            here = start
        elif len(numbers) >= 2:
            there = (numbers[-2], numbers[-1])
            if command in "SM":
                start = there
            elif command == "L":
                yield here, there
            here = there
