"""What a publication changes against the one before it, report by report and figure by figure, and why."""

from __future__ import annotations

import duckdb

COLUMNS: dict[str, tuple[str, str]] = {
    "publication_no": ("integer", "The publication that made the change (publications)."),
    "subject": ("varchar", "report (one came, went, took another's place, or is told of otherwise) or figure."),
    "change": (
        "varchar",
        "added, removed, changed; replaced (a report): another version of it is current now.",
    ),
    "reason": (
        "varchar",
        "new_document; reread (under another name, by another reader or with other words of the manifest); correction "
        "(seeds/people); withdrawal (or one taken back); rule: nothing but rules was changed.",
    ),
    "report_id": ("varchar", "The current report now; the one that went where none is."),
    "previous_report_id": ("varchar", "The current report before; NULL where there was none."),
    "agency_id": ("varchar", "Its body (of the report now, where there is one); NULL where it cannot be told."),
    "agency_name": ("varchar", "The name of the body."),
    "year": ("integer", "The year reported on."),
    "scope": ("varchar", "own, aggregate or NULL."),
    "detail": ("varchar", "What is told of a report otherwise than before, as column: old, new; NULL for figures."),
    "indicator_code": ("varchar", "The indicator of a figure (dim_indicator); NULL for reports."),
    "applicant_type": ("varchar", "Column of the application table; all otherwise."),
    "category_label": ("varchar", "Category of disclosure.by_category."),
    "old_value": ("decimal(20, 4)", "Value before; NULL where none was stated."),
    "new_value": ("decimal(20, 4)", "Value now; NULL where none is stated."),
}  # fmt: skip
"""The columns of marts.changes: type and description."""

DESCRIPTION = (
    "One row a current report that came, went or changed between a publication and the one before it, and one a figure "
    "that differs in a report that was there before and after, with the reason. Of the last publications only "
    "(kept_publications in dbt_project.yml)."
)

_TOLD = ("agency_id", "agency_name", "region_code", "level_code", "year", "scope", "form", "period_start", "period_end")
"""What is compared of a report beside its figures."""

_NEEDED = {
    "dim_report": {*_TOLD, "report_id", "document_id", "is_current", "withdrawn_at"},
    "observations": {
        "report_id", "indicator_code", "applicant_type", "category_label", "value", "is_selected", "correction_reason",
    },
    "documents": {"document_id", "content_version"},
}  # fmt: skip


def are_comparable(connection: duckdb.DuckDBPyConnection, *databases: str) -> bool:
    """Whether the databases have the tables and columns that are compared; one of an older version may not."""
    there: dict[tuple[str, str], set[str]] = {}
    for database, table, column in connection.execute(
        "select database_name, table_name, column_name from duckdb_columns() where schema_name in ('marts', 'raw')"
    ).fetchall():
        there.setdefault((database, table), set()).add(column)
    return all(
        columns <= there.get((database, table), set()) for database in databases for table, columns in _NEEDED.items()
    )


def find_changes(connection: duckdb.DuckDBPyConnection, before: str, now: str) -> None:
    """Fill the temp table `changes` with what differs between two databases: all of COLUMNS but publication_no.

    Figures are first compared as one hash a report, so that only those of reports that differ are held in memory.
    """
    for name, query in (
        ("report_pairs", _pairs(before, now)),
        ("corrected_figures", _corrected(before, now)),
        ("figure_changes", _figures(before, now)),
        ("changes", _all()),
    ):
        connection.execute(f"create or replace temp table {name} as {query}")


def _pairs(before: str, now: str) -> str:
    """Each report that is current in one of the two beside the one that is it in the other, with the reason."""
    details = ", ".join(
        f"case when newer.{name} is distinct from older.{name} then "
        f"'{name}: ' || coalesce(older.{name}::varchar, '-') || ', ' || coalesce(newer.{name}::varchar, '-') end"
        for name in _TOLD
    )
    return f"""
        with older as (
            select * from {before}.marts.dim_report where is_current
        ),

        newer as (
            select * from {now}.marts.dim_report where is_current
        ),

        same as (
            select report_id, report_id as previous_report_id
            from newer
            inner join older using (report_id)
        ),

        replaced as (
            select newer.report_id, older.report_id as previous_report_id
            from newer
            inner join older
                on newer.agency_id = older.agency_id
                and newer.year = older.year
                and newer.scope is not distinct from older.scope
            anti join same as kept on newer.report_id = kept.report_id
            anti join same as gone on older.report_id = gone.report_id
        ),

        matched as (
            select * from same
            union all
            select * from replaced
        ),

        paired as (
            select * from matched
            union all
            select report_id, null from newer anti join matched using (report_id)
            union all
            select null, report_id from older anti join matched on older.report_id = matched.previous_report_id
        ),

        documents as (
            select
                document_id,
                earlier.document_id is null as is_new,
                earlier.content_version is distinct from later.content_version as is_reread,
            from {now}.raw.documents as later
            left join {before}.raw.documents as earlier using (document_id)
        ),

        known as (
            select report_id, document_id from {now}.marts.dim_report
            union
            select report_id, document_id from {before}.marts.dim_report
        ),

        -- What became of the document of each report, current or not, or no report any more.
        reports as (
            select
                known.report_id,
                documents.is_new,
                documents.is_reread,
                (later.withdrawn_at is null) != (earlier.withdrawn_at is null) as is_withdrawal,
            from known
            inner join documents using (document_id)
            left join {now}.marts.dim_report as later using (report_id)
            left join {before}.marts.dim_report as earlier using (report_id)
        )

        select
            paired.report_id,
            paired.previous_report_id,
            paired.report_id is not distinct from paired.previous_report_id as is_same,
            case
                when this.is_new then 'new_document'
                when not is_same and (this.is_withdrawal or former.is_withdrawal) then 'withdrawal'
                when this.is_reread or former.is_reread then 'reread'
                else 'rule'
            end as reason,
            coalesce(newer.agency_id, older.agency_id) as agency_id,
            coalesce(newer.agency_name, older.agency_name) as agency_name,
            coalesce(newer.year, older.year) as year,
            if(newer.report_id is null, older.scope, newer.scope) as scope,
            case when is_same then nullif(concat_ws('; ', {details}), '') end as detail,
        from paired
        left join newer on paired.report_id = newer.report_id
        left join older on paired.previous_report_id = older.report_id
        left join reports as this on paired.report_id = this.report_id
        left join reports as former on paired.previous_report_id = former.report_id
    """  # noqa: S608 - names of ours


_KEY = "indicator_code, applicant_type, category_label"


def _corrected(before: str, now: str) -> str:
    """The figures whose correction is not what it was."""
    given = (
        f"select report_id, {_KEY}, max(correction_reason) as correction from {{}}.marts.observations "  # noqa: S608 - ours
        "where correction_reason is not null group by all"
    )
    return f"""
        with older as (
            {given.format(before)}
        ),

        newer as (
            {given.format(now)}
        )

        select report_id, {_KEY} from (select * from older except select * from newer)
        union
        select report_id, {_KEY} from (select * from newer except select * from older)
    """  # noqa: S608 - names of ours


def _figures(before: str, now: str) -> str:
    """The selected figures that differ in pairs of reports."""
    state = (
        f"select report_id, bit_xor(hash({_KEY}, value)) as state from {{}}.marts.observations "  # noqa: S608 - ours
        "where is_selected group by report_id"
    )
    return f"""
        with older_states as (
            {state.format(before)}
        ),

        newer_states as (
            {state.format(now)}
        ),

        looked_at as (
            select pairs.*
            from report_pairs as pairs
            left join older_states on pairs.previous_report_id = older_states.report_id
            left join newer_states on pairs.report_id = newer_states.report_id
            where pairs.report_id is not null
                and pairs.previous_report_id is not null
                and older_states.state is distinct from newer_states.state
        ),

        older as (
            select looked_at.report_id, {_KEY}, value
            from {before}.marts.observations as observations
            inner join looked_at on observations.report_id = looked_at.previous_report_id
            where is_selected
        ),

        newer as (
            select looked_at.report_id, {_KEY}, value
            from {now}.marts.observations as observations
            inner join looked_at on observations.report_id = looked_at.report_id
            where is_selected
        ),

        differing as (
            select
                coalesce(newer.report_id, older.report_id) as report_id,
                coalesce(newer.indicator_code, older.indicator_code) as indicator_code,
                coalesce(newer.applicant_type, older.applicant_type) as applicant_type,
                coalesce(newer.category_label, older.category_label) as category_label,
                older.value as old_value,
                newer.value as new_value,
            from newer
            full join older
                on newer.report_id = older.report_id
                and newer.indicator_code = older.indicator_code
                and newer.applicant_type = older.applicant_type
                and newer.category_label is not distinct from older.category_label
            where newer.value is distinct from older.value
        )

        select
            'figure' as subject,
            case when old_value is null then 'added' when new_value is null then 'removed' else 'changed' end as change,
            case
                when exists (
                    select 1
                    from corrected_figures as corrected
                    where corrected.report_id in (pairs.report_id, pairs.previous_report_id)
                        and corrected.indicator_code = differing.indicator_code
                        and corrected.applicant_type = differing.applicant_type
                        and corrected.category_label is not distinct from differing.category_label
                ) then 'correction'
                else pairs.reason
            end as reason,
            pairs.* exclude (is_same, reason, detail),
            differing.* exclude (report_id),
        from differing
        inner join report_pairs as pairs on differing.report_id = pairs.report_id
    """  # noqa: S608 - names of ours


def _all() -> str:
    """Reports and figures."""
    return """
        select
            'report' as subject,
            case
                when previous_report_id is null then 'added'
                when report_id is null then 'removed'
                when is_same then 'changed'
                else 'replaced'
            end as change,
            reason,
            coalesce(report_id, previous_report_id) as report_id,
            * exclude (is_same, reason, report_id),
        from report_pairs
        where not is_same or detail is not null
        union all by name
        select * from figure_changes
        order by subject desc, report_id, indicator_code, applicant_type, category_label
    """
