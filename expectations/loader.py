"""Reads suite files and lays a company's own thresholds over them.

Belongs here: finding, parsing and checking suites; overrides. Does not: the format itself (model),
where a company keeps its overrides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from expectations.model import Guard, Kind, Suite
from expectations.results import SEVERITIES

SUITES_DIR = Path(__file__).resolve().parent / "suites"
# The same safe loader, in C where it was built: an eighth of the time.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
KINDS: tuple[Kind, ...] = get_args(Kind)


class SuiteError(Exception):
    """Suites or overrides that cannot be used; `problems` names all of them."""

    def __init__(self, problems: Iterable[str]) -> None:
        """Keep every problem, one sentence each."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def load_suites(
    kind: Kind,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
    folder: Path = SUITES_DIR,
) -> list[Suite]:
    """Read the suites of one kind, ordered by name.

    Args:
        kind: ``raw`` (inbound contract) or ``marts`` (plausibility).
        overrides: Guard id -> new `severity`, new values of the guard's own kwargs, new numbers
            of its `at_least`. May name guards of both kinds.
        folder: Folder that holds one folder per kind.

    Raises:
        SuiteError: When a suite or an override cannot be used; names all problems.
    """
    every, found = _read_folder(folder)
    problems = list(found)
    guards = {guard.guard: guard for suites in every.values() for s in suites for guard in s.guards}
    changed = _overridden(guards, overrides or {}, problems)
    if problems:
        raise SuiteError(problems)
    return [
        suite.model_copy(update={"guards": [changed.get(g.guard, g) for g in suite.guards]})
        for suite in sorted(every[kind], key=lambda suite: suite.suite)
    ]


@cache
def _read_folder(folder: Path) -> tuple[Mapping[Kind, Sequence[Suite]], Sequence[str]]:
    """All suites and all problems; a process reads a folder once."""
    problems: list[str] = []
    every = {kind: _read_kind(folder / kind, problems) for kind in KINDS}
    suites = [suite for some in every.values() for suite in some]
    names = Counter(suite.suite for suite in suites)
    ids = Counter(guard.guard for suite in suites for guard in suite.guards)
    problems += [f"suite {name!r} stands in two files" for name, n in names.items() if n > 1]
    problems += [f"guard {name!r} stands in two suites" for name, n in ids.items() if n > 1]
    return every, problems


def _read_kind(folder: Path, problems: list[str]) -> list[Suite]:
    suites = []
    for path in sorted(folder.glob("*.yml")):
        where = f"{folder.name}/{path.name}"
        try:
            content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  safe
            suite = Suite.model_validate(content)
        except yaml.YAMLError as error:
            problems.append(f"{where}: this is no valid YAML: {error}")
        except ValidationError as error:
            problems += [_sentence(where, detail) for detail in error.errors()]
        else:
            if suite.suite != path.stem:
                problems.append(
                    f"{where}: the suite is called {suite.suite!r}; give both the same name"
                )
            suites.append(suite)
    return suites


def _sentence(where: str, detail: Any) -> str:
    key = ".".join(str(part) for part in detail["loc"]) or "the file"
    if detail["type"] in ("missing", "extra_forbidden"):
        return f"{where}: {key}: {detail['msg']}"
    return f"{where}: {key}: {detail['msg']} (it is {str(detail['input'])[:60]!r})"


def _overridden(
    guards: Mapping[str, Guard],
    overrides: Mapping[str, Mapping[str, Any]],
    problems: list[str],
) -> dict[str, Guard]:
    changed = {}
    for name, values in overrides.items():
        where = f"guard override {name!r}"
        if name not in guards:
            problems.append(f"{where}: there is no guard of this name; see the list of guards")
        elif not isinstance(values, Mapping):
            problems.append(f"{where}: is {values!r}; give names and values, as max_value: 0.2")
        elif found := list(_override_problems(where, guards[name], values)):
            problems += found
        else:
            changed[name] = _apply(guards[name], values)
    return changed


def _override_problems(where: str, guard: Guard, values: Mapping[str, Any]) -> Iterable[str]:
    fixed = ("column", "column_A", "column_B", "column_list")
    allowed = [key for key in guard.kwargs if key not in fixed]
    for key, value in values.items():
        if key == "severity":
            if value not in SEVERITIES:
                yield f"{where}: severity is {value!r}; allowed are {', '.join(SEVERITIES)}"
        elif key == "at_least":
            yield from _at_least_problems(where, guard, value)
        elif key not in allowed:
            listed = ", ".join([*allowed, "severity"])
            yield f"{where}: {key!r} is no value of it; allowed are {listed}"
        elif _family(value) != _family(guard.kwargs[key]):
            yield f"{where}: {key} is {value!r}; give a value such as {guard.kwargs[key]!r}"
    low, high = ({**guard.kwargs, **values}.get(key) for key in ("min_value", "max_value"))
    if _family(low) == _family(high) == "number" and low > high:  # type: ignore[operator]
        yield f"{where}: min_value {low} is larger than max_value {high}"


def _at_least_problems(where: str, guard: Guard, value: Any) -> Iterable[str]:
    if not isinstance(value, Mapping):
        yield f"{where}: at_least is {value!r}; give names and numbers"
        return
    for name, number in value.items():
        if name not in guard.at_least:
            allowed = ", ".join(guard.at_least) or "none"
            yield f"{where}: at_least.{name} is no condition of it; allowed are {allowed}"
        elif _family(number) != "number":
            yield f"{where}: at_least.{name} is {number!r}; give a number"


def _family(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__


def _apply(guard: Guard, values: Mapping[str, Any]) -> Guard:
    kwargs = {key: values.get(key, old) for key, old in guard.kwargs.items()}
    at_least = {**guard.at_least, **values.get("at_least", {})}
    # A threshold in words describes the shipped values; new values are described from themselves.
    is_as_shipped = kwargs == guard.kwargs and at_least == guard.at_least
    return guard.model_copy(
        update={
            "kwargs": kwargs,
            "at_least": at_least,
            "threshold": guard.threshold if is_as_shipped else None,
            "severity": values.get("severity", guard.severity),
        }
    )
