"""The tables and columns of the published file that the pages read, so that one of another version is told at once."""

from __future__ import annotations

import duckdb

NEEDS = {
    "raw.blocks": "document_id block_no kind page text box_left box_top box_right box_bottom",
    "raw.documents": "document_id media_type page_count ocr_used manifest_url",
    "raw.publication": "fingerprint published_at",
    "raw.rejects": "source_file archive_member reason_code detail seen_at",
    "raw.table_cells": (
        "document_id table_no row_no col_no row_span col_span page text after_block_no box_left box_top box_right "
        "box_bottom"
    ),
    "marts.additive_reports": "report_id region_code year",
    "marts.coverage": "region_code level_code year bodies_expected reports_present reports_missing reports_late",
    "marts.dim_agency": (
        "agency_id entity_id agency_name agency_kind region_code level_code first_year last_year report_count"
    ),
    "marts.dim_check": "check_code name_zh name_en",
    "marts.dim_document": "document_id source_file archive_member document_class class_reason title",
    "marts.dim_indicator": (
        "indicator_code fact_table name_zh name_en unit parent_code forms is_signed note comparability series_code"
    ),
    "marts.dim_level": "level_code level_rank name_zh name_en",
    "marts.dim_metric": "metric_code metric_group name_zh name_en unit numerator denominator note",
    "marts.dim_region": (
        "region_code name short_name level_code parent_code province_code province_name prefecture_code "
        "prefecture_name county_code county_name valid_to_year"
    ),
    "marts.dim_report": (
        "report_id document_id source_file archive_member agency_id agency_name agency_kind region_code level_code "
        "year period_start period_end period_basis published_on form scope version_no is_current"
    ),
    "marts.dim_year": "year government_deadline_on department_deadline_on",
    "marts.findings": (
        "finding_id report_id check_code severity message_zh message_en observation_ids verdict verdict_note"
    ),
    "marts.metrics": "grain metric_code report_id region_code level_code year numerator denominator",
    "marts.missing_reports": (
        "agency_name agency_id region_code level_code year expected_by missing_since_year last_report_year"
    ),
    "marts.observations": (
        "observation_id report_id indicator_code applicant_type category_label value unit qualifier basis confidence "
        "is_selected original_value correction_reason rule_id document_id block_no table_no row_no col_no page "
        "evidence_text char_start char_end"
    ),
    "marts.quantities": (
        "report_id document_id block_no table_no row_no col_no char_start char_end clause noun measure outcome reason "
        "observation_ids"
    ),
    "marts.report_consistency": "report_id punctuality days_after_deadline",
    "marts.series": (
        "entity_id series_code scope name_zh name_en year report_id form value unit is_exact grade is_break break_note "
        "change_percent"
    ),
}


def lacking(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """What a database lacks of all that: columns as schema.table.column, or the whole table where there is none."""
    there: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() where database_name = $database",
        {"database": database},
    ).fetchall():
        there.setdefault(table, set()).add(column)
    return [
        missing
        for table, columns in NEEDS.items()
        for missing in (
            [f"{table}.{column}" for column in columns.split() if column not in there[table]]
            if table in there
            else [table]
        )
    ]
