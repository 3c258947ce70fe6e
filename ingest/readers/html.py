"""Web pages: the article with its headings, paragraphs and tables; title and meta tags go into `properties`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urljoin

from lxml import etree

from ingest.documents.model import Block, Document, Table
from ingest.errors import RejectError, RejectReason
from ingest.layout.sheet import as_sheet, parts_of
from ingest.limits import Limits
from ingest.readers.txt import decode_text
from ingest.web.article import WORDS_VERSION, find_article
from ingest.web.data_tables import Layouts
from ingest.web.declared import may_be_raised, may_be_unpainted
from ingest.web.dom import Element, squeezed
from ingest.web.fields import show_fields
from ingest.web.flow import flow
from ingest.web.saved import Saved, take_in
from ingest.web.scripted import show_scripted
from ingest.web.style_sheets import Sheets
from ingest.web.unpainted import drop_unpainted
from ingest.web.weights import weigh

VERSION = f"8+words{WORDS_VERSION}"

_CHARSET = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_PROLOGUE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)?", re.IGNORECASE | re.DOTALL)
_ATTACHED = re.compile(
    r"([^/\\?#=]+\.(?:docx?|wps|xlsx?|et|csv|pdf|ofd|rtf|zip|rar|7z))\s*(?:[?#].*)?$", re.IGNORECASE | re.DOTALL
)
_MOST_PROPERTIES = 60
_LONGEST_PROPERTY = 2_000
_SPREADSHEET = "Excel.Sheet"
"""What Excel and its likes say of themselves in a page that they save, often under the ending .xls."""
_LAYOUT_METAS = {"viewport", "renderer", "robots", "format-detection", "generator"}


def read(data: bytes, name: str, limits: Limits) -> Document:
    """The article of a page. RejectError where its elements nest too deep or nothing is shown."""
    return read_page(data, limits)


def read_page(
    data: bytes, limits: Limits, header_charset: str | None = None, saved: Saved | None = None, base: str = ""
) -> Document:
    """
    As `read`; `header_charset` is what came with the page, and only a hint, as its meta tag is.

    `saved` has what a browser saved beside it, `base` is the address from which its links lead there.
    """
    declared = _CHARSET.search(data[:8192])
    charset = header_charset or (declared[1].decode("ascii") if declared else None)
    text, encoding = decode_text(data, limits, charset)
    root = parse(text)
    if saved:
        text += take_in(root, saved, lambda link: link if link in saved else urljoin(base, link), parse)
    properties = page_properties(root)
    body = root.find("body")
    if body is None:
        raise RejectError(RejectReason.NO_TEXT, "the page has no body")
    show_scripted(root)
    show_fields(root)
    lowered = text.encode("utf-8", "replace").lower()
    is_unpainted = may_be_unpainted(lowered)
    sheets = Sheets(root, with_colours=is_unpainted or may_be_raised(lowered))
    sheets.mark_hidden()
    sheets.mark_raised()
    if is_unpainted:
        drop_unpainted(root, sheets)
    weights = weigh(body, limits.nesting)
    parts: list[Block | Table] = []
    if body in weights.shown and weights[body].chars:
        layouts = Layouts(weights)
        article = find_article(body, weights, layouts)
        parts = flow(article.element, weights.shown, article.skipped, layouts, limits)
        if properties.get("ProgId") == _SPREADSHEET:
            parts = [piece for part in parts for piece in _as_sheet(part)]
        if article.title is not None and not _stands_in(article.title, parts[:5]):
            parts.insert(0, Block(article.title, "heading", 1))
        if article.signature is not None:
            parts.append(Block(article.signature))
        for label, value in article.labels.items():
            properties.setdefault(label, value)
    return Document(parts, _limited(properties), encoding=encoding)


def _as_sheet(part: Block | Table) -> Iterable[Block | Table]:
    """A table of a saved spreadsheet, whose title and sentences stand in rows of it, taken apart."""
    return [part] if isinstance(part, Block) else parts_of(as_sheet(part), None)


def parse(text: str) -> Element:
    """The tree of a page, as forgiving as a browser; no entity is expanded and nothing is fetched."""
    prologue = _PROLOGUE.match(text)
    text = text[prologue.end() if prologue else 0 :].replace("\0", "")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise RejectError(RejectReason.DAMAGED, f"the page has no elements: {error}") from error
    if root is None:
        raise RejectError(RejectReason.NO_TEXT, "the page has no elements")
    return root


def page_properties(root: Element) -> dict[str, str]:
    """Title, the page's own address, and meta tags (PubDate, ContentSource, ArticleTitle ...) under their names."""
    properties: dict[str, str] = {}
    title = root.find(".//title")
    if title is not None and title.text and title.text.strip():
        properties["title"] = " ".join(title.text.split())
    canonical = root.find(".//link[@rel='canonical']")
    if canonical is not None and canonical.get("href", "").strip():
        properties["canonical"] = canonical.get("href").strip()
    if names := _attachments(root):
        properties["attachments"] = "/".join(names)
    for meta in root.iter("meta"):
        name, content = (meta.get("name") or meta.get("property") or "").strip(), meta.get("content", "").strip()
        if name and content and name.lower() not in _LAYOUT_METAS:
            properties.setdefault(name, content)
    return properties


def _attachments(root: Element) -> list[str]:
    """The names of the files that a page links to, in its order: the figures of a report may stand in one of them."""
    found = (_ATTACHED.search(link.get("href", "")) for link in root.iter("a"))
    return list(dict.fromkeys(unquote(name[1]) for name in found if name))


def _limited(properties: dict[str, str]) -> dict[str, str]:
    return {name[:100]: value[:_LONGEST_PROPERTY] for name, value in list(properties.items())[:_MOST_PROPERTIES]}


def _stands_in(title: str, parts: list[Block | Table]) -> bool:
    return any(isinstance(part, Block) and squeezed(title) in squeezed(part.text) for part in parts)
