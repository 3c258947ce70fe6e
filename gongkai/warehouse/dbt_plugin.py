"""A plugin of dbt-duckdb, named in profiles.yml: dbt alone opens no work file either that is not ours, and takes of the
machine what a build may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from gongkai.warehouse.ownership import look_for_work
from gongkai.warehouse.settings import allowance
from gongkai.warehouse.sql import literal


class Plugin(BasePlugin):
    """Looks at the work file before dbt attaches it, which would make a missing one."""

    def configure_connection(self, conn: Any) -> None:
        """DbtRuntimeError, which dbt tells without a traceback, where the file is missing, not ours or broken."""
        for attachment in (self.creds.attach if self.creds else None) or []:
            work = Path(attachment.path)
            found = look_for_work(work)
            if found.state == "missing":
                raise DbtRuntimeError(f"there is no work file {found.path}; make it with: gongkai ingest FOLDER")
            if found.state not in {"ours", "busy"}:
                raise DbtRuntimeError(str(found.error()))
            for name, value in allowance(work.with_suffix(".spill")).settings().items():
                conn.execute(f"set {name} = {literal(value)}")
