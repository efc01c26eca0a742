"""Evaluates suites with Great Expectations and says what each guard found.

Belongs here: the gate's semantics: a failing critical guard failed, any other failing guard warned;
an expectation that raises errored and a guard without a frame did not run, and both count as
critical whatever was declared. Does not: words (describe), the library's interface (engine),
reading suites (loader), deciding what is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from expectations import describe, engine
from expectations.frames import FrameSource, read_frames
from expectations.loader import SuiteError, load_suites
from expectations.model import Guard, Suite
from expectations.results import GuardResult, Status
from expectations.verdicts import Verdict, verdict

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GuardResult", "Suite", "SuiteError", "evaluate", "load_suites"]

# Expectations that look at rows one by one: nothing can offend where there are no rows.
_ROW_WISE = ("expect_column_values_", "expect_column_pair_values_")


def evaluate(
    suites: Sequence[Suite],
    frames: Mapping[str, pd.DataFrame],
    frame_errors: Mapping[str, str] | None = None,
) -> list[GuardResult]:
    """Evaluate every guard of the suites: exactly one result each, in the order of the suites.

    Args:
        suites: What `load_suites` returned.
        frames: Suite name -> the rows that the suite's SELECT gave.
        frame_errors: Suite name -> why its frame is missing, where that is known.
    """
    results = []
    for suite in suites:
        frame = frames.get(suite.suite)
        if frame is None:
            reason = (frame_errors or {}).get(suite.suite, "no frame was handed in for its suite")
            results += [_not_judged(suite, guard, "not_run", reason) for guard in suite.guards]
        else:
            results += _evaluate_suite(suite, frame.reset_index(drop=True))
    return results


@dataclass(frozen=True)
class Judged:
    """What a job gave.

    Attributes:
        results: As of `evaluate`.
        verdicts: Suite name -> what can be kept of it for the next job.
    """

    results: list[GuardResult]
    verdicts: dict[str, Verdict] = field(default_factory=dict)


def evaluate_job(
    suites: Sequence[Suite],
    frames: Mapping[str, pd.DataFrame] | FrameSource,
    frame_errors: Mapping[str, str] | None = None,
) -> Judged:
    """Evaluate as `evaluate` does, with frames, or with the place to read them from."""
    if not isinstance(frames, FrameSource):
        return Judged(evaluate(suites, frames, frame_errors))
    read = read_frames(frames, suites)
    results: list[GuardResult] = []
    verdicts: dict[str, Verdict] = {}
    for suite in suites:
        name = suite.suite
        kept = read.verdicts.get(name)
        own = kept.results if kept else tuple(evaluate([suite], read.frames, read.errors))
        results += own
        if name in read.keys and (found := verdict(read.keys[name], own)):
            verdicts[name] = found
    return Judged(results, verdicts)


def _evaluate_suite(suite: Suite, frame: pd.DataFrame) -> list[GuardResult]:
    judged: dict[str, GuardResult] = {}
    open_guards = []
    for guard in suite.guards:
        if missing := [name for name in guard.columns if name not in frame.columns]:
            problem = f"its frame has no column {', '.join(missing)}"
            judged[guard.guard] = _not_judged(suite, guard, "errored", problem)
        elif frame.empty and guard.expectation.startswith(_ROW_WISE):
            judged[guard.guard] = _result(suite, guard, frame, True, [])
        else:
            open_guards.append(guard)
    if open_guards:
        judged |= _ask_great_expectations(suite, open_guards, frame)
    return [judged[guard.guard] for guard in suite.guards]


def _ask_great_expectations(
    suite: Suite, guards: Sequence[Guard], frame: pd.DataFrame
) -> dict[str, GuardResult]:
    judged: dict[str, GuardResult] = {}
    built: dict[str, Any] = {}
    for guard in guards:
        try:
            built[guard.guard] = engine.build_expectation(guard)
        except Exception as error:  # whatever the library raises, the guard errored
            judged[guard.guard] = _not_judged(suite, guard, "errored", _first_line(error))
    outcomes = _outcomes(suite.suite, built, frame)
    for guard in guards:
        if guard.guard not in judged:
            judged[guard.guard] = _judge(suite, guard, frame, outcomes.get(guard.guard))
    return judged


def _outcomes(name: str, built: Mapping[str, Any], frame: pd.DataFrame) -> dict[str, Any]:
    """Guard -> what the library found, or the error that it raised.

    Yes or no costs half of the full answer, so only guards that need rows or a number get the
    latter: those that did not hold, and those that look at whole columns.
    """
    outcomes = _validate_apart(name, built, frame, "BOOLEAN_ONLY")
    again = {
        guard: made
        for guard, made in built.items()
        if (outcome := outcomes.get(guard)) is not None
        and not isinstance(outcome, Exception)
        and not (outcome.success and made.expectation_type.startswith(_ROW_WISE))
    }
    return outcomes | _validate_apart(name, again, frame, "COMPLETE")


def _validate_apart(
    name: str, built: Mapping[str, Any], frame: pd.DataFrame, detail: str
) -> dict[str, Any]:
    """Validate together, and one by one when one expectation breaks the whole batch."""
    try:
        return engine.validate(name, list(built.values()), frame, detail)
    except Exception:
        outcomes: dict[str, Any] = {}
        for guard, made in built.items():
            try:
                outcomes |= engine.validate(name, [made], frame, detail)
            except Exception as error:
                outcomes[guard] = error
        return outcomes


def _judge(suite: Suite, guard: Guard, frame: pd.DataFrame, outcome: Any) -> GuardResult:
    if outcome is None:
        return _not_judged(suite, guard, "not_run", "Great Expectations gave no result for it")
    if isinstance(outcome, Exception):
        return _not_judged(suite, guard, "errored", _first_line(outcome))
    if problem := _raised(outcome.exception_info):
        return _not_judged(suite, guard, "errored", problem)
    failing = [] if outcome.success else list(outcome.result.get("unexpected_index_list") or [])
    result = _result(suite, guard, frame, bool(outcome.success), failing)
    if "observed_value" not in outcome.result:
        return result
    observed = describe.format_value(
        guard.judged_columns[0] if guard.judged_columns else "", outcome.result["observed_value"]
    )
    return _result(suite, guard, frame, bool(outcome.success), failing, observed)


def _result(
    suite: Suite,
    guard: Guard,
    frame: pd.DataFrame,
    success: bool,
    failing: Sequence[int],
    observed: str | None = None,
) -> GuardResult:
    bad: Status = "failed" if guard.severity == "critical" else "warned"
    status: Status = "passed" if success else bad
    seen = observed or describe.observed_text(guard, frame, failing)
    sample = describe.sample_text(guard, frame, failing)
    return GuardResult(
        guard=guard.guard,
        kpi_group=suite.kpi_group,
        severity=guard.severity,
        status=status,
        observed=seen,
        threshold=describe.threshold_text(guard),
        sample=sample,
        table=suite.table,
        message=describe.message_text(suite, guard, status, seen, sample),
    )


def _not_judged(suite: Suite, guard: Guard, status: Status, problem: str) -> GuardResult:
    return GuardResult(
        guard=guard.guard,
        kpi_group=suite.kpi_group,
        severity="critical",
        status=status,
        observed="unknown",
        threshold=describe.threshold_text(guard),
        sample="",
        table=suite.table,
        message=describe.message_text(suite, guard, status, "unknown", "", problem),
    )


def _raised(exception_info: Mapping[str, Any]) -> str:
    """The message of an expectation that raised, or nothing; the library has two shapes for it."""
    infos = [exception_info] if "raised_exception" in exception_info else exception_info.values()
    for info in infos:
        if isinstance(info, Mapping) and info.get("raised_exception"):
            return str(info.get("exception_message") or "the expectation raised an error")
    return ""


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return " ".join(text.split())[:300]
