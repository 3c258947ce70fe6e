"""Make the pictures of the workbook in docs/pictures from the samples: `scripts/picture_workbook.py [WAREHOUSE]`.

Needs LibreOffice (`make system`). The samples are read and built into target/pictures, unless a warehouse is named.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "python"))

from helpers.command import run_gongkai  # noqa: E402 - they lie with the tests

PICTURES = ROOT / "docs" / "pictures"
SHEETS = {"workbook": "说明", "workbook-figures": "依申请公开", "workbook-rates": "比率（机构）"}
"""The name of each picture, and the sheet whose first page it shows."""
SCALE, COLOURS, EDGE = 1.6, 64, 24
_FOOT = (0, 0, 200, 30)
"""The lower left of a page, where its sheet is named."""


def picture(page: pypdfium2.PdfPage) -> Image.Image:
    """A page without its empty edges, in few colours."""
    whole = page.render(scale=SCALE).to_pil().convert("RGB")
    filled = whole.crop((0, 0, whole.width, int(whole.height * 0.94)))
    box = ImageChops.difference(filled, Image.new("RGB", filled.size, "white")).getbbox() or (0, 0, *filled.size)
    left, top, right, bottom = box
    edges = (max(left - EDGE, 0), max(top - EDGE, 0), min(right + EDGE, whole.width), min(bottom + EDGE, filled.height))
    return filled.crop(edges).quantize(COLOURS)


def main() -> None:
    if len(sys.argv) > 1:
        published = Path(sys.argv[1])
    else:
        published = ROOT / "target" / "pictures" / "gongkai.duckdb"
        done = run_gongkai("run", ROOT / "samples" / "reports", published=published)
        if done.returncode:
            raise SystemExit(done.stderr)
    soffice = shutil.which("soffice")
    if soffice is None:
        raise SystemExit("LibreOffice is missing; make system installs it")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        done = run_gongkai("export", "--format", "xlsx", "--to", folder, published=published)
        if done.returncode:
            raise SystemExit(done.stderr)
        subprocess.run(  # noqa: S603 - LibreOffice, on a file of ours
            [soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
             "--outdir", folder, f"{folder}/gongkai.xlsx"],
            check=True, capture_output=True,
        )  # fmt: skip
        with pypdfium2.PdfDocument(f"{folder}/gongkai.pdf") as document:
            first: dict[str, int] = {}
            for number in range(len(document)):
                first.setdefault(
                    document[number].get_textpage().get_text_bounded(*_FOOT).strip().split("\r")[0], number
                )
            for name, sheet in SHEETS.items():
                target = PICTURES / f"{name}.png"
                picture(document[first[sheet]]).save(target, optimize=True)
                print(target)


if __name__ == "__main__":
    main()
