"""How the files of the warehouse are opened, whoever opens them."""

from __future__ import annotations

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    # A name that is no table must be an error, not whatever Python calls so.
    "python_enable_replacements": False,
}
