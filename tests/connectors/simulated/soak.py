"""Kills a reading process with -9 at random moments, again and again, and compares with the truth.

    python -m tests.connectors.simulated.soak --source meta_ads --kills 50

Three of ten kills each fall into extract, normalise and load, one between load and transform
(`SHARES`): what is furthest behind its share is next. A process that is through before its moment
comes dies at the end; what counts is the phase in which it did die.

Belongs here: the soak. Does not: the process that is killed (pulling_process), the worlds.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import click

from tests.conftest import ROOT
from tests.connectors.simulated.phases import EXTRACT, LOAD, LOADED, NORMALISE, phase_of_death
from tests.connectors.simulated.pulling_process import SHOWN
from tests.connectors.simulated.worlds import SOURCES, World, world

SHARES = {EXTRACT: 0.3, NORMALISE: 0.3, LOAD: 0.3, LOADED: 0.1}
# Of the time that a phase takes when all is read; an increment is through sooner.
_INCREMENT = 0.2


@dataclass
class Seen:
    """What a soak saw.

    Attributes:
        died: Phase to kills.
        writing: Kills that left a file half written.
        rows: Rows that were equal to the truth in the end.
        comparisons: How often they were compared.
    """

    died: Counter[str] = field(default_factory=Counter)
    writing: int = 0
    rows: int = 0
    comparisons: int = 0

    def next_phase(self) -> str:
        """The phase that is furthest behind its share."""
        number = self.died.total() + 1
        return max(SHARES, key=lambda phase: SHARES[phase] * number - self.died[phase])

    def summary(self) -> str:
        """In one line."""
        counts = ", ".join(f"{phase} {self.died[phase]}" for phase in SHARES)
        return (
            f"{self.died.total()} kills ({counts}; {self.writing} left a half-written file), "
            f"{self.comparisons} comparisons: equal, {self.rows:,} rows"
        )


def start(found: World, *arguments: str) -> subprocess.Popen[str]:
    """Start to read the world into its home."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.connectors.simulated.pulling_process",
         str(found.home), found.loader, json.dumps(found.options), *arguments],
        cwd=ROOT,
        env={**os.environ, **found.variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def finish(found: World, *arguments: str) -> tuple[int, dict[str, float]]:
    """Read to the end; returns rows that changed, and the seconds of each phase."""
    process = start(found, *arguments)
    out, error = process.communicate(timeout=600)
    assert process.returncode == 0, error
    pulled, loaded = out.splitlines()
    return int(pulled.split()[1]), json.loads(loaded.removeprefix("loaded "))


def kill_at_random(found: World, random: Random, phase: str, longest: dict[str, float]) -> str:
    """Start a process that dies within a phase; returns the one in which it died."""
    is_full = random.random() < 0.4
    share = 1.0 if is_full else _INCREMENT
    seconds = str(random.random() * longest[phase] * share)
    process = start(found, phase, seconds, *(["full"] if is_full else []))
    _, error = process.communicate(timeout=600)
    assert process.returncode == -signal.SIGKILL, error
    return phase_of_death(found.home / SHOWN)


def soak(loader: str, home: Path, kills: int, seed: int, say: bool = False) -> Seen:
    """Kill that many processes; after every fifth, a clean one has to equal the truth."""
    random = Random(seed)
    seen = Seen()
    with world(loader, home, seed) as found:
        longest = {EXTRACT: 3.0, NORMALISE: 1.0, LOAD: 1.0, LOADED: 0.0}
        for number in range(1, kills + 1):
            found.live(random)
            seen.died[kill_at_random(found, random, seen.next_phase(), longest)] += 1
            seen.writing += any(path.is_file() for path in found.home.rglob(".*.tmp"))
            if number % 5 == 0 or number == kills:
                found.settle()
                _, spent = finish(found, "full")
                longest = {phase: spent[phase] for phase in SHARES}
                seen.rows = found.assert_equal()
                assert finish(found)[0] == 0
                assert found.assert_equal() == seen.rows
                seen.comparisons += 2
                if say:
                    click.echo(f"{loader}: {seen.summary()}")
    return seen


@click.command()
@click.option("--source", type=click.Choice(SOURCES), default="salesforce", show_default=True)
@click.option("--kills", default=50, show_default=True)
@click.option("--seed", default=0, show_default=True)
def main(source: str, kills: int, seed: int) -> None:
    """Soak, and say what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        soak(source, Path(folder), kills, seed, say=True)


if __name__ == "__main__":
    main()
