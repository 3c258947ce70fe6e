"""The article in a portal page: what is left without menus, breadcrumbs, shares, lists of links and footers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from ingest.web.data_tables import Layouts
from ingest.web.dom import BLOCKS, HEADINGS, Element, is_element, shown_text, squeezed
from ingest.web.weights import Weight, Weights
from ingest.words import page_labels, version_of, words_for

_TABLE_PARTS = {"thead", "tbody", "tfoot", "tr", "td", "th"}
_FURNITURE_TAGS = {"nav", "aside", "footer"}
_MAY_BE_FURNITURE = BLOCKS | {"span", "a", "font"}
_KINDS = (
    *("frame_name", "article_name", "title_name", "title_line", "place_label", "first_page", "publisher", "byline"),
    *("neighbour", "share", "widget", "counter", "foot"),
)
_WORDS = {kind: words_for(kind) for kind in _KINDS}
_LABELS = page_labels()
WORDS_VERSION = version_of(*_WORDS.values(), _LABELS)
"""Of all the words by which an article is found: other words find other articles."""

_FRAME_NAMES = re.compile(f"^{_WORDS['frame_name']}$")
_ARTICLE_NAMES = re.compile(f"^{_WORDS['article_name']}$")
_TITLE_NAMES = re.compile(_WORDS["title_name"])
_TITLE_LINE = re.compile(_WORDS["title_line"])
_STEP_SIGNS = ">＞»›/→|"
_BREADCRUMB = re.compile(rf"^[【\[]?(?:{_WORDS['place_label']}[：:]|{_WORDS['first_page']}[{_STEP_SIGNS}])")
_IN_BREADCRUMBS = re.compile(f"[：:{_STEP_SIGNS}]")
"""What stands in every text that holds a breadcrumb, and in no menu."""
_STEP = re.compile(r"\s*(?:>+|＞+|»|›|→|/|\||-{2,})\s*")
_MOST_STEPS = 8
_BREADCRUMB_LABEL = re.compile(rf"^[【\[]?(?:{_WORDS['place_label']}是?)?\s*[：:]?\s*")
# Who runs the site, as its foot says.
_PUBLISHER = re.compile(rf"{_WORDS['publisher']}\s*[：:]\s*(?P<publisher>[\u4e00-\u9fff（）()]{{4,30}})")
_BEGINS_FURNITURE = re.compile(
    rf"^(?:{_WORDS['neighbour']}|[【\[]?{_WORDS['share']}|{_WORDS['widget']})|{_BREADCRUMB.pattern}"
)
_HOLDS_FURNITURE = re.compile(f"{_WORDS['counter']}|{_WORDS['foot']}", re.IGNORECASE)
_LABELLED = re.compile(
    # 发布时间：2016-01-29, [ 发布时间 ] 2016-01-29
    rf"(?:^|[\s\u3000\[【|])(?P<label>{_LABELS})(?:[】\]]?\s*[：:]|\s*[】\]])\s*"
    # 文号：  生成日期：2016-01-29: a label without a value does not take the next one for its own.
    rf"(?!(?:{_LABELS})[】\]]?\s*[：:])"
    r"(?P<value>[^\s\u3000|【】\[\]]+(?: \d{1,2}:\d\d(?::\d\d)?)?)"
)
_LABEL_ALONE = re.compile(rf"[\[【]?(?P<label>{_LABELS})[】\]]?[：:]?")
_DAY = r"[\[【（(]?\s*(?P<day>\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?)\s*[\]】）)]?"
# A day without a label, before what is said of the page: 2023-01-13 17:20:31 来源：…, [2023-01-13] 作者：…
_BYLINE_DAY = re.compile(rf"(?:^|\s){_DAY}\s*[【\[（(]?{_WORDS['byline']}\s*[：:]")
_DAY_ALONE = re.compile(_DAY)
_POSTED = "发布时间"
"""The label under which such a day is kept."""
_SIGNATURE = re.compile(r"^.{0,40}\d{4}年\d{1,2}月\d{1,2}日$")


@dataclass(frozen=True, slots=True)
class Article:
    """The element that holds the article, what in it is left out, its title and sign-off outside, and labels."""

    element: Element
    skipped: set[Element]
    title: str | None
    signature: str | None
    labels: dict[str, str]


def find_article(body: Element, weights: Weights, layouts: Layouts) -> Article:
    """The article of a page; the whole body where nothing in it stands out."""
    total = weights[body]
    furniture = _furniture(body, weights, layouts)
    # In the order of the page: of two labels alike, the first holds, whatever the addresses that a set goes by.
    framing = sorted(furniture, key=weights.shown.__getitem__)
    start = _named_content(body, weights, total, furniture)
    element = _descend(start, weights, furniture, layouts)
    before, after = _around(body, element, weights, furniture)
    labels: dict[str, str] = {}
    for outside in (*before, *after, *framing):
        if weights[outside].chars <= 400:
            around = shown_text(outside)
            if publisher := _PUBLISHER.search(around):
                labels.setdefault("publisher", publisher["publisher"])
            for labelled in _LABELLED.finditer(around):
                labels.setdefault(labelled["label"], labelled["value"])
            for label, value in _in_pairs(outside):
                labels.setdefault(label, value)
            if posted := _BYLINE_DAY.search(around) or _day_alone(outside):
                labels.setdefault(_POSTED, posted["day"])
    for outside in (*before, *framing):
        if "breadcrumb" not in labels and (steps := _breadcrumb(outside, weights)):
            labels["breadcrumb"] = " > ".join(steps)
    title_line = partial(_title_line, weights=weights)
    title = next(
        (text for find in (_title, title_line) for node in reversed(before) if (text := find(node)) is not None), None
    )
    signature = next((text for node in after[:2] if _SIGNATURE.match(text := squeezed(shown_text(node)))), None)
    return Article(element, furniture, title, signature, labels)


def _in_pairs(element: Element) -> Iterator[tuple[str, str]]:
    """Labels alone in an element whose neighbour holds the value: cells of a head table, terms of a list, spans."""
    for node in element.iter("td", "th", "dt", "span", "label", "b", "strong", "em"):
        neighbour = node.getnext()
        if neighbour is None or not is_element(neighbour) or squeezed(node.tail or "") not in ("", "：", ":"):
            continue
        value = " ".join(shown_text(neighbour).split())
        label = _LABEL_ALONE.fullmatch(squeezed(shown_text(node)))
        if label and 0 < len(value) <= 60 and not _LABEL_ALONE.match(squeezed(value)):
            yield label["label"], value


def _day_alone(element: Element) -> re.Match[str] | None:
    """The day in a <time> that holds nothing else: what the page marks as a day of its own outside the article."""
    for node in element.iter("time"):
        if day := _DAY_ALONE.fullmatch(shown_text(node).strip()):
            return day
    return None


def _furniture(body: Element, weights: Weights, layouts: Layouts) -> set[Element]:
    """The largest elements that are page furniture; nothing that holds a good part of the page's sentences is."""
    found: set[Element] = set()
    total = weights[body]
    if not total.stops:
        return found  # a page without a sentence is a list or a form, and all of it is what it has to say
    most_stops = 0.3 * total.stops
    chars, stops = weights.chars, weights.stops
    # Backwards, so that an element comes before those in it: they end behind the place where it begins.
    found_from = len(weights.texts)
    tables = [(-1, False)]
    for element, (begin, end) in reversed(weights.shown.items()):
        if end > found_from or chars[begin] == chars[end]:
            continue
        while end <= tables[-1][0]:
            tables.pop()
        tag, is_in_data = element.tag, tables[-1][1]
        is_of_data = is_in_data and tag in _TABLE_PARTS
        if not is_of_data and stops[end] - stops[begin] <= most_stops and _is_furniture(element, weights):
            found.add(element)
            found_from = begin
        elif tag == "table":
            tables.append((begin, element not in layouts))
    return found


def _is_furniture(element: Element, weights: Weights) -> bool:
    tag = element.tag
    if tag not in _MAY_BE_FURNITURE:
        return False
    if tag in _FURNITURE_TAGS:
        return True
    weight = weights[element]
    stops = weight.stops
    if stops > 3:
        return False
    if weight.links >= 3 and weight.link_share > 0.6:
        return True
    chars = weight.chars
    if chars > 400 or stops > 1:
        return False
    is_frame = stops == 0 and _names_frame(_names(element))
    if is_frame and next(element.iter("h1", "table"), None) is None:
        return True
    begins, holds = _words_of_furniture(weight.text)
    if begins and chars <= 120:
        return True
    return holds and next(element.iter("h1", "h2", "table"), None) is None


@lru_cache(maxsize=4096)
def _words_of_furniture(text: str) -> tuple[bool, bool]:
    """Whether a text begins as furniture does, and whether it holds such words: pages and forms have the same ones."""
    return bool(_BEGINS_FURNITURE.match(text)), bool(_HOLDS_FURNITURE.search(text))


@lru_cache(maxsize=4096)
def _names_frame(names: str) -> bool:
    """Whether one of an element's names is such as content systems give to what stands around articles."""
    return any(_FRAME_NAMES.match(name) for name in names.split())


@lru_cache(maxsize=4096)
def _names_article(names: str) -> bool:
    """Whether one of an element's names is such as content systems give to articles."""
    return any(_ARTICLE_NAMES.match(name) for name in names.split())


def _named_content(body: Element, weights: Weights, total: Weight, furniture: set[Element]) -> Element:
    """The outermost element with a name that content systems give to articles, if most sentences stand in it."""
    waiting = [body]
    while waiting:
        element = waiting.pop()
        if _names_article(_names(element)) and element not in furniture and weights[element].chars:
            return element
        children = ((child, weights.get(child)) for child in reversed(element))
        waiting += [child for child, weight in children if weight and weight.stops >= 0.6 * total.stops]
    return body


def _names(element: Element) -> str:
    """What a page calls an element; empty where nothing."""
    told = element.keys()
    return f"{element.get('id', '')} {element.get('class', '')}".lower() if "id" in told or "class" in told else ""


def _descend(start: Element, weights: Weights, furniture: set[Element], layouts: Layouts) -> Element:
    """Go down as long as exactly one child carries text of weight, and the rest is labels and captions."""
    element = start
    while True:
        heavy = [child for child in element if child not in furniture and _is_heavy(child, weights.get(child), layouts)]
        if len(heavy) != 1 or _has_own_text(element):
            return element
        child = heavy[0]
        if child.tag not in BLOCKS or child.tag in HEADINGS or child.tag in ("p", "li", "pre", "blockquote"):
            return element
        if child.tag == "table" and child not in layouts:
            return element
        element = child


def _is_heavy(element: Element, weight: Weight | None, layouts: Layouts) -> bool:
    if weight is None or not weight.chars:
        return False
    if weight.chars >= 40 and weight.stops:
        return True
    return any(table not in layouts for table in element.iter("table"))


def _has_own_text(element: Element) -> bool:
    own = squeezed((element.text or "") + "".join(child.tail or "" for child in element))
    return len(own) >= 40


def _around(
    body: Element, article: Element, weights: Weights, furniture: set[Element]
) -> tuple[list[Element], list[Element]]:
    """Shown elements outside the article, those before and those behind it, from the outermost to its neighbours."""
    before: list[Element] = []
    after: list[Element] = []
    element = article
    while element is not body:
        parent = element.getparent()
        if parent is None:
            break
        children = [child for child in parent if weights.get(child) is not None and child not in furniture]
        at = children.index(element) if element in children else 0
        before[:0] = children[:at]
        after += children[at + 1 :]
        element = parent
    return before, after


def _breadcrumb(element: Element, weights: Weights) -> list[str]:
    """The names in the breadcrumb that stands in an element, from the site's first page down; none where none does."""
    if not _IN_BREADCRUMBS.search(weights[element].text):
        return []
    for node in element.iter():
        weight = weights.get(node)
        if weight is None or not 4 <= weight.chars <= 120 or weight.stops > 1:
            continue
        if _BREADCRUMB.match(weight.text):
            text = " ".join(shown_text(node).split())
            steps = [step for step in _STEP.split(_BREADCRUMB_LABEL.sub("", text)) if step]
            if 2 <= len(steps) <= _MOST_STEPS:
                return steps
    return []


def _title(element: Element) -> str | None:
    """The text of a heading, or of something whose name says that it is the title."""
    for node in element.iter():
        if not is_element(node):
            continue
        if node.tag in ("h1", "h2", "h3") or _TITLE_NAMES.search(_names(node)):
            text = re.sub(r"\s+", " ", shown_text(node)).strip()
            if 6 <= len(squeezed(text)) <= 80:
                return text
    return None


def _title_line(element: Element, weights: Weights) -> str | None:
    """A line that can only be the title of a report, though nothing but large letters says so; no link to another."""
    for node in element.iter():
        if not is_element(node) or node.tag == "a" or node.find(".//a") is not None:
            continue
        weight = weights.get(node)
        bare = squeezed(shown_text(node)) if weight is None else weight.text
        if 6 <= len(bare) <= 80 and _TITLE_LINE.search(bare):
            text = re.sub(r"\s+", " ", shown_text(node)).strip()
            return None if any(True for _ in node.iterancestors("a")) else text
    return None
