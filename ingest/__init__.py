"""Gongkai ingest: reads report files into one document model and lands them in DuckDB."""
