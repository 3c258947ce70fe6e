"""How right prose is read, as a warehouse can tell by itself: where a report says a thing in a table too."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import open_published, require_marts

LEAST_MEASURED = 20
"""Rows of rule_measures are written of rules that were measured this often: fewer readings say nothing."""
LEAST_VALUE = 10
"""Smaller figures stand in a text for too many things to say that one of them is the table's."""

_PRECISION = """
select
    dim_indicator.fact_table, rule_agreement.confidence,
    sum(agree)::integer, sum(n)::integer, sum(undecided)::integer
from marts.rule_agreement
inner join marts.dim_indicator using (indicator_code)
group by all order by all
"""

_RULES = f"""
select rule_id, confidence, sum(n)::integer as n, sum(agree)::integer as agree
from marts.rule_agreement
group by all having sum(n) >= {LEAST_MEASURED} order by all
"""  # noqa: S608 - the one thing filled in is a number of ours

# A figure of a table, of nothing else in the tables, that the prose says too with a measure word: read, where it became
# an observation of the same indicator; missed, where nothing explains the number. What prose says of other things and
# just happens to be as many is neither.
_RECALL = f"""
with of_tables as (
    select report_id, any_value(indicator_code) as indicator_code, value
    from marts.observations
    where basis = 'table' and is_selected and applicant_type = 'all' and category_label is null
        and value >= {LEAST_VALUE}
    group by report_id, value
    having count(distinct indicator_code) = 1
),
in_prose as (
    select report_id, value, bool_or(outcome = 'unread') as is_unread, flatten(list(observation_ids)) as observation_ids
    from marts.quantities
    where block_no is not null and measure is not null and outcome in ('read', 'unread')
    group by report_id, value
),
said_twice as (
    select of_tables.indicator_code, in_prose.is_unread, exists (
        from marts.observations
        where list_contains(in_prose.observation_ids, observations.observation_id)
            and observations.indicator_code = of_tables.indicator_code
    ) as is_read
    from of_tables
    inner join in_prose using (report_id, value)
)
select dim_indicator.fact_table, count(*) filter (where is_read)::integer, count(*)::integer
from said_twice
inner join marts.dim_indicator using (indicator_code)
where is_read or is_unread
group by all order by all
"""  # noqa: S608 - the one thing filled in is a number of ours


@dataclass(slots=True)
class Share:
    """So many of so many."""

    right: int = 0
    n: int = 0

    @property
    def share(self) -> float | None:
        """None where there is nothing to measure."""
        return round(self.right / self.n, 4) if self.n else None

    def add(self, right: int, n: int) -> None:
        self.right += right
        self.n += n

    def summary(self) -> dict[str, float | int | None]:
        return {"share": self.share, "right": self.right, "n": self.n}


@dataclass(slots=True)
class SelfMeasure:
    """Precision: readings of prose that a table agrees with; recall: figures of tables that prose says too, read."""

    precision: Share = field(default_factory=Share)
    recall: Share = field(default_factory=Share)
    precision_by_group: dict[str, Share] = field(default_factory=dict)
    recall_by_group: dict[str, Share] = field(default_factory=dict)
    precision_by_confidence: dict[str, Share] = field(default_factory=dict)
    undecided: int = 0
    """Readings that differ from a table whose figure is not in the prose: left out of precision."""

    def summary(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "precision": self.precision.summary(),
            "undecided": self.undecided,
            "recall": self.recall.summary(),
            "precision_by_group": {name: each.summary() for name, each in self.precision_by_group.items()},
            "recall_by_group": {name: each.summary() for name, each in self.recall_by_group.items()},
            "precision_by_confidence": {name: each.summary() for name, each in self.precision_by_confidence.items()},
        }


def measure(warehouse: Warehouse) -> SelfMeasure:
    """Measure the published warehouse by itself."""
    found = SelfMeasure()
    with open_published(warehouse) as connection:
        require_marts(connection, "rule_agreement", "quantities")
        for group, confidence, agree, n, undecided in connection.execute(_PRECISION).fetchall():
            found.undecided += undecided
            found.precision.add(agree, n)
            found.precision_by_group.setdefault(group, Share()).add(agree, n)
            found.precision_by_confidence.setdefault(confidence, Share()).add(agree, n)
        for group, read, n in connection.execute(_RECALL).fetchall():
            found.recall.add(read, n)
            found.recall_by_group.setdefault(group, Share()).add(read, n)
    return found


def save_measures(warehouse: Warehouse, seed: Path) -> int:
    """Write how often the rules of prose agreed with tables as the seed rule_measures; gives the number of its rows."""
    with open_published(warehouse) as connection:
        require_marts(connection, "rule_agreement")
        rows = connection.execute(_RULES).fetchall()
    with seed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["rule_id", "confidence", "n", "agree"])
        writer.writerows(rows)
    return len(rows)
