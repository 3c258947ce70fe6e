"""Office Open XML packages: opened within limits, parsed without entities, and never followed to anything outside."""

from __future__ import annotations

import posixpath
from functools import lru_cache
from typing import TypeAlias

from lxml import etree

from ingest.errors import RejectError, RejectReason
from ingest.limits import Limits
from ingest.readers.archives import open_container
from ingest.readers.sniff import UNPACKING_ERRORS


class Package:
    """The parts of one package, read on demand. RejectError: not a zip, encrypted, damaged, or over a limit."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._zip = open_container(data, limits)
        self._infos = {info.filename.replace("\\", "/").lstrip("/"): info for info in self._zip.infolist()}

    def __contains__(self, name: str) -> bool:
        return name in self._infos

    def names(self) -> list[str]:
        """Names of all parts."""
        return list(self._infos)

    def read(self, name: str) -> bytes:
        """Bytes of a part, at most as many as its entry promises."""
        info = self._infos[name]
        try:
            with self._zip.open(info) as part:
                return part.read(info.file_size)
        except UNPACKING_ERRORS as error:
            raise RejectError(RejectReason.DAMAGED, f"part {name!r} cannot be unpacked: {error}") from error

    def xml(self, name: str) -> etree._Element | None:
        """Root of an XML part, None where the package has no such part."""
        if name not in self._infos:
            return None
        return sound_xml(self.read(name), name)

    def relationships(self, name: str) -> dict[str, tuple[str, str]]:
        """Relationship id to (last word of its type, part name) for a part; those that lead outside are left out."""
        folder, file = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", file + ".rels"))
        found: dict[str, tuple[str, str]] = {}
        for relationship in root if root is not None else ():
            if relationship.get("TargetMode") == "External":
                continue
            target = relationship.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[relationship.get("Id", "")] = (relationship.get("Type", "").rpartition("/")[2], part)
        return found


def sound_xml(content: bytes, name: str) -> etree._Element:
    """Root of the XML of a part or file. RejectError: no sound XML, nested too deep, or with entities of its own."""
    # Imported here: who asks for no more than the version of a reader does without it.
    from docx.oxml import parse_xml

    try:
        # python-docx's parser: entities stay unresolved, and neither DTD nor network is ever asked
        root: etree._Element = parse_xml(content)
    except etree.XMLSyntaxError as error:
        deep = "depth" in str(error).lower()
        raise RejectError(
            RejectReason.TOO_DEEP if deep else RejectReason.DAMAGED, f"part {name!r} is no sound XML: {error}"
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise RejectError(RejectReason.FORBIDDEN_CONTENT, f"part {name!r} declares a document type with entities")
    return root


NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
"""Of Word's elements, in the usual form and the strict one."""
OFF = ("0", "false", "off", "none")
"""What a toggle says where it is switched off."""


def local(element: etree._Element) -> str:
    """Local name of an element; empty for a comment or processing instruction."""
    return _local(element.tag)


@lru_cache(maxsize=4096)
def _local(tag: object) -> str:
    """As documents have the same few tags again and again."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by local name, in the element's own namespace or none."""
    namespace = element.tag.rpartition("}")[0] + "}" if "}" in element.tag else ""
    value: str | None = element.get(namespace + name, element.get(name))
    return value


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first descendant along a path of local names."""
    for name in path:
        if element is None or not len(element):
            return None
        element = next(element.iterchildren(f"{{*}}{name}"), None)
    return element


Children: TypeAlias = dict[str, etree._Element]
"""Children of an element by local name, of several the first."""


def children(element: etree._Element | None) -> Children:
    """The children of an element, for who asks for more than one of them; none of no element."""
    return {} if element is None else {local(inner): inner for inner in reversed(element)}


def value(element: etree._Element | None) -> str | None:
    """The `val` attribute of an element."""
    return None if element is None else attribute(element, "val")


def child_value(element: etree._Element | None, *path: str) -> str | None:
    """The `val` attribute of the first descendant along a path."""
    if element is None:  # as of most paragraphs, which say nothing of themselves
        return None
    return value(child(element, *path))


def is_on(element: etree._Element | None, *path: str) -> bool:
    """Whether a toggle along a path is there and not switched off."""
    found = child(element, *path)
    return found is not None and attribute(found, "val") not in OFF


def core_properties(package: Package) -> dict[str, str]:
    """Title, author, dates and such of the package; empty where it says nothing."""
    properties: dict[str, str] = {}
    for part in ("docProps/core.xml", "docProps/app.xml"):
        root = package.xml(part)
        for element in root if root is not None else ():
            name = local(element)
            if name in _PROPERTIES and element.text and element.text.strip():
                properties[name] = element.text.strip()
    return properties


_PROPERTIES = {
    *("title", "subject", "creator", "keywords", "description", "category", "lastModifiedBy", "created", "modified"),
    *("Company", "Manager", "Application"),
}


def office_2003_properties(root: etree._Element) -> dict[str, str]:
    """What a file of Office 2003's XML says of itself, under the names that a package uses."""
    found = child(root, "DocumentProperties")
    return {
        _NAMES_2003[local(element)]: element.text.strip()
        for element in (found if found is not None else ())
        if local(element) in _NAMES_2003 and element.text and element.text.strip()
    }


_NAMES_2003 = {
    **{"Title": "title", "Subject": "subject", "Author": "creator", "Company": "Company"},
    **{"Created": "created", "LastSaved": "modified"},
}
