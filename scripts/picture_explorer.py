"""Make the pictures of the explorer in docs/pictures from the samples: `scripts/picture_explorer.py [WAREHOUSE]`.

Needs Chromium (`make system`). The samples are read with --keep and built into target/pictures, unless a warehouse is
named.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import duckdb
from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "python"))

from helpers.command import run_gongkai  # noqa: E402 - they lie with the tests
from helpers.explorer import exploring  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
WIDE, NARROW = (1280, 800), (390, 844)
COLOURS = 128
"""Few enough for small files; the pages have a calm palette."""


def addresses(published: Path) -> dict[str, tuple[str, tuple[int, int]]]:
    """What is pictured: the name of each picture, the address, and the size of the window."""
    with duckdb.connect(str(published), read_only=True) as connection:
        by_file = {
            file: (report, agency)
            for file, report, agency in connection.execute(
                "select source_file, report_id, agency_id from marts.dim_report where is_current"
            ).fetchall()
        }
        figures = dict(
            connection.execute(
                "select source_file || ' ' || indicator_code, observation_id "
                "from marts.observations inner join marts.dim_report using (report_id) "
                "where is_selected and applicant_type = 'all'"
            ).fetchall()
        )
    prose, _ = by_file["2013-qiannan-zhou.html"]
    paged, town = by_file["2021-qianyuan-zhen.pdf"]
    _, other = by_file["2022-luoshe-zhen.docx"]
    _, school = by_file["2020-xinxing-jiaoyu.html"]
    received = figures["2013-qiannan-zhou.html application.received"]
    penalties = figures["2021-qianyuan-zhen.pdf decision.penalties"]
    return {
        "find": ("/find?q=德清", WIDE),
        "body": (f"/bodies/{school}", WIDE),
        "report": (f"/reports/{prose}#w-{received}", WIDE),
        "page": (f"/reports/{paged}?view=pages#w-{penalties}", WIDE),
        "figure": (f"/figures/{received}", WIDE),
        "indicator": ("/indicators/application.received", WIDE),
        "compare": (f"/compare?b={town}&b={other}&i=application.received&i=disclosure.total", WIDE),
        "map": ("/map?metric=granted_rate&year=2022", WIDE),
        "quality": ("/quality?list=findings&year=2020", WIDE),
        "table": ("/table?i=application.received&i=disclosure.total&i=staff.trainees", WIDE),
        "find-narrow": ("/find?q=德清", NARROW),
        "report-narrow": (f"/reports/{prose}", NARROW),
        "report-english": (f"/reports/{prose}?lang=en", WIDE),
    }


def save(page: Page, target: Path) -> None:
    """A picture of the window, in few colours."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLOURS).save(target, optimize=True)


def main() -> None:
    if len(sys.argv) > 1:
        published = Path(sys.argv[1])
    else:
        published = ROOT / "target" / "pictures" / "gongkai.duckdb"
        done = run_gongkai("run", ROOT / "samples" / "reports", "--keep", published=published)
        if done.returncode:
            raise SystemExit(done.stderr)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("Chromium is missing; make system installs it")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with exploring(published) as explorer, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (address, (width, height)) in addresses(published).items():
            context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
            page = context.new_page()
            page.goto(explorer.address)
            page.goto(f"http://{explorer.host}{address}", wait_until="networkidle")
            save(page, PICTURES / f"{name}.png")
            print(PICTURES / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
