"""The explorer: a local web application over the published warehouse, where every number leads to its words.

Starlette, Jinja2 and uvicorn, as the notebook's marimo brings them already; htmx, shipped in `static/`, for search as
one types and the progress of a build; charts are SVG made here, which needs no script and prints well.
"""
