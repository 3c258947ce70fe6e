"""Gongkai ingest: reads report files into one document model and lands them in DuckDB."""

__version__ = "0.1.0"
