"""A module a page: each asks the publication in SQL and gives a `Page`."""
