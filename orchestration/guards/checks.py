"""The guards as blocking asset checks: the inbound contract on raw, plausibility on the marts.

Belongs here: one check step for raw and one for the marts of each group, so that a mart that could
not be built keeps nobody from judging the others. A failing guard on raw stops the job. Which
groups of marts readers get is decided by the publish gate, which reads every result
(docs/adr/0003-guards-and-publish.md).
"""

from collections.abc import Iterator, Sequence

import dagster as dg
import duckdb

from expectations.frames import FrameSource
from expectations.inputs import InputRow
from expectations.loader import load_suites
from expectations.model import Suite
from expectations.results import GuardResult as Finding
from orchestration.guards.inputs import entity_load, table_count
from orchestration.guards.memory import read_verdicts, write_verdicts
from orchestration.guards.workers import worker_of_run
from orchestration.ingest.warehouse import warehouse
from orchestration.progress import reporter
from orchestration.settings import Settings
from orchestration.state import GuardResult
from orchestration.steps import Step, step
from orchestration.transform.assets import FULL_REFRESH_TAG
from orchestration.transform.nodes import Project

RAW_STAGE = "raw guards"
MARTS_STAGE = "mart guards"


def build_guard_checks(settings: Settings, project: Project) -> list[dg.AssetChecksDefinition]:
    """The guard steps: of raw, and of each group of marts."""
    by_group: dict[str, list[Suite]] = {}
    for suite in load_suites("marts"):
        by_group.setdefault(suite.kpi_group, []).append(suite)
    return [
        _check_step(settings, project, "guards_raw", RAW_STAGE, load_suites("raw")),
        *(
            _check_step(settings, project, f"guards_{group}", f"{MARTS_STAGE}: {group}", suites)
            for group, suites in sorted(by_group.items())
        ),
    ]


def _check_step(
    settings: Settings, project: Project, name: str, stage: str, suites: Sequence[Suite]
) -> dg.AssetChecksDefinition:
    specs = [
        dg.AssetCheckSpec(
            name=suite.suite,
            asset=dg.AssetKey(suite.table.split(".")),
            description=" ".join(guard.description.strip() for guard in suite.guards),
            blocking=any(guard.severity == "critical" for guard in suite.guards),
        )
        for suite in suites
    ]

    @dg.multi_asset_check(name=name, specs=specs, can_subset=True)
    def guards(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with step(settings, context.run.run_id, stage) as work:
            names = {key.name for key in context.selected_asset_check_keys}
            chosen = [suite for suite in suites if suite.suite in names]
            is_full = context.run.tags.get(FULL_REFRESH_TAG) == "true"
            findings = evaluate_suites(work, project, chosen, is_full)
            work.add_guards([_as_state(finding) for finding in findings])
            _report_line(stage.replace("_", " "), findings)
            for suite in chosen:
                own = {guard.guard for guard in suite.guards}
                yield _as_check(suite, [item for item in findings if item.guard in own])

    return guards


def _report_line(stage: str, findings: Sequence[Finding]) -> None:
    bad = [finding for finding in findings if finding.status != "passed"]
    outcome = f"{len(findings) - len(bad)} of {len(findings)} passed"
    if bad:
        outcome += ": " + "; ".join(finding.guard for finding in bad[:3])
    reporter().stage_finished(stage, outcome, not any(finding.is_blocking for finding in bad))


def evaluate_suites(
    work: Step, project: Project, suites: Sequence[Suite], is_full: bool = False
) -> list[Finding]:
    """Evaluate suites on the working file.

    Args:
        work: The step.
        project: The models.
        suites: What to evaluate.
        is_full: Whether to judge also what was judged before on the same rows.
    """
    with warehouse(work.settings, read_only=True) as connection:
        inputs = _inputs(connection, work, project, suites)
    settings = work.settings
    config = {"memory_limit": settings.memory, "threads": str(settings.threads)}
    verdicts = read_verdicts(settings.guard_verdicts_path)
    known = {} if is_full else verdicts
    worker = worker_of_run(work.run.run_id)
    worker.submit_source(suites, FrameSource(str(settings.warehouse_path), config, inputs, known))
    findings = worker.result()
    write_verdicts(settings.guard_verdicts_path, verdicts | worker.verdicts)
    return findings


def _inputs(
    connection: duckdb.DuckDBPyConnection, work: Step, project: Project, suites: Sequence[Suite]
) -> dict[str, list[InputRow]]:
    wanted = {name for suite in suites for name in suite.inputs}
    inputs: dict[str, list[InputRow]] = {}
    if "guard_input_entity_load" in wanted:
        inputs["guard_input_entity_load"] = entity_load(work.state)
    if "guard_input_table_count" in wanted:
        inputs["guard_input_table_count"] = table_count(
            connection, project.marts, work.state, work.settings.published_dir
        )
    return inputs


def _as_state(finding: Finding) -> GuardResult:
    return GuardResult(
        guard=finding.guard,
        kpi_group=finding.kpi_group,
        severity=finding.severity,
        status=finding.status,
        observed=finding.observed,
        threshold=finding.threshold,
        sample=finding.sample,
        table_name=finding.table,
        message=finding.message,
    )


def _as_check(suite: Suite, findings: Sequence[Finding]) -> dg.AssetCheckResult:
    bad = [finding for finding in findings if finding.status != "passed"]
    is_blocking = any(finding.is_blocking for finding in bad)
    return dg.AssetCheckResult(
        asset_key=dg.AssetKey(suite.table.split(".")),
        check_name=suite.suite,
        passed=not bad,
        severity=dg.AssetCheckSeverity.ERROR if is_blocking else dg.AssetCheckSeverity.WARN,
        description="\n".join(finding.message for finding in bad) or None,
        metadata={
            finding.guard: f"{finding.status}: {finding.observed} (allowed {finding.threshold})"
            for finding in findings
        },
    )
