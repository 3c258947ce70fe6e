"""What the prose of a warehouse says that no rule reads."""

from __future__ import annotations

from typing import Any

from gongkai.warehouse import Warehouse
from gongkai.warehouse.published import open_published, require_marts

EXAMPLES = 3
"""Examples shown of each noun or measure word."""

_COUNTS = """
select
    count(*) as numbers,
    count(*) filter (where outcome = 'unread') as unread,
    count(measure) as with_measure,
    count(measure) filter (where outcome = 'unread') as unread_with_measure
from marts.quantities
where block_no is not null
"""

# The end of a noun names it best; figures and marks in it part what belongs together.
_GROUPS = r"""
with unread as (
    select
        report_id,
        measure,
        coalesce(nullif(right(regexp_replace(noun, '[^\p{{Han}}]', '', 'g'), 4), ''), '(none)') as noun,
        replace(clause, words, '【' || words || '】') as text,
    from marts.quantities
    where outcome = 'unread' and block_no is not null and measure is not null
)
select
    {by},
    count(*) as count,
    count(distinct report_id) as reports,
    list(struct_pack(report_id, text) order by hash(report_id || text))[1:{examples}] as examples,
from unread
group by {by}
order by count desc, {by}
limit {limit}
"""


def count(warehouse: Warehouse) -> dict[str, int]:
    """How many numbers stand in prose, how many have a measure word, and how many of each are unread."""
    with open_published(warehouse) as connection:
        require_marts(connection, "quantities")
        row = connection.execute(_COUNTS).fetchone()
    names = ("numbers", "unread", "with_measure", "unread_with_measure")
    return dict(zip(names, row or (0, 0, 0, 0), strict=True))


def unread_groups(warehouse: Warehouse, by: str, limit: int) -> list[dict[str, Any]]:
    """The commonest nouns or measure words of unread figures (`by`: noun or measure), each with examples."""
    with open_published(warehouse) as connection:
        require_marts(connection, "quantities")
        rows = connection.execute(_GROUPS.format(by=by, examples=EXAMPLES, limit=limit)).fetchall()
    return [dict(zip((by, "count", "reports", "examples"), row, strict=True)) for row in rows]
