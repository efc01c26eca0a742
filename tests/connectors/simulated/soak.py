"""Kills a pulling process with -9 at random moments, again and again, and compares with the truth.

    python -m tests.connectors.simulated.soak --kills 50

Belongs here: the soak. Does not: the process that is killed (pulling_process).
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
from datetime import timedelta
from pathlib import Path
from random import Random

import click

from sample_company.simulators.salesforce.sample import sample_organisation
from tests.conftest import ROOT
from tests.connectors.simulated.conftest import Meeting, meet
from tests.connectors.simulated.delivered import assert_equal
from tests.connectors.simulated.life import OPTIONS, Life, add_own_fields

ENDED = "ended before"


def start(meeting: Meeting, *arguments: str) -> subprocess.Popen[str]:
    """Start a pull of the meeting's home."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.connectors.simulated.pulling_process",
         str(meeting.home), meeting.simulator.url, json.dumps(meeting.options), *arguments],
        cwd=ROOT,
        env={**os.environ, **meeting.pulling.variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def finish(meeting: Meeting, *arguments: str) -> int:
    """Pull to the end; returns how many rows changed."""
    process = start(meeting, *arguments)
    out, error = process.communicate(timeout=200)
    assert process.returncode == 0, error
    return int(out.split()[0])


def kill_at_random(meeting: Meeting, random: Random, longest: float) -> str:
    """Start a pull and kill it; returns what it was doing, in words of the state."""
    process = start(meeting, *(["full"] if random.random() < 0.4 else []))
    asked, end = len(meeting.simulator.log), time.monotonic() + 60
    # Not the seconds in which Python imports: the moment is drawn from the pull's own.
    while len(meeting.simulator.log) == asked and process.poll() is None:
        assert time.monotonic() < end, "the pull asks nothing"
        time.sleep(0.005)
    time.sleep(random.random() * longest)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    if process.returncode != -signal.SIGKILL:
        return ENDED
    left = [path for path in meeting.home.rglob(".*.tmp") if path.is_file()]
    return "killed while writing" if left else "killed"


def soak(home: Path, kills: int, seed: int, say: bool = False) -> Counter[str]:
    """Kill that many pulls; after every fifth, a clean one has to equal the truth."""
    organisation, random = sample_organisation(), Random(seed)
    add_own_fields(organisation)
    organisation.clock.advance(timedelta(hours=1))
    options = {**OPTIONS, "bulk_threshold": 1 if seed % 2 else 1_000_000}
    seen: Counter[str] = Counter()
    # Seeds take turns in how the objects of more than a page are read.
    for meeting in meet(organisation, home, **options):
        life = Life(organisation, seed)
        longest = 3.0
        number = 0
        while number < kills:
            for _ in range(random.randrange(12)):
                life.live()
            organisation.clock.advance(timedelta(minutes=10))
            seen[how := kill_at_random(meeting, random, longest)] += 1
            if how == ENDED:
                continue  # too late: it counts as no kill
            number += 1
            if number % 5 == 0 or number == kills:
                organisation.clock.advance(timedelta(days=8))
                began = time.monotonic()
                finish(meeting)
                longest = max(1.0, time.monotonic() - began - 1.0)
                rows = assert_equal(meeting)
                organisation.clock.advance(timedelta(minutes=1))
                assert finish(meeting) == 0
                if say:
                    click.echo(f"{number} kills: equal, {sum(rows.values())} rows; {dict(seen)}")
    return seen


@click.command()
@click.option("--kills", default=50, show_default=True)
@click.option("--seed", default=0, show_default=True)
def main(kills: int, seed: int) -> None:
    """Soak, and say what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        soak(Path(folder), kills, seed, say=True)


if __name__ == "__main__":
    main()
