"""What goes wrong on purpose, and when: the n-th request of a path, or by seeded chance.

Belongs here: the plan, and the kinds of harm that any HTTP server can do. Does not: a vendor's own
words for an error (each simulator has its own) or the sockets (server).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from threading import Lock
from typing import Literal

from sample_company.simulators.messages import Response

Harm = Literal["answer", "cut", "truncate", "drip", "event"]


@dataclass(frozen=True)
class Fault:
    """One misbehaviour.

    `answer` sends `response` in place of the true answer; `cut` promises the whole body, sends half
    of it and resets the connection; `truncate` sends half of it and closes in order, so that only
    the content shows the loss; `drip` sends it in small pieces, `seconds` in all; `event` calls
    `happens` before the true answer is made (rows move, a commit is late, a token is revoked).
    """

    name: str
    harm: Harm
    response: Response | None = None
    seconds: float = 0.0
    happens: Callable[[], object] | None = None


CUT = Fault("cut", "cut")
TRUNCATED = Fault("truncated", "truncate")


def drip(seconds: float) -> Fault:
    """The true answer, slowly."""
    return Fault("drip", "drip", seconds=seconds)


def event(name: str, happens: Callable[[], object]) -> Fault:
    """Something that happens just before the true answer is made."""
    return Fault(name, "event", happens=happens)


@dataclass
class _Planned:
    fault: Fault
    path: re.Pattern[str]
    first: int
    last: int
    seen: int = 0


class Faults:
    """The plan of one simulator."""

    def __init__(self) -> None:
        """Begin without any."""
        self._planned: list[_Planned] = []
        self._chances: list[tuple[Sequence[Fault], re.Pattern[str], float, Random]] = []
        self._lock = Lock()

    def plan(self, fault: Fault, path: str = "", *, at: int = 1, times: int = 1) -> None:
        """Let `fault` happen on the `at`-th and following `times` requests from now on.

        `path` is a regular expression, searched in method, blank and target: `GET /services/data/
        v62.0/query?q=…`. Of two plans for one request the first made wins; both count it.
        """
        if at < 1 or times < 1:
            raise ValueError(f"a fault happens at the first request or later, not at {at} x{times}")
        self._planned.append(_Planned(fault, re.compile(path), at, at + times - 1))

    def by_chance(self, faults: Sequence[Fault], share: float, seed: int, path: str = "") -> None:
        """Let one of `faults` happen on that share of the requests, the same ones for a seed."""
        if not 0 <= share <= 1:
            raise ValueError(f"the share lies between 0 and 1, not {share}")
        random = Random(seed)  # noqa: S311 (a plan that can be repeated, not a secret)
        self._chances.append((faults, re.compile(path), share, random))

    def clear(self) -> None:
        """Behave from now on."""
        with self._lock:
            self._planned.clear()
            self._chances.clear()

    def next_for(self, method: str, target: str) -> Fault | None:
        """The fault of this request, which is counted."""
        line = f"{method} {target}"
        with self._lock:
            found = [fault for planned in self._planned if (fault := _due(planned, line))]
            for faults, path, share, random in self._chances:
                if path.search(line) and random.random() < share:
                    found.append(random.choice(faults))
        return found[0] if found else None


def _due(planned: _Planned, line: str) -> Fault | None:
    if not planned.path.search(line):
        return None
    planned.seen += 1
    return planned.fault if planned.first <= planned.seen <= planned.last else None
