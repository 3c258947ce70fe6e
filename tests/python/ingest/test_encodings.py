"""Bytes to characters: the encodings in which agencies publish, and bytes that are no text at all."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import RejectError
from ingest.readers.encodings import decode

SIMPLIFIED = "二零一六年，本机关主动公开政府信息1,204条，收到申请16件，均已按期答复，未发生行政复议。"
TRADITIONAL = "二零一六年，本機關主動公開政府資訊1,204條，收到申請16件，均已按期答覆，未發生行政復議。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [SIMPLIFIED, SIMPLIFIED * 200, "第一行\r\n第二行：3件\r\n"])
def test_simplified_text_is_read_in_each_encoding(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "utf-16", "gb18030"])
def test_traditional_text_is_read_in_each_encoding(encoding: str) -> None:
    assert decode(TRADITIONAL.encode(encoding))[0] == TRADITIONAL


@pytest.mark.parametrize("declared", [None, "big5", "gb2312", "utf-8", "iso-8859-1", "nonsense"])
def test_what_the_bytes_say_goes_before_what_is_declared(declared: str | None) -> None:
    assert decode(SIMPLIFIED.encode("gb18030"), declared)[0] == SIMPLIFIED
    assert decode(TRADITIONAL.encode("big5"), declared)[0] == TRADITIONAL
    assert decode(SIMPLIFIED.encode(), declared)[0] == SIMPLIFIED


def test_a_character_cut_off_at_the_end_loses_only_itself() -> None:
    data = (SIMPLIFIED * 20).encode()
    for cut in (1, 2):
        text, encoding = decode(data[:-cut])
        assert (text[:-1], encoding) == ((SIMPLIFIED * 20)[:-1], "utf-8")


def test_one_broken_character_does_not_change_the_encoding() -> None:
    data = (SIMPLIFIED * 100).encode()
    cut = len(SIMPLIFIED.encode())
    text, encoding = decode(data[:cut] + b"\xff" + data[cut:])
    assert encoding == "utf-8"
    assert text.replace("\ufffd", "") == SIMPLIFIED * 100


def test_bytes_without_sense_are_rejected() -> None:
    noise = random.Random(1).randbytes(20_000)
    with pytest.raises(RejectError) as rejected:
        decode(noise)
    assert rejected.value.reason_code == "unknown_encoding"


_HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1)
_COMMON = st.lists(st.sampled_from([*SIMPLIFIED, "\n", "\t", "。", "（", "）", "a", "Z"]), min_size=8).map("".join)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1))
def test_any_utf8_text_comes_back(text: str) -> None:
    assert decode(text.encode())[0] == text.lstrip("\ufeff")


@given(_COMMON, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
def test_everyday_text_comes_back_from_each_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize("text", ["二二二\n二二\n一", "二二二二二二\n一"])
def test_a_short_line_that_is_utf8_by_chance_makes_no_second_encoding(text: str) -> None:
    assert decode(text.encode("gb18030")) == (text, "gb18030")


@given(_HAN, st.sampled_from(["utf-8-sig", "utf-16"]))
def test_rare_characters_come_back_where_the_file_is_marked(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


@given(st.binary())
def test_any_bytes_are_text_or_rejected(data: bytes) -> None:
    try:
        text, encoding = decode(data)
    except RejectError as error:
        assert error.reason_code == "unknown_encoding"
    else:
        assert isinstance(text, str)
        assert encoding


SENTENCES = (
    "全年主动公开政府信息1286条，其中网站公开1024条。\n收到政府信息公开申请17件，均已按期答复，未收取任何费用。\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("western", ["latin-1", "cp1252"])
def test_what_was_read_as_western_and_saved_is_undone(encoding: str, western: str) -> None:
    data = SENTENCES.encode(encoding)
    misread = "".join(bytes([byte]).decode(western, "replace").replace("\ufffd", chr(byte)) for byte in data)
    assert decode(misread.encode())[0] == SENTENCES
    assert decode(misread.encode().decode("latin-1").encode())[0] == SENTENCES  # and once more


def test_a_western_text_stays_as_it_is() -> None:
    text = "Überfällige Äußerungen über Größen, naïve façades, déjà vu, señor, mañana, crème brûlée, smörgåsbord. " * 4
    assert decode(text.encode())[0] == text


@pytest.mark.parametrize("foreign", [0, 1])
def test_a_page_of_two_encodings_is_read_line_by_line(foreign: int) -> None:
    lines = SENTENCES.splitlines(keepends=True) * 3
    data = b"".join(line.encode("gb18030" if number % 2 == foreign else "utf-8") for number, line in enumerate(lines))
    assert decode(data)[0] == "".join(lines)


def test_a_foot_in_another_encoding_is_read_too() -> None:
    assert decode((SENTENCES * 40).encode() + "主办：某县人民政府办公室".encode("gb18030"))[0].endswith(
        "主办：某县人民政府办公室"
    )


def test_chance_words_make_no_second_encoding() -> None:
    text = "联通\n" + SENTENCES * 3
    assert decode(text.encode("gb18030"))[0] == text
