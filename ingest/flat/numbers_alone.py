"""
Sentences whose figures stand on lines of their own: text pasted out of pages that mark each figure up.

    全年召开专题会议
    3
    次，培训

No finder of tables may see such lines: they look like cells, and are prose. They are put together before.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.documents.model import Block
from ingest.flat import shapes
from ingest.words import measure_words

_FIGURE = re.compile(r"\d[\d,，. ]*[余多万亿]?$")
_GOES_ON = re.compile(rf"{measure_words()}(?:[，,、。；;：:（(）)]|[^\d\s]*[，,、。；;])|年[^\d\s]{{2}}")
"""How a line begins that goes on after a figure: a measure word and a stop, perhaps after words; or a year's 年."""
_OPEN_END = re.compile(r"[\u3400-\u9fff、，,：:（(“”》）)]$")


def join_figures(blocks: list[Block]) -> list[Block]:
    """The blocks with each figure alone on its line joined to the line before it and the one that goes on after it."""
    lines = [
        (number, line) for number, block in enumerate(blocks) for line in block.text.split("\n") if shapes.bare(line)
    ]
    joined: list[tuple[int, str]] = []
    at = 0
    while at < len(lines):
        number, text = lines[at]
        while at + 2 < len(lines) and _is_parted(text, lines[at + 1][1], lines[at + 2][1]):
            text += shapes.bare(lines[at + 1][1]) + shapes.bare(lines[at + 2][1])
            at += 2
        joined.append((number, text))
        at += 1
    if len(joined) == len(lines):
        return blocks
    return [
        replace(block, text="\n".join(own))
        for number, block in enumerate(blocks)
        if (own := [text for of_block, text in joined if of_block == number])
    ]


def _is_parted(before: str, figure: str, after: str) -> bool:
    return bool(
        not shapes.is_in_words(figure)
        and _FIGURE.match(shapes.plain(figure))
        and _OPEN_END.search(shapes.bare(before))
        and _GOES_ON.match(shapes.bare(after))
    )
