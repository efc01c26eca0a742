"""Pulls once, in a process of its own, so that a test can kill it: `pull_once.py URL HOME`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.connectors.conftest import Pulling  # noqa: E402


class _Address:
    """An org that runs in another process."""

    def __init__(self, url: str) -> None:
        self.url = url


def main(url: str, home: str) -> None:
    options = {"bulk_threshold": 60, "leave_out": ["Lead", "Contact", "Case", "Task", "Event"]}
    pulling = Pulling(_Address(url), Path(home), options)  # type: ignore[arg-type]
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    pulling.pull()


if __name__ == "__main__":
    main(*sys.argv[1:])
