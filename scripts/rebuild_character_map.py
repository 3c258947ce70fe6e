"""Rebuild `macros/character_map.sql`: which character stands for which, one for one.

Needs the PyPI package `opencc` (Apache-2.0), which the project itself does not depend on:
`python scripts/rebuild_character_map.py`. Traditional characters are taken only where GB 2312 lacks them, so that
simplified names that keep an old character (乾县) stay as they are.
"""

import unicodedata
from pathlib import Path

import opencc

SUPPLEMENT = (
    "⺁⺝⺟⺠⺧⺩⺬⺮⺼⻁⻄⻅⻆⻉⻋⻑⻒⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "厂月母民牛王示竹肉虎西见角贝车长长长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
)
"""Radicals of the supplement that are whole characters in names; Unicode gives them no plain form (NFKC)."""


def in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def main() -> None:
    simplify = opencc.OpenCC("t2s").convert
    traditional: dict[str, str] = {}
    for code in range(0x4E00, 0xA000):
        char = chr(code)
        plain = simplify(char)
        if plain != char and len(plain) == 1 and not in_gb2312(char) and in_gb2312(plain):
            traditional[char] = plain
    # Kangxi radicals and CJK radicals stand for ordinary characters in text layers of some PDF files.
    for code in [*range(0x2F00, 0x2FD6), *range(0xF900, 0xFB00)]:
        char = chr(code)
        plain = unicodedata.normalize("NFKC", char)
        if plain != char and len(plain) == 1:
            traditional[char] = simplify(plain)
    traditional |= dict(zip(*SUPPLEMENT, strict=True))
    width = {chr(c): chr(c - 0xFEE0) for c in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]}
    width |= dict(zip("％．＋－／＝～＠＆＊＜＞＃＿｜", "%.+-/=~@&*<>#_|", strict=True))
    width |= dict(
        zip("\u00a0\u3000\t\u2002\u2003\u2009\u202f\u2004\u2005\u2006\u2007\u2008\u200a\u205f", " " * 14, strict=True)
    )
    # What has no width parts no figure: a form feed is a blank that int_cells_read tells from others.
    width |= dict(zip("\ufeff\u200b\u200c\u200d\u2060\u00ad", "\f" * 6, strict=True))
    # Raised digits are marks of notes.
    width |= dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾", " " * 12, strict=True))
    width |= dict(zip("();:!?｡﹙﹚﹝﹞〈〉", "（）；：！？。（）〔〕《》", strict=True))
    width |= dict(zip("−‐‑﹣", "----", strict=True))
    out = ["{# Made by scripts/rebuild_character_map.py: characters and what each stands for, place by place. #}"]
    for name, table in (("width", width), ("traditional", traditional)):
        for side, chars in (("from", table.keys()), ("to", table.values())):
            out.append(f"{{% macro {name}_{side}() %}}{''.join(chars)}{{% endmacro %}}")
    Path("macros/character_map.sql").write_text("\n".join(out) + "\n", encoding="utf-8")
    print(f"{len(width)} of width and punctuation, {len(traditional)} traditional and radicals")


if __name__ == "__main__":
    main()
