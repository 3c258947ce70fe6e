"""What a reader of an OFD page does not see is not read."""

from __future__ import annotations

import io
import zipfile

import pytest

from ingest.documents.model import Block
from ingest.limits import Limits
from ingest.readers.ofd import read

SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
SIZE = 4.0
LINE = "本年收到政府信息公开申请249件，全部办结。"


def text(x: float, top: float, words: str, attributes: str = "", inside: str = "", size: float = SIZE) -> str:
    steps = " ".join(str(size * (0.5 if character.isascii() else 1)) for character in words[:-1])
    return (
        f'<ofd:TextObject Boundary="{x} {top} 150 6" Size="{size}" Font="1" {attributes}>{inside}'
        f'<ofd:TextCode X="0" Y="{size}" DeltaX="{steps}">{words}</ofd:TextCode></ofd:TextObject>'
    )


def path(x: float, top: float, data: str, attributes: str = "", inside: str = "") -> str:
    return (
        f'<ofd:PathObject Boundary="{x} {top} 100 20" LineWidth="0.3" {attributes}>{inside}'
        f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def colour(value: str, alpha: int = 255) -> str:
    return f'<ofd:FillColor Value="{value}" Alpha="{alpha}"/>'


BOX = "M 0 0 L 8 0 L 8 6 L 0 6 C"


def lines(*objects: str) -> list[str]:
    """The texts of the blocks of a page with these objects."""
    parts = {
        "OFD.xml": f"<ofd:OFD {SPACE}><ofd:DocBody><ofd:DocRoot>D/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "D/Document.xml": f'<ofd:Document {SPACE}><ofd:CommonData/><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/>'
        "</ofd:Pages></ofd:Document>",
        "D/P.xml": f"<ofd:Page {SPACE}><ofd:Content><ofd:Layer>{''.join(objects)}</ofd:Layer></ofd:Content></ofd:Page>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return [part.text for part in read(packed.getvalue(), "a.ofd", Limits()).parts if isinstance(part, Block)]


@pytest.mark.parametrize(
    "unseen",
    [
        text(130, 20, "254", inside=colour("255 255 255")),
        text(130, 20, "254", inside=colour("250 250 250")),
        text(130, 20, "254", inside=colour("0 0 0 0")),
        text(130, 20, "254", inside=colour("0 0 0", alpha=0)),
        text(130, 20, "254", 'Alpha="10"'),
        text(130, 20, "254", 'Fill="false"'),
        text(130, 20, "254", 'Visible="false"'),
        text(130, 21, "254", size=0.2),
        text(330, 20, "254"),
        text(20, -30, "254"),
    ],
)
def test_text_that_is_not_painted_where_a_reader_looks_is_not_read(unseen: str) -> None:
    assert lines(text(20, 20, LINE), unseen) == [LINE]


def test_a_figure_with_a_line_through_it_is_not_read() -> None:
    assert lines(text(20, 20, "收到254"), path(28, 22.3, "M 0 0 L 6 0"), text(36, 20, "249件。")) == ["收到 249件。"]


@pytest.mark.parametrize("value", ["255 255 255", "0 0 0"])
def test_text_under_a_later_box_is_not_read(value: str) -> None:
    cover = path(27, 19, BOX, 'Fill="true" Stroke="false"', colour(value))
    assert lines(text(20, 20, "收到254"), cover, text(36, 20, "249件。")) == ["收到 249件。"]


@pytest.mark.parametrize(
    "box",
    [
        path(27, 19, BOX),
        path(27, 19, BOX, 'Fill="true"', colour("255 255 0", alpha=90)),
        path(27, 119, BOX, 'Fill="true"', colour("255 255 255")),
    ],
)
def test_a_box_that_is_empty_see_through_or_elsewhere_hides_nothing(box: str) -> None:
    assert "".join(lines(text(20, 20, "收到254件。"), box)).replace(" ", "") == "收到254件。"


def test_white_text_on_a_colour_is_read() -> None:
    ground = path(19, 19, "M 0 0 L 90 0 L 90 7 L 0 7 C", 'Fill="true"', colour("0 60 120"))
    assert lines(ground, text(20, 20, LINE, inside=colour("255 255 255"))) == [LINE]
