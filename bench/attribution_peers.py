"""Compares removal effects with a public package: `python -m bench.attribution_peers`.

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

from bench.peer_paths import CHANNELS, peer_paths, transitions
from orchestration.algorithms.absorbing_chain import removal_effects

HERE = Path(__file__).resolve().parent
KEPT = HERE.parent / "tests" / "attribution" / "peer_figures.json"
DIGITS = 6


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
def main(folder: Path | None, keep: bool) -> None:
    """Compare, say each figure, and leave with 1 where one differs."""
    with tempfile.TemporaryDirectory() as temporary:
        said = figures(environment(folder or Path(temporary) / "peers"))
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
