"""Word documents in one XML file: a flat package (Word 2007 and later), and Word 2003's own XML made into one."""

from __future__ import annotations

import base64
import binascii
import io
import zipfile

from lxml import etree

from ingest.documents.model import Document
from ingest.errors import RejectError, RejectReason
from ingest.limits import Limits
from ingest.readers import docx
from ingest.readers.ooxml import NAMESPACES, attribute, child, local, office_2003_properties, sound_xml

VERSION = f"1+docx{docx.VERSION}"

_WORD_2003 = "http://schemas.microsoft.com/office/word/2003/wordml"
_ONLY_AROUND = ("sect", "sub-section", "pBdrGroup", "content")
"""Elements of Word 2003 that group paragraphs or hold what was changed, and say nothing themselves."""
_NEW_NAMES = {"vmerge": "vMerge", "hmerge": "hMerge"}
_NEW_VALUES = {"text-wrapping": "textWrapping"}
_DOCUMENT, _STYLES = "word/document.xml", "word/styles.xml"
_RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" '
    'Target="{}"/></Relationships>'
)


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Blocks and tables. RejectError where it is damaged, hostile or over a limit."""
    root = sound_xml(data, name)
    parts = _flat_package(root) if local(root) == "package" else _word_2003(root)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as container:
        for part, content in parts.items():
            container.writestr(part, content)
    document = docx.read(packed.getvalue(), name, limits)
    document.properties.update(office_2003_properties(root))
    return document


def _flat_package(root: etree._Element) -> dict[str, bytes]:
    """The parts of a package whose parts stand one after another in one file."""
    parts: dict[str, bytes] = {}
    for part in root:
        name = (attribute(part, "name") or "").lstrip("/")
        xml, binary = child(part, "xmlData"), child(part, "binaryData")
        if name and xml is not None and len(xml):
            parts[name] = etree.tostring(xml[0], encoding="utf-8")
        elif name and binary is not None:
            try:
                parts[name] = base64.b64decode(binary.text or "")
            except binascii.Error as error:
                raise RejectError(RejectReason.DAMAGED, f"part {name!r} cannot be decoded: {error}") from error
    return parts


def _word_2003(root: etree._Element) -> dict[str, bytes]:
    """A package with the same text: most elements kept their names when Word 2007 took another namespace."""
    body = child(root, "body")
    if body is None:
        raise RejectError(RejectReason.DAMAGED, "the Word document has no body")
    for change in [element for element in body.iter() if local(element) == "annotation"]:
        if (attribute(change, "type") or "").endswith("Deletion"):
            _drop(change)
    etree.strip_tags(body, *(f"{{*}}{name}" for name in (*_ONLY_AROUND, "annotation")))
    for properties in [element for element in body.iter() if local(element) == "listPr"]:
        _write_number(properties)
    for element in body.iter():
        kind = local(element)
        if kind in _NEW_NAMES:
            element.tag = f"{{{_WORD_2003}}}{_NEW_NAMES[kind]}"
        elif kind == "br" and (value := element.get(f"{{{_WORD_2003}}}type")) in _NEW_VALUES:
            element.set(f"{{{_WORD_2003}}}type", _NEW_VALUES[value])
    document = etree.Element(f"{{{_WORD_2003}}}document")
    document.append(body)
    parts = {
        "_rels/.rels": _RELATIONSHIPS.format("officeDocument", _DOCUMENT).encode(),
        _DOCUMENT: _renamed(document),
    }
    styles = child(root, "styles")
    if styles is not None:
        parts["word/_rels/document.xml.rels"] = _RELATIONSHIPS.format("styles", "styles.xml").encode()
        parts[_STYLES] = _renamed(styles)
    return parts


def _write_number(properties: etree._Element) -> None:
    """The number of a list's item, which Word 2003 writes beside the rule that makes it, as text of its paragraph."""
    text = next((attribute(element, "val") for element in properties if local(element) == "t"), None)
    paragraph = next((outer for outer in properties.iterancestors() if local(outer) == "p"), None)
    if text and paragraph is not None:
        run = etree.Element(f"{{{_WORD_2003}}}r")
        etree.SubElement(run, f"{{{_WORD_2003}}}t").text = text
        place = 1 if len(paragraph) and local(paragraph[0]) == "pPr" else 0
        paragraph.insert(place, run)
    _drop(properties)


def _drop(element: etree._Element) -> None:
    outer = element.getparent()
    if outer is not None:
        outer.remove(element)


def _renamed(root: etree._Element) -> bytes:
    content: bytes = etree.tostring(root, encoding="utf-8")
    return content.replace(_WORD_2003.encode(), NAMESPACES[0].encode())
