"""Writes the page that shows every guard: what it looks at, what it saw, what it allows.

Belongs here: turning results into one static page. Does not: evaluating guards or deciding what is
published.

Why not Great Expectations' own Data Docs: tried with 45 suites, `build_data_docs` took 1.9 s once
at the end, wrote 111 files of 6 MB, needs results of direct validations to be stored by hand first,
and each page loads nine scripts and style sheets from other hosts, so that it does not open
offline. It also knows no status beside success, while readers need held groups, warnings and rules
that did not run. This page is one file, made in milliseconds, and opens from a disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from expectations.model import Suite
from expectations.results import STATUSES, GuardResult

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_GROUPS = ("core", "demand", "pipeline", "attribution", "unit_economics", "compensation", "ops")
_NEVER_HELD = "ops"


def build_data_docs(
    suites: Sequence[Suite],
    results: Sequence[GuardResult],
    folder: Path,
    title: str = "Guards",
    subtitle: str = "",
) -> Path:
    """Write ``index.html`` into the folder.

    Args:
        suites: The suites that were evaluated; they hold the descriptions.
        results: What `evaluate` returned for them.
        folder: Where to write; made when it is missing.
        title: Heading of the page.
        subtitle: One line below it, for example company, run and as-of date.

    Returns:
        The path of the page.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    guards = {guard.guard: guard for suite in suites for guard in suite.guards}
    stopped = {one.kpi_group for one in results if one.is_blocking} - {_NEVER_HELD}
    groups = [
        {
            "name": group.replace("_", " "),
            "is_stopped": group in stopped,
            "is_stopped_with_core": "core" in stopped and group != _NEVER_HELD,
            "counts": _counts([one for one in results if one.kpi_group == group]),
            "rows": [
                {"result": one, "guard": guards.get(one.guard)}
                for one in sorted(results, key=_worst_first)
                if one.kpi_group == group
            ],
        }
        for group in _GROUPS
        if any(one.kpi_group == group for one in results)
    ]
    page = environment.get_template("data_docs.html.j2").render(
        title=title,
        subtitle=subtitle,
        groups=groups,
        counts=_counts(results),
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "index.html"
    path.write_text(page, encoding="utf-8")
    return path


def _worst_first(result: GuardResult) -> tuple[int, str]:
    return STATUSES.index(result.status), result.guard


def _counts(results: Sequence[GuardResult]) -> dict[str, int]:
    counted = Counter(result.status for result in results)
    return {status.replace("_", " "): counted[status] for status in STATUSES if counted[status]}
