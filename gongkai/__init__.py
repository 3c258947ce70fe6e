"""Gongkai: the command, and what it does with a warehouse: building, publishing, reporting, exporting."""
