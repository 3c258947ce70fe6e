"""SQL templates of the project rendered without dbt: macros, and models that stand on seeds and raw tables alone.

dbt takes seconds to start. A model's template needs few of the things that dbt gives: `ref`, `source`, `config` and
the macros; they are given here for tables in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2

_REF = re.compile(r"""\bref\(\s*['"](\w+)['"]\s*\)""")


def stands_on(project: Path, model: str) -> set[str]:
    """The models and seeds that a model names, and those that they name, and itself."""
    found: set[str] = set()
    waiting = [model]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            if path := model_file(project, name):
                waiting += _REF.findall(path.read_text("utf-8"))
    return found


def model_file(project: Path, name: str) -> Path | None:
    """The file of a model; None where there is none of the name."""
    return next((project / "models").rglob(f"{name}.sql"), None)


class Templates:
    """The macros of the project, as far as they stand on nothing that only dbt gives."""

    def __init__(self, project: Path) -> None:
        self.environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701 - SQL
        texts = [path.read_text("utf-8") for path in sorted((project / "macros").glob("*.sql"))]
        macros = self.environment.from_string("\n".join(texts)).module
        self.environment.globals.update({name: it for name, it in vars(macros).items() if not name.startswith("_")})

    def give(self, **given: Callable[..., Any]) -> None:
        """What models may call besides; a macro that needs dbt is replaced by what is given."""
        self.environment.globals.update(given)

    def macro(self, name: str) -> str:
        """What a macro without arguments gives."""
        macro: Any = self.environment.globals[name]
        return str(macro()).strip()

    def render(self, text: str) -> str:
        """A template as SQL."""
        return self.environment.from_string(text).render()
