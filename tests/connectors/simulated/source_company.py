"""A company that reads one simulated source by the real commands.

Belongs here: its folder, its home, commands. Does not: any source (ads_company, crm_company).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import yaml
from click.testing import CliRunner, Result

from orchestration.cli.main import main
from orchestration.company import Company, load_company
from orchestration.company.sources import Source
from orchestration.connectors import vendors
from orchestration.connectors.context import PullContext, PullResult
from orchestration.settings import Settings, load_settings
from orchestration.state import StateStore
from tests.conftest import ROOT


@dataclass
class SourceCompany:
    """The company and its home; `access` says how the source is reached."""

    simulator: Any
    folder: Path
    options: dict[str, Any] = field(default_factory=dict)
    more_sources: dict[str, Any] = field(default_factory=dict)
    system_of_record: dict[str, str] = field(default_factory=dict)
    name: ClassVar[str] = "source"

    def access(self) -> tuple[str, dict[str, Any], dict[str, str]]:
        """Loader, options, and variables with the credentials."""
        raise NotImplementedError

    def __post_init__(self) -> None:
        self.loader, options, self.variables = self.access()
        self.options = {**options, **self.options}
        shutil.copytree(ROOT / "examples" / "crm_export", self.folder / "company")
        funnel = self.folder / "company" / "funnel.yml"
        funnel.write_text(funnel.read_text().replace("crm_export", self.name))
        self.write()
        self.home = self.folder / "home"
        (self.folder / "user_home").mkdir()
        self.environment = {
            "CONCORD_COMPANY": str(self.folder / "company"),
            "CONCORD_HOME": str(self.home),
            "COLUMNS": "200",
            **self.variables,
        }

    def write(self) -> None:
        """Write sources.yml anew."""
        own = {"loader": self.loader, "options": self.options}
        sources = {"sources": {self.name: own, **self.more_sources}}
        text = yaml.safe_dump(sources | {"system_of_record": self.system_of_record})
        (self.folder / "company" / "sources.yml").write_text(text)
        self._loaded: Company | None = None

    @property
    def settings(self) -> Settings:
        return load_settings({**os.environ, **self.environment})

    @property
    def company(self) -> Company:
        if self._loaded is None:
            self._loaded = load_company(self.settings.company_dir, self.settings.variables)
        return self._loaded

    @property
    def source(self) -> Source:
        return self.company.sources.sources[self.name]

    @property
    def state(self) -> StateStore:
        return StateStore(self.settings.state_path)

    def command(self, *arguments: str) -> Result:
        return CliRunner(env=self.environment).invoke(main, list(arguments))

    def backfill(self, first: str, last: str, *more: str) -> Result:
        return self.command("backfill", self.name, "--from", first, "--to", last, *more)

    def process(self, *arguments: str) -> subprocess.Popen[str]:
        """The command in a process of its own, that can be killed."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return subprocess.Popen(
            [Path(sys.executable).with_name("concord"), *arguments],
            cwd=self.folder,
            env={**kept, "HOME": str(self.folder / "user_home"), **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def context(self, is_full: bool = False) -> PullContext:
        """What a pull of the source works with."""
        return PullContext(
            source=self.name,
            state=self.state,
            deliveries=self.settings.deliveries_dir / self.name,
            raw_pages=self.settings.raw_pages_dir / self.name,
            variables=self.settings.variables,
            deadline=time.monotonic() + 60,
            is_full=is_full,
        )

    def pull(self, is_full: bool = False) -> PullResult:
        """What the daily run does with the source."""
        connector = self.source.connector
        assert connector is not None
        result = vendors.pull(self.context(is_full), connector)
        assert result.problems == [], result.problems
        return result

    def files(self) -> dict[str, bytes]:
        folder = self.settings.deliveries_dir / self.name
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*.parquet"))
        }
