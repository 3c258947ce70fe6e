"""How the files of the warehouse are opened, whoever opens them."""

from __future__ import annotations

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
