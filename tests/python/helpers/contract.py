"""Small warehouses with marts of the contract's shape, made by plain SQL: what exports must survive is put in here."""

from __future__ import annotations

from pathlib import Path

from gongkai.publishing import publish
from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import open_work
from helpers.command import ROOT

_MARTS = """
create schema marts;
create table marts.dim_region (
    region_code varchar, name varchar, level_code varchar, province_code varchar, province_name varchar,
    prefecture_code varchar, prefecture_name varchar, county_code varchar, county_name varchar
);
insert into marts.dim_region values
    ('330521', '德清县', 'county', '330000', '浙江省', '330500', '湖州市', '330521', '德清县'),
    ('010000', '零号省', 'province', '010000', '零号省', null, null, null, null);
create table marts.dim_level (level_code varchar, level_rank integer, name_zh varchar, name_en varchar);
insert into marts.dim_level values ('province', 2, '省级', 'province'), ('county', 4, '县级', 'county');
create table marts.dim_indicator (
    indicator_code varchar, fact_table varchar, name_zh varchar, name_en varchar, unit varchar, parent_code varchar
);
insert into marts.dim_indicator values
    ('application.received', 'fct_applications', '收到申请数', 'Applications received', 'case', null),
    ('application.received.mail', 'fct_applications', '信函申请数', 'By mail', 'case', 'application.received'),
    ('fee.collected', 'fct_fees', '收取的费用', 'Fees', 'yuan', null),
    ('disclosure.by_category', 'fct_disclosures_by_category', '分类', 'By category', 'item', null);
create table marts.dim_report (
    report_id varchar, document_id varchar, source_file varchar, agency_id varchar, agency_name varchar,
    agency_kind varchar, region_code varchar, level_code varchar, year integer, period_start date, period_end date,
    period_basis varchar, published_on date, form varchar, scope varchar, version_no integer, is_current boolean
);
insert into marts.dim_report values
    ('0000000000000001', 'd1', 'a/报告.txt', 'a1', '=HYPERLINK("http://x","德清县")', 'government', '330521', 'county',
     2020, '2020-01-01', '2020-12-31', 'stated', '2021-01-28', '2019', 'aggregate', 1, true),
    ('0000000000000002', 'd2', 'b.txt', 'a2', '@SUM(1)', 'department', '330521', 'county',
     2020, null, null, 'assumed', null, '2019', 'own', 1, true),
    ('0000000000000003', 'd3', 'c.txt', 'a2', '+1', 'department', '330521', 'county',
     2020, null, null, 'assumed', null, '2019', 'own', 1, false),
    ('0000000000000004', 'd4', 'd.txt', null, null, null, '010000', 'province',
     2021, null, null, 'assumed', null, '2021', null, 1, true);
create table marts.report_overlaps (report_id varchar, containment varchar, counts_in_level boolean);
insert into marts.report_overlaps values
    ('0000000000000001', 'assumed', true), ('0000000000000002', 'level', false), ('0000000000000004', null, true);
create table marts.additive_reports (report_id varchar, containment varchar);
insert into marts.additive_reports values ('0000000000000001', 'assumed'), ('0000000000000004', null);
create table marts.coverage (region_code varchar, level_code varchar, year integer, reports_present integer);
create table marts.dim_document (
    document_id varchar, source_file varchar, archive_member varchar, document_class varchar, class_reason varchar,
    title varchar, has_report_title boolean, media_type varchar, page_count integer, char_count bigint
);
create table marts.observations (
    observation_id varchar, report_id varchar, indicator_code varchar, applicant_type varchar, category_label varchar,
    value decimal(20, 4), unit varchar, qualifier varchar, confidence varchar, basis varchar, is_selected boolean,
    document_id varchar, block_no integer, table_no integer, row_no integer, col_no integer, page integer,
    evidence_text varchar, char_start integer, char_end integer
);
insert into marts.observations values
    ('o1', '0000000000000001', 'application.received', 'all', null, 12, 'case', 'at_least', 'doubtful', 'table',
     true, 'd1', null, 1, 2, 3, 4, '12', 0, 2),
    ('o2', '0000000000000002', 'application.received', 'all', null, 0, 'case', 'exact', 'certain', 'negation', true,
     'd2', 2, null, null, null, null, '没有收到申请', 3, 9),
    ('o6', '0000000000000001', 'fee.collected', 'all', null, 0, 'yuan', 'exact', 'certain', 'table',
     true, 'd1', null, 1, 3, 3, 4, '0', 0, 1),
    ('o7', '0000000000000004', 'fee.collected', 'all', null, 1234567890123456.7891, 'yuan', 'exact', 'certain', 'table',
     true, 'd4', null, 1, 3, 3, 4, '1234567890123456.7891', 0, 21),
    ('o3', '0000000000000002', 'fee.collected', 'all', null, 1234567890123456.7891, 'yuan', 'about', 'certain',
     'narrative', true, 'd2', 2, null, null, null, null, '约', 0, 1),
    ('o4', '0000000000000002', 'application.received', 'all', null, 999, 'case', 'exact', 'certain', 'narrative',
     false, 'd2', 2, null, null, null, null, '999', 0, 3),
    ('o5', '0000000000000003', 'application.received', 'all', null, 55, 'case', 'exact', 'certain', 'table',
     true, 'd3', null, 1, 1, 1, null, '55', 0, 2);
create table marts.fct_applications (
    report_id varchar, agency_id varchar, region_code varchar, level_code varchar, year integer,
    received decimal(20, 4), received_mail decimal(20, 4), mailed decimal(20, 4), inexact_indicators varchar[],
    doubtful_indicators varchar[]
);
comment on table marts.fct_applications is 'One row a report.';
comment on column marts.fct_applications.mailed is 'Former name of received_mail, kept for one version.';
comment on column marts.fct_applications.received is '收到申请数. Applications received; unit case.';
insert into marts.fct_applications values
    ('0000000000000001', 'a1', '330521', 'county', 2020, 12, null, null, ['received'], ['received']),
    ('0000000000000002', 'a2', '330521', 'county', 2020, 0, -3.5, -3.5, [], []);
create table marts.findings (
    finding_id varchar, report_id varchar, check_code varchar, severity varchar, expected decimal(20, 4),
    actual decimal(20, 4), difference decimal(20, 4), message_zh varchar, message_en varchar, observation_ids varchar[]
);
insert into marts.findings values
    ('f1', '0000000000000001', 'sum', 'hard', 13, 12, -1, '-1 相差', '=1+1', ['o1', 'o2']);
"""


_LABELS = """
create table marts.dim_sheet as
select * replace (sheet_no::integer as sheet_no) from read_csv('{seeds}/sheets.csv', all_varchar = true);
create table marts.dim_label as
select * replace (part_no::integer as part_no) from read_csv('{seeds}/column_labels.csv', all_varchar = true);
create table marts.dim_code as
select kind, coalesce(code, '') as code, zh as name_zh, en as name_en
from read_csv('{seeds}/code_words.csv', all_varchar = true);
"""
"""What the models of these names make of their seeds."""


def contract_warehouse(published: Path, more: str = "") -> Path:
    """A published warehouse with four reports; `more` is SQL that adds to it."""
    with open_work(Warehouse(published)) as connection:
        connection.execute(_MARTS)
        connection.execute(_LABELS.format(seeds=ROOT / "seeds" / "labels"))
        connection.execute(
            "insert into raw.blocks (document_id, block_no, kind, heading_level, page, text, confidence) values "
            "('d2', 1, 'paragraph', null, null, '一、依申请公开', null), "
            "('d2', 2, 'paragraph', null, null, '本机关没有收到申请，\x1b[31m收费约一千万亿元。', null)"
        )
        connection.execute(
            "insert into raw.table_cells (document_id, table_no, row_no, col_no, row_span, col_span, page, text, "
            "confidence, after_block_no, table_kind) values "
            "('d1', 1, 2, 1, 1, 2, 4, '收到\n申请数', null, 0, 'grid'), "
            "('d1', 1, 2, 3, 1, 1, 4, '12', null, 0, 'grid')"
        )
        connection.execute(more or "select 1")
    publish(Warehouse(published), "test")
    return published
