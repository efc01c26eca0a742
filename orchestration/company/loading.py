"""Loads a company folder: reads all files, checks all of them, and says everything at once.

Belongs here: the order of reading and checking, and what a loaded company is. Does not: any
single rule (they stand in the module of their file).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from orchestration.canonical import load_entities
from orchestration.company.attribution import (
    ATTRIBUTION_FILE,
    AttributionFile,
    check_attribution,
)
from orchestration.company.channels import CHANNELS_FILE, ChannelRule, check_channels
from orchestration.company.company_file import CompanyFile, check_company
from orchestration.company.costs import COSTS_FILE, Cost, check_costs
from orchestration.company.cross_checks import Parts, cross_problems
from orchestration.company.csv_file import read_csv
from orchestration.company.experiments import (
    EXPERIMENTS_FILE,
    Experiment,
    check_experiments,
)
from orchestration.company.extensions import Extensions, read_extensions
from orchestration.company.funnel import FunnelFile
from orchestration.company.funnel_checks import check_funnel
from orchestration.company.fx_rates import FX_RATES_FILE, FxRate, check_fx_rates
from orchestration.company.kpi_products import product_problems
from orchestration.company.kpis import KpiDefinition, read_kpis
from orchestration.company.machine_addresses import (
    MACHINE_ADDRESSES_FILE,
    MachineAddress,
    check_machine_addresses,
)
from orchestration.company.model_problems import validate_yaml
from orchestration.company.pay_rows import (
    ASSIGNMENTS_FILE,
    QUOTAS_FILE,
    PlanAssignment,
    Quota,
    check_assignments,
    check_quotas,
)
from orchestration.company.payroll import PAYROLL_FILE, PayrollFile, check_payroll
from orchestration.company.people import PEOPLE_FILE, Person, check_people
from orchestration.company.plan_approvals import Approval, check_approvals
from orchestration.company.plan_checks import read_plans
from orchestration.company.plans import PlanFile
from orchestration.company.problems import CompanyInvalid, Problem
from orchestration.company.scoring import SCORING_FILE, ScoringFile, check_scoring
from orchestration.company.source_checks import check_sources
from orchestration.company.sources import Sources, SourcesFile, with_defaults
from orchestration.company.targets import TARGETS_FILE, Target, check_targets
from orchestration.company.value_types import CsvRow, Decision
from orchestration.company.variables import replace_variables
from orchestration.company.yaml_file import YamlFile, read_yaml
from orchestration.settings import DELIVERIES, PROJECT_ROOT

COMPANY_FILE = "company.yml"
FUNNEL_FILE = "funnel.yml"
SOURCES_FILE = "sources.yml"
ALL_FILES = (
    COMPANY_FILE,
    FUNNEL_FILE,
    CHANNELS_FILE,
    PEOPLE_FILE,
    FX_RATES_FILE,
    TARGETS_FILE,
    COSTS_FILE,
    SOURCES_FILE,
)
KPI_FOLDER = PROJECT_ROOT / "dbt_project" / "kpis"

Model = TypeVar("Model", bound=Decision)
Row = TypeVar("Row", bound=CsvRow)


@dataclass(frozen=True)
class Company:
    """Everything a company decided, valid and consistent.

    Attributes:
        folder: The company folder.
        as_of_date: Last day that counts.
        company: company.yml.
        funnel: funnel.yml.
        scoring: scoring.yml; None when the company has none.
        attribution: attribution.yml; None when the company has none.
        sources: sources.yml; folders are absolute, zone and currency of the options are set.
        channels: Rules of channels.csv, by rule_order.
        people: Rows of people.csv.
        fx_rates: Rows of fx_rates.csv.
        targets: Rows of targets.csv.
        costs: Rows of costs.csv.
        experiments: Rows of experiments.csv; none when the company has no such file.
        machine_addresses: Rows of machine_addresses.csv; none when the company has no such file.
        plans: Every version of every pay plan, by plan and version.
        approvals: By plan and version, what the folder's history shows of author and approver.
        assignments: Rows of assignments.csv; none when the company has no such file.
        quotas: Rows of quotas.csv; none when the company has no such file.
        payroll: payroll.yml; None when the company has none.
        kpis: KPI definitions by id, Concord's and the company's own.
        extensions: The company's own models and KPIs.
    """

    folder: Path
    as_of_date: date
    company: CompanyFile
    funnel: FunnelFile
    scoring: ScoringFile | None
    attribution: AttributionFile | None
    sources: Sources
    channels: tuple[ChannelRule, ...]
    people: tuple[Person, ...]
    fx_rates: tuple[FxRate, ...]
    targets: tuple[Target, ...]
    costs: tuple[Cost, ...]
    experiments: tuple[Experiment, ...]
    machine_addresses: tuple[MachineAddress, ...]
    plans: tuple[PlanFile, ...]
    approvals: Mapping[tuple[str, int], Approval]
    assignments: tuple[PlanAssignment, ...]
    quotas: tuple[Quota, ...]
    payroll: PayrollFile | None
    kpis: Mapping[str, KpiDefinition]
    extensions: Extensions = Extensions()


def today_in(zone: ZoneInfo) -> date:
    """Return today's date in a zone: the one clock that decides anything."""
    return datetime.now(zone).date()


class _Reading:
    """The company folder being read; collects problems from all files."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self.variables = variables
        self.problems: list[Problem] = []

    def yaml(
        self, name: str, model: type[Model], check: Callable[[Model, YamlFile], list[Problem]]
    ) -> tuple[Model | None, YamlFile | None]:
        """Read a YAML file; the model is None when the file has a problem of form."""
        file, problems = read_yaml(self.folder / name, name)
        if file is None:
            self.problems += problems
            return None, None
        data = file.data
        if name == SOURCES_FILE:
            data, missing = replace_variables(file, self.variables)
            self.problems += missing
        value, found = validate_yaml(file, model, data)
        self.problems += problems + found
        if value is None or problems:
            return None, file
        self.problems += check(value, file)
        return value, file

    def yaml_if_there(
        self, name: str, model: type[Model], check: Callable[[Model, YamlFile], list[Problem]]
    ) -> tuple[Model | None, YamlFile | None]:
        """Read a YAML file that a company may leave out."""
        return self.yaml(name, model, check) if (self.folder / name).exists() else (None, None)

    def csv(
        self, name: str, model: type[Row], check: Callable[[list[Row]], list[Problem]]
    ) -> list[Row] | None:
        """Read a CSV file; None when the file has a problem of form."""
        file = read_csv(self.folder / name, name, model)
        self.problems += file.problems
        if file.rows is not None:
            self.problems += check(file.rows)
        return file.rows

    def csv_if_there(
        self, name: str, model: type[Row], check: Callable[[list[Row]], list[Problem]]
    ) -> list[Row] | None:
        """Read a CSV file that a company may leave out; without it there are no rows."""
        return self.csv(name, model, check) if (self.folder / name).exists() else []


def load_company(
    folder: Path,
    variables: Mapping[str, str],
    as_of: date | None = None,
    kpi_folder: Path = KPI_FOLDER,
    today: Callable[[ZoneInfo], date] = today_in,
    pay_folder: Path | None = None,
) -> Company:
    """Load and check a company folder.

    Args:
        folder: The company folder.
        variables: Values for ${NAME} in sources.yml.
        as_of: As-of date that wins over company.yml's.
        kpi_folder: Folder of the KPI definitions.
        today: Gives today's date in a zone, for companies without an as-of date.
        pay_folder: Folder whose `compensation` is read in place of the company folder's.

    Raises:
        CompanyInvalid: When anything is wrong; carries all problems of all files.
    """
    folder = folder.absolute()
    reading = _Reading(folder, variables)
    _require_folder(folder)
    company, _ = reading.yaml(COMPANY_FILE, CompanyFile, check_company)
    funnel, funnel_file = reading.yaml(FUNNEL_FILE, FunnelFile, check_funnel)
    scoring, scoring_file = reading.yaml_if_there(SCORING_FILE, ScoringFile, check_scoring)
    attribution, attribution_file = reading.yaml_if_there(
        ATTRIBUTION_FILE, AttributionFile, check_attribution
    )
    sources, _ = reading.yaml(
        SOURCES_FILE,
        SourcesFile,
        lambda value, file: check_sources(value, file, load_entities(), folder),
    )
    channels = reading.csv(CHANNELS_FILE, ChannelRule, check_channels)
    people = reading.csv(PEOPLE_FILE, Person, check_people)
    fx_rates = reading.csv(FX_RATES_FILE, FxRate, check_fx_rates)
    targets = reading.csv(TARGETS_FILE, Target, check_targets)
    costs = reading.csv(COSTS_FILE, Cost, check_costs)
    experiments = reading.csv_if_there(EXPERIMENTS_FILE, Experiment, check_experiments)
    machine_addresses = reading.csv_if_there(
        MACHINE_ADDRESSES_FILE, MachineAddress, check_machine_addresses
    )
    plans, plan_problems = read_plans(pay_folder or folder)
    approvals, approval_problems = check_approvals(
        pay_folder or folder,
        plans,
        {one.email.lower(): one.employee_id for one in people or [] if one.email},
    )
    reading.problems += [*plan_problems, *approval_problems]
    pay = _Reading(pay_folder or folder, variables)
    assignments = pay.csv_if_there(ASSIGNMENTS_FILE, PlanAssignment, check_assignments)
    quotas = pay.csv_if_there(QUOTAS_FILE, Quota, check_quotas)
    reading.problems += pay.problems
    payroll, _ = reading.yaml_if_there(PAYROLL_FILE, PayrollFile, check_payroll)
    kpis, kpi_problems = read_kpis(kpi_folder, _shown(kpi_folder))
    reading.problems += [*kpi_problems, *product_problems(kpis, _shown(kpi_folder), kpis)]
    extensions, extension_problems = read_extensions(folder, kpis)
    every_kpi = {**kpis, **extensions.kpis}
    reading.problems += extension_problems
    reading.problems += product_problems(every_kpi, "kpis", extensions.kpis)
    parts = Parts(
        company=company,
        funnel=funnel,
        funnel_file=funnel_file,
        scoring=scoring,
        scoring_file=scoring_file,
        attribution=attribution,
        attribution_file=attribution_file,
        sources=sources,
        channels=channels,
        fx_rates=fx_rates,
        targets=targets,
        costs=costs,
        experiments=experiments,
        plans=plans,
        plans_are_read=not plan_problems,
        assignments=assignments,
        quotas=quotas,
        payroll=payroll,
        kpi_names={path.stem for path in kpi_folder.glob("*.yml")} | set(extensions.kpis),
        kpis=every_kpi,
    )
    problems = [*reading.problems, *cross_problems(parts)]
    if (
        problems
        or company is None
        or funnel is None
        or sources is None
        or channels is None
        or people is None
        or fx_rates is None
        or targets is None
        or costs is None
        or experiments is None
        or machine_addresses is None
        or assignments is None
        or quotas is None
    ):
        raise CompanyInvalid(_in_order(problems))
    return Company(
        folder=folder,
        as_of_date=as_of or company.as_of_date or today(ZoneInfo(company.time_zone)),
        company=company,
        funnel=funnel,
        scoring=scoring,
        attribution=attribution,
        sources=_with_company_defaults(sources, folder, company, variables),
        channels=tuple(sorted(channels, key=lambda rule: rule.rule_order)),
        people=tuple(people),
        fx_rates=tuple(fx_rates),
        targets=tuple(targets),
        costs=tuple(costs),
        experiments=tuple(experiments),
        machine_addresses=tuple(machine_addresses),
        plans=tuple(one.plan for one in plans),
        approvals=approvals,
        assignments=tuple(assignments),
        quotas=tuple(quotas),
        payroll=payroll,
        kpis=every_kpi,
        extensions=extensions,
    )


def _require_folder(folder: Path) -> None:
    if not folder.is_dir():
        problem = Problem(
            file=str(folder),
            line=None,
            key="",
            value=None,
            message="there is no such folder",
            allowed=f"a folder with {', '.join(ALL_FILES)}",
            fix="set CONCORD_COMPANY to the company folder",
        )
        raise CompanyInvalid([problem])


def _with_company_defaults(
    sources: SourcesFile, folder: Path, company: CompanyFile, variables: Mapping[str, str]
) -> Sources:
    home = variables.get("CONCORD_HOME")
    resolved = {
        name: with_defaults(
            name,
            source,
            company_folder=folder,
            time_zone=company.time_zone,
            currency=company.reporting_currency,
            deliveries_folder=Path(home) / DELIVERIES if home else None,
        )
        for name, source in sources.sources.items()
    }
    return Sources(resolved, sources.system_of_record, tuple(sources.simulated))


def _shown(folder: Path) -> str:
    """Return a folder of the project relative to its root, another one as it is."""
    is_inside = folder.is_relative_to(PROJECT_ROOT)
    return (folder.relative_to(PROJECT_ROOT) if is_inside else folder).as_posix()


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sort by file, as ALL_FILES lists them, and by line."""
    rank = {name: number for number, name in enumerate(ALL_FILES)}
    return sorted(
        problems, key=lambda item: (rank.get(item.file, len(rank)), item.file, item.line or 0)
    )
