"""Measures how fast a connector reads, for docs/benchmarks.md: `make bench ROWS=1000000`.

The Salesforce simulator runs in a process of its own and its CPU time is shown apart; the pull is
another process, from nothing to typed deliveries, over REST, over Bulk 2.0, and once more with
nothing new. Never part of the tests.

Belongs here: simulator, pulls, figures. Does not: the day's job (measure), docs (report).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from bench.phases import run_phase
from bench.report import add_to_history

ROOT = Path(__file__).resolve().parent.parent
SIMULATOR = [sys.executable, "-m", "sample_company.simulators.salesforce"]
BUDGET = 1_000_000
# What a kind of pull is, and above how many records it makes a job.
KINDS = {"REST": 10**9, "Bulk": 10_000}


def measure(rows: int, folder: Path) -> list[dict[str, object]]:
    """Read that many opportunities by every kind, then whatever is new; return the figures."""
    command = [*SIMULATOR, "--client-secret", "bench", "--opportunities", str(rows)]
    found = []
    with subprocess.Popen(  # noqa: S603  our own command
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as simulator:
        try:
            lines = iter(simulator.stdout or ())
            url = next(lines).split()[1]
            for kind, threshold in KINDS.items():
                for name in (kind, f"{kind}, nothing new"):
                    found.append(_pull(name, url, threshold, folder / kind, simulator.pid))
        finally:
            simulator.terminate()
    return found


def _pull(name: str, url: str, threshold: int, home: Path, simulator: int) -> dict[str, object]:
    home.mkdir(parents=True, exist_ok=True)
    environment = {
        "SALESFORCE_CLIENT_ID": "concord",
        "SALESFORCE_CLIENT_SECRET": "bench",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "bench.connectors", "--pull", str(home)]
    command += ["--url", url, "--threshold", str(threshold)]
    before = cpu_seconds(simulator)
    phase = run_phase(name, command, 0, home / "bench.log", environment)
    told = json.loads((home / "told.json").read_text())
    return {
        "phase": name,
        "rows": told["rows"],
        "requests": told["requests"],
        "pull_seconds": told["seconds"],
        "rows_per_second": int(told["rows"] / told["seconds"]),
        "wall_seconds": phase.wall_seconds,
        "cpu_seconds": phase.cpu_seconds,
        "peak_megabytes": phase.peak_megabytes,
        "simulator_cpu_seconds": round(cpu_seconds(simulator) - before, 2),
    }


def cpu_seconds(process_id: int) -> float:
    """CPU time of a process so far; 0 where the system has no /proc."""
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _pull_once(home: Path, url: str, threshold: int) -> None:
    from orchestration.company.sources import source_from_mapping
    from orchestration.connectors.context import PullContext
    from orchestration.connectors.vendors import pull
    from orchestration.state import StateStore

    options = {"instance_url": url, "bulk_threshold": threshold, "request_budget": BUDGET}
    source = source_from_mapping(
        "crm",
        {"loader": "salesforce", "options": options},
        company_folder=home,
        deliveries_folder=home / "deliveries",
    )
    if source.connector is None:
        raise RuntimeError("the source has no connector")
    context = PullContext(
        source="crm",
        state=StateStore(home / "state.sqlite"),
        deliveries=source.options.folder,
        raw_pages=home / "raw_pages" / "crm",
        variables=os.environ,
        deadline=time.monotonic() + 3600,
    )
    began = time.perf_counter()
    result = pull(context, source.connector)
    if result.problems:
        raise RuntimeError("; ".join(result.problems))
    told = {
        "seconds": round(time.perf_counter() - began, 2),
        "rows": sum(result.changed.values()),
        "requests": result.request_count,
    }
    (home / "told.json").write_text(json.dumps(told))


@click.command()
@click.option("--rows", default=200_000, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Default: a temporary one.")
@click.option("--pull", "home", type=click.Path(path_type=Path), hidden=True)
@click.option("--url", default="", hidden=True)
@click.option("--threshold", default=0, hidden=True)
def main(rows: int, folder: Path | None, home: Path | None, url: str, threshold: int) -> None:
    """Measure reading from the simulated Salesforce and add it to docs/benchmarks.md."""
    if home:
        _pull_once(home, url, threshold)
        return
    place = folder or Path(tempfile.mkdtemp(prefix="bench_connectors_"))
    try:
        pulls = measure(rows, place)
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)
    click.echo(add_to_history({"connector_rows": rows, "pulls": pulls}))


if __name__ == "__main__":
    main()
