"""Hand-outs made from the published marts: a workbook, csv files and parquet files."""
