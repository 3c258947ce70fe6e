"""Raw does not depend on hash seeds, memory addresses, or the order in which pages are read."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import duckdb
from helpers.command import ROOT
from helpers.raw import ingest, raw, rows, write

from gongkai.warehouse import Warehouse

READ = """
import json, random, sys
from pathlib import Path
from ingest.limits import Limits
from ingest.readers import READERS, read_document
paths = sorted(Path(sys.argv[1]).iterdir())
random.Random(int(sys.argv[2])).shuffle(paths)
ballast = []
found = {}
for path in paths:
    ballast.append([object() for _ in range(random.randrange(5000))])  # other addresses each time
    document = read_document(READERS["html"], path.read_bytes(), path.name, Limits())
    found[path.name] = [repr(document.parts), json.dumps(document.properties)]
print(json.dumps(found, sort_keys=True))
"""


def page(number: int) -> str:
    """A portal page whose furniture states the day, the source and the way to the page several times over."""
    rng = random.Random(number)
    pieces = [
        f"<div class='info'>发布时间：20{rng.randint(10, 25)}-0{rng.randint(1, 9)}-1{n} 来源：第{n}科</div>"
        for n in range(4)
    ]
    pieces += [
        f"<div class='crumb'>当前位置：<a href='/'>首页</a> &gt; <a href='/{n}'>栏目{n}</a> &gt; 年报</div>"
        for n in range(4)
    ]
    pieces += [f"<div class='foot'>主办单位：第{n}县人民政府办公室 网站地图|联系我们</div>" for n in range(4)]
    rng.shuffle(pieces)
    sheet = ".gone{display:none} .gone.not{display:block} b.gone,i.gone{visibility:hidden}"
    article = "".join(
        f"<p>本年收到政府信息公开申请{rng.randint(1, 99)}件<b class='gone'>999</b><sup>{n}</sup>，均已按期答复。</p>"
        for n in range(5)
    )
    cut = rng.randint(0, len(pieces))
    return (
        f"<html><head><title>年报{number}</title><style>{sheet}</style></head><body><div>{''.join(pieces[:cut])}</div>"
        f"<div><h1>某县{2000 + number}年政府信息公开年度报告</h1>{article}</div>"
        f"<div>{''.join(pieces[cut:])}</div></body></html>"
    )


def test_pages_read_alike_under_every_hash_seed_and_in_any_order(tmp_path: Path) -> None:
    write(tmp_path, {f"{number}.html": page(number).encode() for number in range(12)})
    found = [
        subprocess.run(
            [sys.executable, "-c", READ, str(tmp_path), str(seed)],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(5)
    ]
    assert "breadcrumb" in json.loads(found[0])["0.html"][1]
    assert len(set(found)) == 1


def test_the_version_of_a_documents_content_covers_its_properties(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", {"a.html": page(1).encode()})
    published = tmp_path / "w.duckdb"
    ingest(published, folder)
    before = rows(published, "select content_version from raw.documents")
    with duckdb.connect(str(Warehouse(published).work)) as connection:
        connection.execute("update raw.documents set properties = '{}'")
    ingest(published, folder)
    assert rows(published, "select content_version from raw.documents") != before


def test_raw_is_the_same_for_any_order_of_files_and_number_of_workers(tmp_path: Path) -> None:
    """What marts make of raw in another order is the matter of models/test_repeatable.py."""
    samples = sorted((ROOT / "samples" / "reports").glob("*.[dhmtx]*"))[::3]
    folder = write(tmp_path / "in", {f"{number}.html": page(number).encode() for number in range(3)})
    paths = [*samples, *sorted(folder.iterdir())]
    found = []
    for workers in (1, 2, 4):
        published = tmp_path / f"{workers}.duckdb"
        random.Random(workers).shuffle(paths)
        ingest(published, *paths, workers=workers)
        found.append(raw(published))
    assert found[0] == found[1] == found[2]
