"""Kills a reading process with -9 at random moments, again and again, and compares with the truth.

    python -m tests.connectors.simulated.soak --source meta_ads --kills 50

It dies while it pulls, while deliveries are typed and written as raw, or between that and the
transform.

Belongs here: the soak. Does not: the process that is killed (pulling_process), the worlds.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

import click

from tests.conftest import ROOT
from tests.connectors.simulated.worlds import SOURCES, World, world

ENDED = "ended before"
# While it pulls, while it loads, and after that; pulling is most of it.
PHASES = ("pull", "pull", "load", "loaded")


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


def finish(found: World, *arguments: str) -> tuple[int, float, float]:
    """Read to the end; returns rows that changed, and the seconds of the pull and the load."""
    process = start(found, *arguments)
    _wait_for_request(found, process)
    began = time.monotonic()
    assert process.stdout is not None
    said = process.stdout.readline()
    pulled = time.monotonic()
    _, error = process.communicate(timeout=300)
    assert process.returncode == 0, error
    return int(said.split()[1]), pulled - began, time.monotonic() - pulled


def kill_at_random(found: World, random: Random, longest: tuple[float, float]) -> str:
    """Start a process and kill it; returns what it was doing."""
    phase = random.choice(PHASES)
    process = start(found, "stay", *(["full"] if random.random() < 0.4 else []))
    # Not the seconds in which Python imports: the moment is drawn from the process's own.
    _wait_for_request(found, process)
    if phase == "pull":
        time.sleep(random.random() * longest[0])
    else:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("pulled"), process.communicate()
        if phase == "load":
            time.sleep(random.random() * longest[1])
        else:
            assert process.stdout.readline().startswith("loaded"), process.communicate()
    process.send_signal(signal.SIGKILL)
    out, error = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGKILL, error
    if phase == "pull" and "pulled" in out:
        phase = "load"
    if phase == "load" and "loaded" in out:
        phase = "loaded"
    left = [path for path in found.home.rglob(".*.tmp") if path.is_file()]
    return f"killed in {phase}" + (", while writing" if left else "")


def _wait_for_request(found: World, process: subprocess.Popen[str]) -> None:
    asked, end = len(found.simulator.log), time.monotonic() + 120
    while len(found.simulator.log) == asked and process.poll() is None:
        assert time.monotonic() < end, "the pull asks nothing"
        time.sleep(0.005)


def soak(loader: str, home: Path, kills: int, seed: int, say: bool = False) -> Counter[str]:
    """Kill that many processes; after every fifth, a clean one has to equal the truth."""
    random = Random(seed)
    seen: Counter[str] = Counter()
    with world(loader, home, seed) as found:
        longest = (3.0, 1.0)
        for number in range(1, kills + 1):
            found.live(random)
            seen[kill_at_random(found, random, longest)] += 1
            if number % 5 == 0 or number == kills:
                found.settle()
                _, pull, load = finish(found, "full")
                longest = (max(0.3, pull), max(0.1, load))
                rows = found.assert_equal()
                assert finish(found)[0] == 0
                assert found.assert_equal() == rows
                if say:
                    click.echo(f"{loader}: {number} kills: equal, {rows} rows; {dict(seen)}")
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
