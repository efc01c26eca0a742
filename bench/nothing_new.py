"""Measures a run in which no source has anything new: `python -m bench.nothing_new`.

The sample company's five simulated systems run in processes of their own, their clocks run, and
their CPU time is shown apart. Each is read once, then once more; the second time counts. Never
part of the tests.

Belongs here: simulators, two pulls of each source, figures. Does not: many rows (connectors), the
day's job (measure), docs (report).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.connectors import ROOT, cpu_seconds
from bench.report import add_to_history, quiet_table

if TYPE_CHECKING:
    from orchestration.company.sources import ConnectorSource

SECRET = "bench"  # noqa: S105  of our own simulators


@dataclass(frozen=True)
class _Source:
    name: str
    connector: ConnectorSource
    variables: Mapping[str, str]
    deliveries: Path
    simulator: int


def measure(home: Path) -> list[dict[str, object]]:
    """Read all sources twice; return what the second time took, by source and together."""
    with ExitStack() as stack:
        sources = [
            stack.enter_context(_simulated(name, connector, home))
            for name, connector in _connectors(home).items()
        ]
        for source in sources:
            _pull(home, source)
        # Windows end at a second: the clocks have to be past the first pulls'.
        time.sleep(1.1)
        found = [_pull(home, source) for source in sources]
    together: dict[str, object] = {"source": "all"}
    for key in ("changed", "requests", "wall_seconds", "cpu_seconds", "simulator_cpu_seconds"):
        together[key] = round(sum(float(str(row[key])) for row in found), 2)
    return [*found, together]


def _connectors(home: Path) -> dict[str, ConnectorSource]:
    from orchestration.company import load_company

    # What the other systems drop has a folder only after a run; nothing of it is read here.
    (home / "sample_company" / "delivered").mkdir(parents=True)
    company = load_company(ROOT / "company", {**os.environ, "CONCORD_HOME": str(home)})
    found = {name: company.sources.sources[name].connector for name in company.sources.simulated}
    return {name: connector for name, connector in found.items() if connector is not None}


@contextmanager
def _simulated(name: str, connector: ConnectorSource, home: Path) -> Iterator[_Source]:
    from orchestration.company.simulated import SIMULATED

    simulated = SIMULATED[connector.loader]
    command = [sys.executable, "-m", f"sample_company.simulators.{connector.loader}"]
    with subprocess.Popen(  # noqa: S603  our own command
        command,
        cwd=ROOT,
        env={**os.environ, "SIMULATOR_SECRET": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            url = next(iter(process.stdout or ())).split()[1]
            options = connector.options.model_copy(update=simulated.addresses(url))
            variables = {
                getattr(options, option): SECRET if value is None else value
                for option, value in simulated.credentials.items()
            }
            source = connector.model_copy(update={"options": options})
            yield _Source(name, source, variables, home / "deliveries" / name, process.pid)
        finally:
            process.terminate()


def _pull(home: Path, source: _Source) -> dict[str, object]:
    from orchestration.connectors import vendors
    from orchestration.connectors.context import PullContext
    from orchestration.state import StateStore

    context = PullContext(
        source=source.name,
        state=StateStore(home / "state.sqlite"),
        deliveries=source.deliveries,
        raw_pages=home / "raw_pages" / source.name,
        variables=source.variables,
        deadline=time.monotonic() + 3600,
    )
    before, began, cpu = cpu_seconds(source.simulator), time.perf_counter(), time.process_time()
    result = vendors.pull(context, source.connector)
    if result.problems:
        raise RuntimeError("; ".join(result.problems))
    return {
        "source": source.name,
        "changed": sum(result.changed.values()),
        "requests": result.request_count,
        "wall_seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "simulator_cpu_seconds": round(cpu_seconds(source.simulator) - before, 2),
    }


@click.command()
@click.option("--keep/--no-keep", default=True, help="Whether to add it to docs/benchmarks.md.")
def main(keep: bool) -> None:
    """Measure reading five systems that have nothing new."""
    home = Path(tempfile.mkdtemp(prefix="bench_nothing_new_"))
    try:
        rows = measure(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    click.echo(add_to_history({"nothing_new": rows}) if keep else quiet_table(rows))


if __name__ == "__main__":
    main()
