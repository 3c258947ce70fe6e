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

_MACRO = re.compile(r"{%-?\s*macro\s+(?P<name>\w+).*?{%-?\s*endmacro\s*-?%}", re.DOTALL)
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
    """The macros of the project, as models and other macros call them. One is compiled when it is first called."""

    def __init__(self, project: Path) -> None:
        self.environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701 - SQL
        self.give(**{"return": _give_back, "exceptions": _Exceptions, "execute": True})
        for path in sorted((project / "macros").rglob("*.sql")):
            for found in _MACRO.finditer(path.read_text("utf-8")):
                self.give(**{found["name"]: self._macro(found["name"], found.group(0))})

    def give(self, **given: Any) -> None:
        """What templates may call besides; a macro that needs dbt is replaced by what is given under its name."""
        self.environment.globals.update(given)

    def call(self, macro: str, *arguments: str) -> str:
        """What a macro gives."""
        called: Any = self.environment.globals[macro]
        return str(called(*arguments)).strip()

    def render(self, text: str) -> str:
        """A template as SQL."""
        return self.environment.from_string(text).render()

    def _macro(self, name: str, text: str) -> Callable[..., Any]:
        """A macro on its own, so that the others are looked up where they may have been replaced."""
        compiled: list[Any] = []

        def call(*arguments: Any, **named: Any) -> Any:
            if not compiled:
                compiled.append(getattr(self.environment.from_string(text).module, name))
            try:
                return compiled[0](*arguments, **named)
            except _GivenBackError as given:
                return given.value

        return call


class _GivenBackError(Exception):
    """What dbt's `return` does: it ends a macro with a value that is no text."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


def _give_back(value: Any) -> None:
    raise _GivenBackError(value)


class _Exceptions:
    @staticmethod
    def raise_compiler_error(message: str) -> None:
        raise jinja2.TemplateError(message)
