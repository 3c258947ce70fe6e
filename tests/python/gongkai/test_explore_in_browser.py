"""`gongkai explore` in a real browser: found, followed to the words, framed on the page, compared, downloaded, judged.

Skipped with one line where Chromium is missing: `make system` installs it.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import duckdb
import pytest
from helpers.command import ROOT, Gongkai
from helpers.explorer import Explorer, exploring
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDE, NARROW = (1280, 900), (390, 844)
LONGEST = 300_000
"""Milliseconds that a page has for what it does in one: a loaded machine is slow, a page that does nothing is wrong."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing; make system installs it")


@dataclass
class Tab:
    """A page of the browser, with what it complained of and whatever it asked for elsewhere."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def noted(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.outside.append(request.url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # What CI runs as is root, for whom Chromium's own sandbox does not start.
        expect.set_options(timeout=LONGEST)
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def kept(built_samples: Path, gongkai: Gongkai, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples' warehouse with the originals of its PDF files beside it."""
    published = tmp_path_factory.mktemp("kept") / "gongkai.duckdb"
    for ending in (".duckdb", ".work.duckdb"):
        shutil.copy(built_samples.with_suffix(ending), published.with_suffix(ending))
    done = gongkai("ingest", *sorted((ROOT / "samples" / "reports").glob("*.pdf")), "--keep", published=published)
    assert done.returncode == 0, done.stderr
    assert len(list(published.with_suffix(".originals").rglob("*/*"))) == 3
    return published


@pytest.fixture(scope="module")
def explorer(kept: Path, seeds: Path) -> Iterator[Explorer]:
    with exploring(kept, "--seeds", seeds, "--by", "测试") as running:
        yield running


@pytest.fixture(params=[WIDE, NARROW], ids=["1280", "390"])
def tab(request: pytest.FixtureRequest, browser: Browser, explorer: Explorer) -> Iterator[Tab]:
    """A tab in which the explorer is open; at its end nothing was complained of, and nothing asked for elsewhere."""
    yield from opened(browser, explorer, request.param)


@pytest.fixture
def wide_tab(browser: Browser, explorer: Explorer) -> Iterator[Tab]:
    yield from opened(browser, explorer, WIDE)


def opened(browser: Browser, explorer: Explorer, size: tuple[int, int]) -> Iterator[Tab]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN", accept_downloads=True)
    context.set_default_timeout(LONGEST)
    page = context.new_page()
    tab = Tab(page, f"http://{explorer.host}")
    page.on("console", tab.noted)
    page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    page.on("request", tab.asked)
    page.goto(explorer.address)
    yield tab
    assert (tab.complaints, tab.outside) == ([], [])
    context.close()


def no_wider_than_the_window(page: Page) -> bool:
    page.wait_for_load_state("load")  # words stand there before the style does
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_number_is_found_and_followed_to_its_words(tab: Tab) -> None:
    page = tab.page
    assert "token" not in page.url
    page.get_by_role("searchbox").fill("黔南")
    page.get_by_role("link", name="黔南布依族苗族自治州人民政府 2013").click()
    figure = page.locator("#figures").get_by_role("link", name="收到申请数（本年新收）", exact=True)
    figure.click()
    expect(page.locator("#words .w.on")).to_have_text("143")
    expect(page.locator("#words .w.on")).to_be_in_viewport()
    page.locator("#words .w", has_text="8.15万").hover()
    expect(page.locator("#figures .figure.on")).to_contain_text("81,500")
    page.locator("#words .w", has_text="1,126").click()
    expect(page.locator("#figures .figure.on")).to_contain_text("兼职")
    page.locator("#figures .figure.on .number").click()
    expect(page.locator("#words .w.on")).to_have_text("1,126")
    page.locator("#figures .figure.on .more").click()
    expect(page.locator("blockquote mark")).to_have_text("1,126")
    assert no_wider_than_the_window(page)


def test_what_is_typed_is_looked_for_at_once_and_facets_narrow_it(wide_tab: Tab) -> None:
    page = wide_tab.page
    page.get_by_role("searchbox").press_sequentially("dqx")
    expect(page.get_by_role("link", name="德清县人民政府 2022")).to_be_visible()
    expect(page).to_have_url(f"{wide_tab.address}/find?q=dqx")
    page.get_by_role("searchbox").fill("2022")
    expect(page).to_have_url(f"{wide_tab.address}/find?q=2022")
    page.get_by_role("link", name="乡级").click()
    expect(page.locator(".results li")).to_have_count(2)


IS_AS_BEFORE = """top => {
    const [pane, words] = ["#words", "#words .w.on"].map(each => document.querySelector(each).getBoundingClientRect());
    return scrollY === top && words.top >= pane.top && words.bottom <= pane.bottom;
}"""
"""The window stands as it stood, and the words that are lit are in sight of their pane."""


def test_back_leads_to_the_same_place(tab: Tab) -> None:
    page = tab.page
    tab.go("/find?q=德清县")
    page.get_by_role("link", name="德清县人民政府 2022").first.click()
    page.locator(".main-figures a").nth(1).click()
    expect(page.locator("#words .w.on")).to_have_text("186")
    expect(page.locator("#words .w.on")).to_be_in_viewport()
    for link, end in (
        (page.locator("#figures .label", has_text="行政许可处理决定数量"), "**#w-*"),
        (page.locator("#figures .figure.on .more"), "**/figures/*"),
    ):
        link.scroll_into_view_if_needed()
        before, address = page.evaluate("scrollY"), page.url
        link.click()
        page.wait_for_url(lambda url, last=address, end=end: url != last and fnmatch(url, end))
        page.go_back()
        expect(page.locator("#words .w.on")).to_have_text("186")
        page.wait_for_function(IS_AS_BEFORE, arg=before)


def test_words_found_are_in_sight_when_their_report_opens(tab: Tab) -> None:
    page = tab.page
    tab.go("/find?q=存在的主要问题")
    page.locator(".snippet a", has_text="存在的主要问题").first.click()
    page.wait_for_url("**/reports/**")
    marked = page.locator("#words mark").first
    expect(marked).to_have_text("存在的主要问题")
    expect(marked).to_be_in_viewport()
    # Nothing lies over it: neither the head of the page nor the bar that switches panes.
    assert marked.evaluate(
        """mark => {
            const { left, top, width, height } = mark.getBoundingClientRect();
            return mark.contains(document.elementFromPoint(left + width / 2, top + height / 2));
        }"""
    )


def test_a_report_is_read_by_keyboard(wide_tab: Tab) -> None:
    page = wide_tab.page
    wide_tab.go("/find?q=黔南")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.get_by_role("link", name="黔南布依族苗族自治州人民政府 2013").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/*")
    page.locator("#figures .label").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#words .w.on")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#words .w.on")).to_be_focused()


def test_a_cell_is_framed_on_the_picture_of_its_page(tab: Tab) -> None:
    page = tab.page
    page.get_by_role("searchbox").fill("乾元镇 2021")
    page.get_by_role("link", name="乾元镇人民政府 2021").click()
    page.get_by_role("link", name="看原页图像").click()
    picture = page.locator("#page-1 image")
    shown = page.request.get(f"{tab.address}{picture.get_attribute('href')}")
    assert shown.status == 200 and shown.body().startswith(b"\x89PNG")
    page.locator("#figures").get_by_role("link", name="行政处罚处理决定数量", exact=True).click()
    frame = page.locator("#words .on rect")
    expect(frame).to_be_in_viewport()
    assert frame.count() == 1
    # Both at one moment, as the page may still be moving. 37 stands a little below the middle of the page, in the wide
    # column of its table.
    top, width = page.evaluate(
        """() => {
            const frame = document.querySelector("#words .on rect").getBoundingClientRect();
            const whole = document.querySelector("#page-1").getBoundingClientRect();
            return [(frame.top - whole.top) / whole.height, frame.width / whole.width];
        }"""
    )
    assert 0.5 < top < 0.6
    assert 0.4 < width < 0.8
    assert no_wider_than_the_window(page)


def test_bodies_are_compared_and_the_table_is_downloaded(tab: Tab, tmp_path: Path) -> None:
    page = tab.page
    tab.go("/compare?from=2022")
    for name in ("乾元镇", "洛舍镇"):
        page.wait_for_load_state("load")  # before its script is there, nothing is suggested
        page.get_by_label("加一个机构或地区").press_sequentially(name)  # suggested while it is typed
        page.get_by_role("button", name=f"+ {name}人民政府").click()
        expect(page.locator(".chosen-list")).to_contain_text(name)
    expect(page.locator(".compare tbody tr").first).to_contain_text("乾元镇人民政府")
    compared = page.url.removeprefix(tab.address)
    tab.go(compared.replace("from=2022", "from="))
    chart = page.locator("figure:visible .chart").first
    assert chart.evaluate("chart => chart.getBoundingClientRect().right <= innerWidth")
    tab.go(compared)
    assert no_wider_than_the_window(page)
    page.get_by_role("link", name="做成表格下载").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV", exact=True).first.click()
    target = tmp_path / "table.csv"
    waiting.value.save_as(target)
    with target.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["agency_name"] for row in rows} == {"乾元镇人民政府", "洛舍镇人民政府"}
    assert {row["year"] for row in rows} == {"2022"}
    assert all(row["application_received_source"] for row in rows if row["application_received"])


@pytest.mark.parametrize("path", ["/find", "/indicators/application.received", "/map", "/quality", "/table", "/build"])
def test_no_page_is_wider_than_the_window(path: str, tab: Tab) -> None:
    tab.go(path)
    assert no_wider_than_the_window(tab.page)
    tab.go(f"{path}?lang=en")
    expect(tab.page.get_by_role("link", name="Find", exact=True)).to_be_visible()
    assert no_wider_than_the_window(tab.page)


def test_a_verdict_is_kept_over_a_restart(browser: Browser, kept: Path, seeds: Path) -> None:
    with duckdb.connect(str(kept), read_only=True) as connection:
        row = connection.execute(
            "select report_id from marts.findings inner join marts.dim_report using (report_id) "
            "where severity = 'hard' and is_current order by finding_id limit 1"
        ).fetchone()
    assert row is not None
    path = f"/reports/{row[0]}"
    with exploring(kept, "--seeds", seeds, "--by", "测试") as explorer:
        for tab in opened(browser, explorer, WIDE):
            tab.go(path)
            tab.page.get_by_text("给出结论").first.click()
            tab.page.get_by_label("报告有误").first.check()
            tab.page.get_by_label("备注").first.fill("合计写错")
            tab.page.get_by_role("button", name="写入").first.click()
            expect(tab.page.locator(".findings .tag", has_text="报告有误")).to_be_visible()
    with exploring(kept, "--seeds", seeds, "--by", "测试") as explorer:
        for tab in opened(browser, explorer, WIDE):
            tab.go(path)
            expect(tab.page.locator(".findings .tag", has_text="报告有误")).to_be_visible()
