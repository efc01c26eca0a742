"""Checks that compare the entries of funnel.yml with each other.

Belongs here: the stage chain, references to stages, entries that stand twice. Does not: names of
sources (cross_checks) or the form of a single value (funnel).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable

from orchestration.company.funnel import FunnelFile, Stage
from orchestration.company.problems import Location, Problem
from orchestration.company.suggestions import did_you_mean, listed
from orchestration.company.yaml_file import YamlFile


def check_funnel(funnel: FunnelFile, file: YamlFile) -> list[Problem]:
    """Find all contradictions inside funnel.yml."""
    return [
        *_names_standing_twice(funnel, file),
        *_chain_problems(funnel.stages, file),
        *_stage_references(funnel, file),
        *_sales_stage_references(funnel, file),
        *_conversion_problems(funnel, file),
    ]


def stages_in_order(stages: Iterable[Stage]) -> list[Stage]:
    """Return the stages in the order of the chain, as far as it goes from its start."""
    by_previous: dict[str | None, Stage] = {}
    for stage in stages:
        by_previous.setdefault(stage.after, stage)
    ordered: list[Stage] = []
    current = by_previous.get(None)
    while current is not None and current not in ordered:
        ordered.append(current)
        current = by_previous.get(current.stage)
    return ordered


def unknown_name(
    file: YamlFile, location: Location, value: str, names: Collection[str], what: str
) -> list[Problem]:
    """Return a problem when `value` is not among the names, else nothing."""
    if value in names:
        return []
    fix = did_you_mean(value, names) or f"use one of them, or define the {what} first"
    return [file.problem(location, f"no such {what}", allowed=listed(names), fix=fix)]


def _twice(
    file: YamlFile,
    section: str,
    column: str,
    keys: Iterable[Hashable],
    message: Callable[[int], str],
    fix: str,
) -> list[Problem]:
    first: dict[Hashable, int] = {}
    problems = []
    for position, key in enumerate(keys):
        if key in first:
            line = file.line_of((section, first[key], column)) or 0
            location = (section, position, column)
            problems.append(file.problem(location, message(line), fix=fix))
        else:
            first[key] = position
    return problems


def _names_standing_twice(funnel: FunnelFile, file: YamlFile) -> list[Problem]:
    def standing(what: str) -> Callable[[int], str]:
        return lambda line: f"the {what} stands twice; first in line {line}"

    rename, keep_one = "rename or remove one of the two", "keep one of the two entries"
    stages = [stage.stage for stage in funnel.stages]
    problems = _twice(file, "stages", "stage", stages, standing("stage"), rename)
    sides = [side.stage for side in funnel.side_states]
    problems += _twice(file, "side_states", "stage", sides, standing("side state"), rename)
    for position, side in enumerate(sides):
        if side in stages:
            location = ("side_states", position, "stage")
            problems.append(file.problem(location, "is a stage of the chain already", fix=rename))
    sales = [stage.sales_stage for stage in funnel.sales_stages]
    problems += _twice(file, "sales_stages", "sales_stage", sales, standing("sales stage"), rename)
    statuses = [(status.source, status.status) for status in funnel.lead_statuses]
    problems += _twice(
        file, "lead_statuses", "status", statuses, standing("status of this source"), keep_one
    )
    values = [(value.source, value.value) for value in funnel.sales_stage_values]
    problems += _twice(
        file, "sales_stage_values", "value", values, standing("value of this source"), keep_one
    )
    types = [item.touch_type for item in funnel.touch_types]
    problems += _twice(file, "touch_types", "touch_type", types, standing("touch type"), keep_one)
    for position, pattern in enumerate(funnel.bot_user_agents):
        if pattern in funnel.bot_user_agents[:position]:
            found = file.problem(
                ("bot_user_agents", position), "the pattern stands twice", fix=keep_one
            )
            problems.append(found)
    for section in ("rejection_reasons", "loss_reasons"):
        reasons = [reason.reason for reason in getattr(funnel, section)]
        problems += _twice(file, section, "reason", reasons, standing("reason"), keep_one)
    return problems


def _chain_problems(stages: list[Stage], file: YamlFile) -> list[Problem]:
    names = [stage.stage for stage in stages]
    problems: list[Problem] = []
    for position, stage in enumerate(stages):
        if stage.after is not None:
            location = ("stages", position, "after")
            problems += unknown_name(file, location, stage.after, names, "stage")
    problems += _start_problems(stages, file)
    problems += _twice(
        file,
        "stages",
        "after",
        [stage.after if stage.after else ("start", stage.stage) for stage in stages],
        lambda line: f"two stages come after the same stage; the other is in line {line}",
        "let each stage come after another one, so that they make one chain",
    )
    if not problems and len(set(names)) == len(names):
        problems += _cycle_problems(stages, file)
    return problems


def _start_problems(stages: list[Stage], file: YamlFile) -> list[Problem]:
    starts = [position for position, stage in enumerate(stages) if stage.after is None]
    if not starts:
        return [
            file.problem(
                ("stages", 0, "after"),
                "no stage is the first one: the stages make a cycle",
                allowed="null for exactly one stage",
                fix="write `after: null` at the first stage",
            )
        ]
    return [
        file.problem(
            ("stages", position, "after"),
            f"a second stage without a stage before it; the first is {stages[starts[0]].stage!r}",
            allowed="null for exactly one stage",
            fix="name the stage that comes right before",
        )
        for position in starts[1:]
    ]


def _cycle_problems(stages: list[Stage], file: YamlFile) -> list[Problem]:
    reached = {stage.stage for stage in stages_in_order(stages)}
    cycle = [stage.stage for stage in stages if stage.stage not in reached]
    if not cycle:
        return []
    position = next(n for n, stage in enumerate(stages) if stage.stage == cycle[0])
    return [
        file.problem(
            ("stages", position, "after"),
            f"the stages make a cycle: {listed(cycle)}",
            allowed=f"a stage of the chain that starts with {listed(sorted(reached))}",
            fix="let one of them come after a stage outside the cycle",
        )
    ]


def _stage_references(funnel: FunnelFile, file: YamlFile) -> list[Problem]:
    chain = [stage.stage for stage in funnel.stages]
    all_names = chain + [side.stage for side in funnel.side_states]
    problems: list[Problem] = []
    for position, status in enumerate(funnel.lead_statuses):
        location: Location = ("lead_statuses", position, "stage")
        problems += unknown_name(file, location, status.stage, all_names, "stage")
    for position, conversion in enumerate(funnel.conversions):
        for column in ("from_stage", "to_stage"):
            location = ("conversions", position, column)
            value = getattr(conversion, column)
            problems += unknown_name(file, location, value, chain, "stage")
    for stage in funnel.qualification:
        location = ("qualification", stage)
        if stage not in chain:
            fix = did_you_mean(stage, chain) or "use the id of a stage"
            problems.append(file.problem(location, "no such stage", allowed=listed(chain), fix=fix))
    return problems


def _sales_stage_references(funnel: FunnelFile, file: YamlFile) -> list[Problem]:
    names = [stage.sales_stage for stage in funnel.sales_stages]
    open_names = [stage.sales_stage for stage in funnel.sales_stages if stage.kind == "open"]
    problems: list[Problem] = []
    for position, value in enumerate(funnel.sales_stage_values):
        location: Location = ("sales_stage_values", position, "sales_stage")
        problems += unknown_name(file, location, value.sales_stage, names, "sales stage")
    assumed = funnel.assumed_open_stage
    if assumed is None and open_names:
        problems.append(
            file.problem(
                ("assumed_open_stage",),
                "missing: it is needed as soon as there is an open sales stage",
                allowed=listed(open_names),
                fix="name the sales stage that an opportunity without history held while open",
            )
        )
    elif assumed is not None and assumed not in open_names:
        message = "is not an open sales stage" if assumed in names else "no such sales stage"
        fix = did_you_mean(assumed, open_names) or "name a sales stage of kind open"
        problems.append(
            file.problem(("assumed_open_stage",), message, allowed=listed(open_names), fix=fix)
        )
    return problems


def _conversion_problems(funnel: FunnelFile, file: YamlFile) -> list[Problem]:
    order = {stage.stage: n for n, stage in enumerate(stages_in_order(funnel.stages))}
    problems = _twice(
        file,
        "conversions",
        "to_stage",
        [(conversion.from_stage, conversion.to_stage) for conversion in funnel.conversions],
        lambda line: f"the conversion stands twice; first in line {line}",
        "keep one of the two entries",
    )
    for position, conversion in enumerate(funnel.conversions):
        start, end = order.get(conversion.from_stage), order.get(conversion.to_stage)
        if start is not None and end is not None and end <= start:
            later = [name for name, n in order.items() if n > start]
            problems.append(
                file.problem(
                    ("conversions", position, "to_stage"),
                    f"does not come after {conversion.from_stage!r} in the chain",
                    allowed=listed(later),
                    fix="swap the two stages or name a later one",
                )
            )
    return problems
