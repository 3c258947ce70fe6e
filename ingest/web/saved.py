"""What a browser saved beside a page: its style sheets and the pages in its frames, put in their places in its tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ingest.web.dom import Element

Saved = Mapping[str, str]
"""Texts by their addresses: those that stand in links, and `cid:` names."""


def take_in(root: Element, saved: Saved, address: Callable[[str], str], parse: Callable[[str], Element]) -> str:
    """
    Make style elements of linked sheets, and of frames the text of their pages; the texts that came in, together.

    `address` makes the address of a link whole, `parse` the tree of a page.
    """
    taken: list[str] = []
    for link in root.iter("link"):
        sheet = saved.get(address(link.get("href", "")))
        if sheet is not None and "stylesheet" in link.get("rel", "").lower().split():
            media = link.get("media", "")
            link.attrib.clear()
            link.tag, link.text = "style", sheet
            link.set("media", media)
            taken.append(sheet)
    for frame in list(root.iter("iframe", "frame")):
        page = saved.get(address(frame.get("src", "")))
        body = parse(page).find("body") if page else None
        if body is not None:
            frame.attrib.pop("src")
            frame.tag, frame.text = "div", body.text
            frame.extend(list(body))
            taken.append(page or "")
    for frames in list(root.iter("frameset")):
        frames.tag = "body"
    return "".join(taken)
