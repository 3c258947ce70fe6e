"""What an invented report is made of, and the answer that is wanted of it."""

from __future__ import annotations

from dataclasses import dataclass, field

BODY = """一、主动公开情况
{self}全年主动公开政府信息48条，其中动态类30条。
二、依申请公开情况
本年度没有收到政府信息公开申请。
三、收费情况
未收取费用。
四、复议和诉讼情况
没有发生行政复议、行政诉讼。
五、存在的问题和改进
更新不够及时，今后将加强培训。
"""


@dataclass(frozen=True)
class Page:
    """What a portal says around a report."""

    title: str = ""
    breadcrumb: str = ""
    byline: str = ""
    foot: str = ""
    address: str = ""

    def around(self, text: str) -> str:
        """The page; the first line of the text is its headline."""
        headline, *lines = text.strip().split("\n")
        paragraphs = "".join(f"<p>{line}</p>" for line in lines)
        return (
            f"<html><head><title>{self.title or headline}</title><link rel='canonical' href='{self.address}'></head>"
            f"<body><div class='position'>{self.breadcrumb}</div><h1>{headline}</h1><div>{self.byline}</div>"
            f"<div class='content'>{paragraphs}</div><div class='footer'>{self.foot}</div></body></html>"
        )


@dataclass(frozen=True)
class Case:
    """One invented document: the lines around the common body, and what must be told of it."""

    name: str
    head: str
    tail: str = ""
    self: str = "我们"
    want: dict[str, object] = field(default_factory=dict)
    body: str = BODY
    manifest: str = ""
    in_one_line: bool = False
    page: Page | None = None

    @property
    def text(self) -> str:
        """The whole document."""
        line_break = "" if self.in_one_line else "\n"
        text = f"{self.head}{line_break}{self.body.replace('{self}', self.self)}{self.tail}\n"
        return text if self.page is None else self.page.around(text)

    @property
    def suffix(self) -> str:
        """Of its file."""
        return ".txt" if self.page is None else ".html"


def who(
    agency: str | None, kind: str | None, region: str | None, level: str | None, year: int | None
) -> dict[str, object]:
    """The answer of a case."""
    return {"agency_name": agency, "agency_kind": kind, "region_code": region, "level_code": level, "year": year}
