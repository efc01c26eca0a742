"""Compares removal effects with a public package: `python -m bench.attribution_peers`.

With `--touches 1000000` it also lets the peers and Concord credit one touch table, each in a
process of its own, and adds wall time and memory to docs/benchmarks.md.

The packages stand in bench/peers.txt and get an environment of their own, in a folder that is gone
afterwards; `--environment` keeps one. What they say is kept for the tests, which compare with it
without the packages: `--keep` writes it anew.

Belongs here: the environment, asking, comparing removal effects. Does not: what the peers are asked
(peer_figures.py), first, last and linear touch, which take dbt (tests/attribution/test_peers.py).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
import duckdb

from bench.attribution import EXPORT, WAREHOUSE, compiled, run_named
from bench.peer_paths import CHANNELS, peer_paths, transitions
from bench.phases import Phase, run_phase
from bench.report import add_to_history
from orchestration.algorithms.absorbing_chain import removal_effects

HERE = Path(__file__).resolve().parent
KEPT = HERE.parent / "tests" / "attribution" / "peer_figures.json"
DIGITS = 6
PEERS = ("marketing-attribution-models", "channelattribution")


def environment(folder: Path) -> Path:
    """The interpreter of the peers' environment; makes it when it is missing."""
    python = folder / "bin" / "python"
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(folder)])
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "-r", str(HERE / "peers.txt")])
    return python


def figures(python: Path) -> dict[str, Any]:
    """What the peers say of the paths."""
    paths = [[path.channels, path.is_converted] for path in peer_paths()]
    said = _run([str(python), str(HERE / "peer_figures.py")], json.dumps(paths))
    found: dict[str, Any] = json.loads(said)
    return found


def speed(python: Path, touches: int, folder: Path) -> dict[str, Any]:
    """Let the peers and Concord credit one touch table, one after the other."""
    log, table = folder / "peers.log", folder / "touches.parquet"
    compiled(folder)
    for name in ("generate", "floor"):
        run_named(name, touches, folder, log)
    with duckdb.connect(str(folder / WAREHOUSE), read_only=True) as connection:
        connection.execute(EXPORT.format(path=table))
    own = [run_named(name, touches, folder, log) for name in ("attribute", "learn")]
    script = str(HERE / "peer_speed.py")
    theirs = [
        run_phase(peer, [str(python), script, peer, str(table)], touches, log, {}) for peer in PEERS
    ]
    phases = [_together("Concord", own), *theirs]
    for phase in phases:
        click.echo(f"{phase.name:30} {phase.wall_seconds:7.1f} s {phase.peak_megabytes:7,.0f} MB")
    return {"peer_touches": touches, "peers": [phase.as_record() for phase in phases]}


def _together(name: str, phases: list[Phase]) -> Phase:
    return Phase(
        name,
        sum(phase.wall_seconds for phase in phases),
        sum(phase.cpu_seconds for phase in phases),
        max(phase.peak_megabytes for phase in phases),
        phases[0].rows,
    )


def _run(command: list[str], given: str | None = None) -> str:
    done = subprocess.run(  # noqa: S603  our own commands
        command, input=given, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise click.ClickException(f"{' '.join(command)} ended with exit code {done.returncode}")
    return done.stdout


@click.command()
@click.option("--environment", "folder", type=click.Path(path_type=Path), help="Keep it here.")
@click.option("--keep", is_flag=True, help="Keep what the peers say for the tests.")
@click.option("--touches", type=int, help="Measure how fast each credits so many touches.")
def main(folder: Path | None, keep: bool, touches: int | None) -> None:
    """Compare, say each figure, and leave with 1 where one differs."""
    with tempfile.TemporaryDirectory() as temporary:
        python = environment(folder or Path(temporary) / "peers")
        said = figures(python)
        if touches:
            add_to_history(speed(python, touches, Path(temporary)))
    if keep:
        KEPT.write_text(json.dumps(said, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    ours = removal_effects(transitions(peer_paths()), 1).conversions
    differing = 0
    for number, channel in enumerate(CHANNELS, start=1):
        theirs = said["removal_effect"][channel]
        is_same = round(ours[number], DIGITS) == round(theirs, DIGITS)
        differing += not is_same
        click.echo(f"{channel:10} {ours[number]:.12f} {theirs:.12f} {'' if is_same else 'differs'}")
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    if kept != said:
        click.echo(f"{KEPT.name} has other figures: look at the versions, then --keep")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
