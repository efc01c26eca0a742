"""Kills a run with -9 while it builds the warehouse, and compares with one built from scratch.

    python -m tests.connectors.simulated.transform_soak --kills 20

The company's CRM is a simulated Salesforce that lives on between kills. After every fifth kill a
clean run has to make of the home what plain SQL makes of its raw rows in a new file, and the deals
that are in the organisation.

Belongs here: the soak. Does not: the process that is killed (building_process); kills before the
transform (soak).
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import click
import duckdb
import yaml

from orchestration.settings import Settings
from orchestration.transform.nodes import Project
from orchestration.transform.project import manifest_json
from sample_company.simulators.salesforce.sample import sample_organisation
from tests.conftest import ROOT
from tests.connectors.simulated.conftest import Meeting, meet
from tests.connectors.simulated.life import Life, add_own_fields
from tests.connectors.simulated.phases import TRANSFORM, TRANSFORMED, phase_of_death
from tests.connectors.simulated.pulling_process import SHOWN
from tests.laws.building import HASH_KEY, ingest, own_environment
from tests.laws.comparing import differences
from tests.laws.from_scratch import Queries, compiled_queries, make_from_scratch

SOURCE = "crm_export"
AS_OF = "2026-12-31"
# Of the time that all models take; what a few changes reach is through sooner.
_INCREMENT = 0.6


@dataclass
class Built:
    """A home whose CRM is an organisation that lives."""

    meeting: Meeting
    life: Life
    settings: Settings
    project: Project | None = None
    queries: Queries = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What `concord run` would find in the environment."""
        return {
            **os.environ,
            **self.meeting.pulling.variables,
            "CONCORD_HOME": str(self.settings.home),
            "CONCORD_COMPANY": str(self.settings.company_dir),
            "CONCORD_HASH_KEY": HASH_KEY,
        }

    def start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a process to its end, whatever that is."""
        command = [sys.executable, "-m", "tests.connectors.simulated.building_process", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=550,
            check=False,
        )  # fmt: skip

    def finish(self) -> tuple[int, float]:
        """Build to the end; returns how many models were built, and the seconds that took."""
        done = self.start()
        assert done.returncode == 0, done.stderr
        count, seconds = done.stdout.splitlines()[-1].split()
        return int(count), float(seconds)

    def kill(self, seconds: float) -> str:
        """Let a build die when it is so old; returns the phase in which it died."""
        done = self.start(str(seconds))
        assert done.returncode == -signal.SIGKILL, done.stderr
        return phase_of_death(self.settings.home / SHOWN)

    def assert_equal(self) -> int:
        """The marts are plain SQL's, and deals the organisation's; returns how many there are."""
        if self.project is None:
            # Of the first build, which has nothing to add to.
            self.project = Project(manifest_json(self.settings))
            self.queries = compiled_queries(self.project)
        fresh = replace(self.settings, home=self.settings.home.parent / "fresh", threads=1)
        shutil.rmtree(fresh.home, ignore_errors=True)
        # What was delivered, without what was built of it.
        shutil.copytree(self.settings.home, fresh.home)
        for path in fresh.home.glob(f"{self.settings.warehouse_path.name}*"):
            path.unlink()
        with own_environment(fresh):
            ingest(fresh)
            make_from_scratch(fresh, self.project, self.queries)
        keys = {self.project.models[item].name: key for item, key in self.project.keys.items()}
        apart = differences(self.settings.warehouse_path, fresh.warehouse_path, keys)
        assert apart == [], "\n".join(apart)
        return self._assert_deals()

    def _assert_deals(self) -> int:
        told = {
            row["Id"]: row["Amount"]
            for row in self.meeting.organisation.truth_of("Opportunity")
            if not row["IsDeleted"]
        }
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as marts:
            rows = marts.execute(
                "select source_id, amount_local from core.fct_opportunity "
                "where exclusion_reason is distinct from 'deleted'"
            ).fetchall()
        found = dict(rows)
        assert len(found) == len(rows)
        assert {key: _cents(value) for key, value in found.items()} == {
            key: _cents(value) for key, value in told.items()
        }
        return len(rows)


def _cents(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))


@contextmanager
def built(place: Path, seed: int) -> Iterator[Built]:
    """Begin with the sample company's organisation."""
    organisation = sample_organisation()
    add_own_fields(organisation)
    organisation.clock.advance(timedelta(hours=1))
    for meeting in meet(organisation, place / "unused"):
        company = _company(place / "company", meeting.simulator.url)
        settings = Settings(
            company_dir=company,
            home=place / "home",
            threads=2,
            hash_key=HASH_KEY,
            variables=meeting.pulling.variables,
        )
        settings.home.mkdir()
        yield Built(meeting, Life(organisation, seed), settings)


def _company(folder: Path, url: str) -> Path:
    """The example of the CRM export, with an organisation in place of its files."""
    shutil.copytree(ROOT / "examples" / "crm_export", folder)
    shutil.copy(ROOT / "company" / "fx_rates.csv", folder)
    options = {"instance_url": url, "request_budget": 1_000_000}
    sources = {"sources": {SOURCE: {"loader": "salesforce", "options": options}}}
    (folder / "sources.yml").write_text(yaml.safe_dump(sources))
    text = (folder / "company.yml").read_text().replace("currency: USD", "currency: EUR")
    (folder / "company.yml").write_text(re.sub("as_of_date: .*", f"as_of_date: {AS_OF}", text))
    return folder


def soak(place: Path, kills: int, seed: int, say: bool = False) -> Counter[str]:
    """Kill that many builds, beside those that were done before; returns phase to deaths."""
    random = Random(seed)
    died: Counter[str] = Counter()
    with built(place, seed) as found:
        models, longest = found.finish()
        found.assert_equal()
        comparisons = 1
        while died[TRANSFORM] < kills:
            for _ in range(random.randrange(1, 12)):
                found.life.live()
            found.meeting.organisation.clock.advance(timedelta(minutes=10))
            phase = found.kill(random.random() * longest * _INCREMENT)
            died[phase] += 1
            if phase == TRANSFORM and died[phase] % 5 and died[phase] != kills:
                continue
            found.meeting.organisation.clock.advance(timedelta(days=8))
            found.finish()
            deals = found.assert_equal()
            comparisons += 1
            if say:
                click.echo(
                    f"{died[TRANSFORM]} kills in the transform, {died[TRANSFORMED]} after it "
                    f"({models} models in {longest:.1f} s), "
                    f"{comparisons} comparisons: equal, {deals:,} deals"
                )
    return died


@click.command()
@click.option("--kills", default=20, show_default=True)
@click.option("--seed", default=0, show_default=True)
def main(kills: int, seed: int) -> None:
    """Soak, and say what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        soak(Path(folder), kills, seed, say=True)


if __name__ == "__main__":
    main()
