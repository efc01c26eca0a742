"""The quick way out keeps exit codes, output and what libraries registered for the end."""

from __future__ import annotations

import subprocess
import sys

import pytest

START = """
import atexit, sys
from orchestration.cli import entry
atexit.register(print, "put away")
sys.argv = ["concord", *sys.argv[1:]]
if sys.argv[1:] == ["text"]:
    entry.main = lambda: sys.exit("in words")
entry.start()
print("never")
"""


@pytest.mark.parametrize(
    ("argument", "code", "said"),
    [
        ("--version", 0, "concord, version"),
        ("nonsense", 2, "No such command"),
        ("text", 1, "words"),
    ],
)
def test_leaving(argument: str, code: int, said: str) -> None:
    found = subprocess.run(
        [sys.executable, "-c", START, argument],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == code
    assert said in found.stdout + found.stderr
    assert found.stdout.endswith("put away\n")
