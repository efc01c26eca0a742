"""Checks that need two files of the company folder; each is skipped when one of them is broken.

Belongs here: which files are compared with each other. Does not: checks inside one file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from orchestration.company.attribution import AttributionFile
from orchestration.company.channels import ChannelRule
from orchestration.company.company_file import CompanyFile
from orchestration.company.costs import Cost, check_cost_channels
from orchestration.company.experiments import Experiment, check_experiment_channels
from orchestration.company.funnel import ALL_SOURCES, FunnelFile
from orchestration.company.funnel_checks import unknown_name
from orchestration.company.fx_rates import (
    FxRate,
    check_costs_have_rates,
    check_reporting_currency,
)
from orchestration.company.kpis import KpiDefinition
from orchestration.company.pay_rows import (
    PlanAssignment,
    Quota,
    check_assigned_plans,
    check_pay_currencies,
    check_pay_has_rates,
    check_quota_gaps,
)
from orchestration.company.payroll import PayrollFile
from orchestration.company.plan_checks import ReadPlan, check_plan_kpis, check_plan_people
from orchestration.company.problems import Problem
from orchestration.company.scoring import ScoringFile
from orchestration.company.source_checks import deliveries
from orchestration.company.sources import SourcesFile
from orchestration.company.targets import Target, check_target_kpis
from orchestration.company.yaml_file import YamlFile


@dataclass
class Parts:
    """What could be read of a company folder; None stands for a broken file."""

    company: CompanyFile | None
    funnel: FunnelFile | None
    funnel_file: YamlFile | None
    scoring: ScoringFile | None
    scoring_file: YamlFile | None
    attribution: AttributionFile | None
    attribution_file: YamlFile | None
    sources: SourcesFile | None
    channels: list[ChannelRule] | None
    fx_rates: list[FxRate] | None
    targets: list[Target] | None
    costs: list[Cost] | None
    experiments: list[Experiment] | None
    plans: list[ReadPlan]
    plans_are_read: bool
    assignments: list[PlanAssignment] | None
    quotas: list[Quota] | None
    payroll: PayrollFile | None
    kpi_names: Collection[str]
    kpis: Mapping[str, KpiDefinition]


def cross_problems(parts: Parts) -> list[Problem]:
    """Find all contradictions between files."""
    return [
        *_funnel_and_sources(parts),
        *_rates_and_costs(parts),
        *_costs_and_channels(parts),
        *_experiments_and_channels(parts),
        *_scoring_and_channels(parts),
        *_attribution_and_channels(parts),
        *_attribution_and_sources(parts),
        *_targets_and_kpis(parts),
        *_plans_and_kpis(parts),
        *_assignments(parts),
    ]


def _funnel_and_sources(parts: Parts) -> list[Problem]:
    if parts.funnel is None or parts.funnel_file is None or parts.sources is None:
        return []
    names = [ALL_SOURCES, *parts.sources.sources]
    problems: list[Problem] = []
    for section in ("lead_statuses", "sales_stage_values"):
        for position, entry in enumerate(getattr(parts.funnel, section)):
            location = (section, position, "source")
            problems += unknown_name(parts.funnel_file, location, entry.source, names, "source")
    return problems


def _rates_and_costs(parts: Parts) -> list[Problem]:
    if parts.fx_rates is None or parts.company is None:
        return []
    currency = parts.company.reporting_currency
    problems = check_reporting_currency(parts.fx_rates, currency)
    if parts.costs is not None:
        problems += check_costs_have_rates(parts.fx_rates, parts.costs, currency)
    return problems


def _costs_and_channels(parts: Parts) -> list[Problem]:
    if parts.costs is None or parts.channels is None:
        return []
    return check_cost_channels(parts.costs, {rule.channel_name for rule in parts.channels})


def _experiments_and_channels(parts: Parts) -> list[Problem]:
    if parts.experiments is None or parts.channels is None:
        return []
    names = {rule.channel_name for rule in parts.channels}
    return check_experiment_channels(parts.experiments, names)


def _scoring_and_channels(parts: Parts) -> list[Problem]:
    if parts.scoring is None or parts.scoring_file is None or parts.channels is None:
        return []
    names = sorted({rule.channel_name for rule in parts.channels})
    problems: list[Problem] = []
    for position, rule in enumerate(parts.scoring.engagement.rules):
        if rule.channel is not None:
            location = ("engagement", "rules", position, "channel")
            problems += unknown_name(parts.scoring_file, location, rule.channel, names, "channel")
    return problems


def _attribution_and_channels(parts: Parts) -> list[Problem]:
    attribution, file = parts.attribution, parts.attribution_file
    if attribution is None or file is None or parts.channels is None:
        return []
    names = sorted({rule.channel_name for rule in parts.channels})
    problems: list[Problem] = []
    for key in ("direct_channels", "excluded_channels"):
        for position, name in enumerate(getattr(attribution, key)):
            problems += unknown_name(file, (key, position), name, names, "channel")
    return problems


def _attribution_and_sources(parts: Parts) -> list[Problem]:
    if parts.attribution is None or parts.attribution_file is None or parts.sources is None:
        return []
    file, names = parts.attribution_file, list(parts.sources.sources)
    problems: list[Problem] = []
    for position, name in enumerate(parts.attribution.source_priority):
        problems += unknown_name(file, ("source_priority", position), name, names, "source")
    return problems


def _targets_and_kpis(parts: Parts) -> list[Problem]:
    if parts.targets is None or not parts.kpi_names:
        return []
    return check_target_kpis(parts.targets, parts.kpi_names)


def _plans_and_kpis(parts: Parts) -> list[Problem]:
    if not parts.kpi_names:
        return []
    return [
        *check_plan_kpis(parts.plans, parts.kpi_names),
        *check_plan_people(parts.plans, parts.kpis),
    ]


def _assignments(parts: Parts) -> list[Problem]:
    """Quotas may come from a source, too; then a day without one is no slip of the folder."""
    if parts.assignments is None or not parts.plans_are_read:
        return []
    plans = [one.plan for one in parts.plans]
    problems = check_assigned_plans(parts.assignments, {plan.plan for plan in plans})
    if parts.fx_rates is not None and parts.company is not None:
        currency = parts.company.reporting_currency
        problems += check_pay_has_rates(parts.assignments, parts.fx_rates, currency)
    if parts.payroll is not None:
        currencies = {one.currency_code for one in parts.payroll.legal_entities}
        problems += check_pay_currencies(parts.assignments, currencies)
    is_delivered = parts.sources is None or "quotas" in deliveries(parts.sources)
    if parts.quotas is not None and not is_delivered:
        problems += check_quota_gaps(parts.assignments, parts.quotas, plans)
    return problems
