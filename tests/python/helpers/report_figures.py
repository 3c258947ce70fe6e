"""The figures of made-up reports: at random, and sound by every identity of their form and of the year before."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from helpers.forms_2021 import APPLICANTS, COLUMNS, GROUP_SIZES, RESULTS
from helpers.report_pages import GROUP_TOTALS

Figures = dict[tuple[str, str], int]

RESULT_CODES = tuple(code for _, code in RESULTS)
RESULTS_2019 = (
    *(code for code in RESULT_CODES if not code.startswith("application.other.")),
    "application.outcome.other",
)
APPEALS = ("review", "litigation_direct", "litigation_after_review")
ENDINGS = ("upheld", "corrected", "other", "pending")
ITEMS_2019 = ("decision.permits", "decision.other_services", "decision.penalties", "decision.compulsory")
CHANNELS = ("gazette", "website", "weibo", "wechat", "other")
WAYS = ("in_person", "fax", "online", "mail")
REPLIES_2014 = (
    "already_public",
    "granted",
    "partial",
    "not_this_agency",
    "nonexistent",
    "amend_requested",
    "other_channel",
)
REFUSALS_2014 = (
    "state_secret", "trade_secret", "privacy", "security_stability", "not_government_information", "other_legal",
)  # fmt: skip
REASONS_LOCAL = (
    "application.refused.not_government_information", "application.outcome.nonexistent",
    "application.outcome.not_this_agency", "application.outcome.amend_requested",
)  # fmt: skip


@dataclass
class Body:
    """Who reports: its full name, and what it can be said to be."""

    name: str
    rules: bool = False


class Base:
    """Numbers that keep their size over the years: each year's are within fifteen per cent of it."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.sizes: dict[tuple[str, str], int] = {}

    def number(self, code: str, applicant: str, low: int, high: int) -> int:
        """The year's number of an indicator."""
        size = self.sizes.setdefault((code, applicant), self.chance.randint(low, high))
        return round(size * self.chance.uniform(0.85, 1.15))


def _applications(base: Base, before: Figures, results: Iterable[str]) -> Figures:
    """The table of applications: what is carried in was carried out the year before."""
    made: Figures = {}
    for applicant in APPLICANTS:
        many = applicant == "natural_person"
        for code in results:
            made[code, applicant] = base.number(code, applicant, 1, 20 if many else 3)
        made["application.replied", applicant] = sum(made[code, applicant] for code in results)
        carried_in = before.get(("application.carried_out", applicant), 3 if many else 1)
        made["application.carried_in", applicant] = carried_in
        out = base.number("application.carried_out", applicant, 1, 5)
        made["application.carried_out", applicant] = out
        made["application.received", applicant] = made["application.replied", applicant] + out - carried_in
    for code in {code for code, _ in made}:
        made[code, "all"] = sum(made[code, applicant] for applicant in APPLICANTS)
    return made


def _appeals(base: Base, pending_most: int = 1) -> Figures:
    made: Figures = {}
    for way in APPEALS:
        few = way == "litigation_after_review"
        for ending in ENDINGS:
            most = pending_most if ending == "pending" else 2 if few else 6
            # Reviews concluded are no fewer than the lawsuits that follow them.
            least = 3 if way == "review" and ending != "pending" else 1
            made[f"appeal.{way}.{ending}", "all"] = base.number(f"{way}.{ending}", "all", least, max(1, most))
        made[f"appeal.{way}.total", "all"] = sum(made[f"appeal.{way}.{ending}", "all"] for ending in ENDINGS)
    return made


def figures_2021(base: Base, before: Figures, body: Body) -> Figures:
    """A report on the 2021 form."""
    made = _applications(base, before, RESULT_CODES) | _appeals(base)
    for kind in ("rules", "normative"):
        issued = base.number(kind, "issued", 3, 9) if kind == "normative" or body.rules else 0
        repealed = issued // 3
        stock = before.get((f"legislation.{kind}.in_force", "all"), 10 * issued)
        made[f"legislation.{kind}.issued", "all"] = issued
        made[f"legislation.{kind}.repealed", "all"] = repealed
        made[f"legislation.{kind}.in_force", "all"] = stock + issued - repealed
    for code in ("permits", "penalties", "compulsory"):
        made[f"decision.{code}", "all"] = base.number(code, "all", 40, 400)
    made["charge.administrative", "all"] = base.number("charge", "all", 20, 90)
    return made | _told(base, made)


def _told(base: Base, made: Figures) -> Figures:
    """What the text of the later forms tells beside its tables."""
    ways = {("application.received." + way, "all"): 2 + place for place, way in enumerate(WAYS)}
    ways["application.received.online", "all"] += made["application.received", "all"] - sum(ways.values())
    channels = {("disclosure.channel." + each, "all"): base.number(each, "told", 50, 300) for each in CHANNELS}
    staff = {("staff.full_time", "all"): 2, ("staff.part_time", "all"): 3, ("staff.total", "all"): 5}
    trained = {("staff.trainings", "all"): 2, ("staff.trainees", "all"): base.number("trainees", "all", 40, 90)}
    total = {("disclosure.total", "all"): sum(channels.values())}
    return ways | channels | staff | trained | total


def figures_subtotals(base: Base, before: Figures, body: Body) -> Figures:
    """A report on the 2021 form with rows and a column that sum up others."""
    made = figures_2021(base, before, body)
    for start, group in GROUP_TOTALS.items():
        items = RESULT_CODES[start : start + GROUP_SIZES[start]]
        made |= {(group, column): sum(made[item, column] for item in items) for column in COLUMNS}
    for code in {code for code, column in made if column == "research"}:
        made[code, "legal"] = made[code, "all"] - made[code, "natural_person"]
    return made


def figures_2019(base: Base, before: Figures, body: Body) -> Figures:
    """A report on the 2019 form."""
    made = _applications(base, before, RESULTS_2019) | _appeals(base)
    for kind in ("rules", "normative"):
        new = base.number(kind, "made", 3, 9) if kind == "normative" or body.rules else 0
        stock = before.get((f"legislation.{kind}.disclosed_total", "all"), 10 * new)
        made[f"legislation.{kind}.made", "all"] = new
        made[f"legislation.{kind}.disclosed", "all"] = new
        made[f"legislation.{kind}.disclosed_total", "all"] = stock + new
    for code in (*ITEMS_2019, "charge.administrative"):
        last = before.get((f"{code}.items_previous", "all"), base.number(code, "items", 20, 60))
        made[f"{code}.items_previous", "all"] = last + before.get((f"{code}.items_change", "all"), 0)
        made[f"{code}.items_change", "all"] = base.chance.randint(-4, 4)
        if code != "charge.administrative":
            made[code, "all"] = base.number(code, "all", 40, 400)
    made["procurement.projects", "all"] = base.number("projects", "all", 2, 9)
    made["procurement.amount", "all"] = base.number("amount", "all", 100, 900)
    return made | _told(base, made)


def figures_2014(base: Base, before: Figures, body: Body) -> Figures:
    """A report with the statistical table of 2014."""
    made: Figures = {}
    for channel in CHANNELS:
        made["disclosure.channel." + channel, "all"] = base.number(channel, "all", 30, 400)
    # The form counts what stands on several channels once.
    channels = [made["disclosure.channel." + channel, "all"] for channel in CHANNELS]
    made["disclosure.total", "all"] = max(channels) + min(channels)
    made["disclosure.normative_issued", "all"] = base.number("normative", "all", 4, 12)
    made["disclosure.normative", "all"] = made["disclosure.normative_issued", "all"] - 1
    for code in ("press_conferences", "online_interviews", "policy_interpretations", "weibo_wechat", "other"):
        made["response." + code, "all"] = base.number(code, "response", 3, 12)
    for code in ("press_conferences", "online_interviews"):
        made[f"response.{code}_by_head", "all"] = made["response." + code, "all"] - 2
    made["response.hot_topics", "all"] = made["response.weibo_wechat", "all"]
    for way in WAYS:
        made["application.received." + way, "all"] = base.number(way, "all", 3, 20)
    received = sum(made["application.received." + way, "all"] for way in WAYS)
    made |= dict.fromkeys((("application.received", "all"), ("application.closed", "all")), received)
    made["application.replied", "all"] = received
    made["application.closed.extended", "all"] = 2
    made["application.closed.on_time", "all"] = received - 2
    for code in REFUSALS_2014:
        made["application.refused." + code, "all"] = 0
    made["application.refused.privacy", "all"] = 1
    made["application.refused.trade_secret", "all"] = 1
    made["application.outcome.refused", "all"] = 2
    for code in REPLIES_2014:
        made["application.outcome." + code, "all"] = 1
    made["application.outcome.granted", "all"] = received - 2 - (len(REPLIES_2014) - 1)
    for kind in ("review", "litigation"):
        for ending in ("upheld", "corrected", "other"):
            made[f"appeal.{kind}.{ending}", "all"] = base.number(kind, ending, 1, 5)
        made[f"appeal.{kind}.total", "all"] = sum(
            made[f"appeal.{kind}.{ending}", "all"] for ending in ("upheld", "corrected", "other")
        )
    made["appeal.complaints", "all"] = base.number("complaints", "all", 1, 5)
    made["fee.collected", "all"] = base.number("fee", "all", 2, 5)
    staff = {"units": 1, "reading_points": 3, "total": 6, "full_time": 2, "part_time": 4, "meetings": 4, "trainings": 2}
    made |= {("staff." + code, "all"): number for code, number in staff.items()}
    made["staff.budget", "all"] = base.number("budget", "all", 10, 40)
    made["staff.trainees", "all"] = base.number("trainees", "all", 40, 90)
    return made


def figures_local(base: Base, before: Figures, body: Body) -> Figures:
    """A report with a table of a place of its own, before 2014."""
    made: Figures = {}
    for way in (*WAYS, "other"):
        made["application.received." + way, "all"] = base.number(way, "all", 2, 20)
    received = sum(made.values())
    made["application.received", "all"] = made["application.replied", "all"] = received
    # Refusals are told in all, and by their reasons: the table adds up by both ways of reading it.
    made |= dict.fromkeys(((code, "all") for code in REASONS_LOCAL), 1)
    made["application.outcome.refused", "all"] = len(REASONS_LOCAL)
    made["application.outcome.partial", "all"] = 2
    made["application.outcome.granted", "all"] = received - 2 - len(REASONS_LOCAL)
    made["disclosure.total", "all"] = base.number("disclosure", "all", 200, 900)
    for code in ("appeal.review.total", "appeal.litigation.total", "appeal.complaints"):
        made[code, "all"] = base.number(code, "all", 1, 4)
    return made


def figures_prose(base: Base, before: Figures, body: Body) -> Figures:
    """A report without tables: as on the form of 2014, but told, and with each item on one channel."""
    made = figures_2014(base, before, body)
    made["disclosure.total", "all"] = sum(made["disclosure.channel." + channel, "all"] for channel in CHANNELS)
    return made


FIGURES: dict[str, Callable[[Base, Figures, Body], Figures]] = {
    "2021": figures_2021,
    "subtotals": figures_subtotals,
    "2019": figures_2019,
    "2014": figures_2014,
    "local": figures_local,
    "prose": figures_prose,
    "docx": figures_prose,
}
