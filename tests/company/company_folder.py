"""A small valid company folder, and what is needed to break it and to look at what is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from orchestration.company import Company, CompanyInvalid, Problem, load_company

COMPANY = """\
name: Test Company
reporting_currency: EUR
time_zone: Europe/Berlin
fiscal_year_start_month: 2
as_of_date: 2026-01-31
business_hours:
  monday: ["09:00", "17:00"]
  friday: ["09:00", "15:30"]
holidays:
  - {date: 2026-01-01, name: New Year}
internal_domains: [Test.example]
schedule: {hour: 6, minute: 30}
"""

FUNNEL = """\
stages:
  - {stage: known, label: Known, owner_function: marketing, after: null}
  - {stage: mql, label: MQL, owner_function: marketing, after: known, description: Qualified.}
  - {stage: accepted, label: Accepted, owner_function: sdr, after: mql}
  - {stage: won, label: Won, owner_function: sales, after: accepted}
side_states:
  - {stage: rejected, label: Rejected, owner_function: sdr}
lead_statuses:
  - {source: crm, status: New, stage: known}
  - {source: "*", status: Rejected, stage: rejected}
sales_stages:
  - sales_stage: open_deal
    label: Open
    kind: open
    is_pipeline: true
    probability: 0.25
    forecast_category: pipeline
    stalled_after_days: 30
  - sales_stage: closed_won
    label: Won
    kind: won
    is_pipeline: yes
    probability: 1
    forecast_category: closed
sales_stage_values:
  - {source: crm, value: Open, sales_stage: open_deal}
assumed_open_stage: open_deal
conversions:
  - {from_stage: known, to_stage: mql, window_days: 30}
qualification:
  mql:
    - {field: email, is_present: true}
    - {field: score, at_least: 50}
    - {field: country, in: [DE, NO]}
handoff_sla:
  business_hours: 4
  by_segment: {enterprise: 2}
  expires_after_days: 10
rejection_reasons:
  - {reason: no_need, label: No need, group: fit}
loss_reasons:
  - {reason: price, label: Price, group: commercial}
touch_types:
  - {touch_type: Form Fill, direction: two_way}
  - touch_type: cold_call
    direction: one_way
    is_attributable: false
    business_function: sdr
bot_user_agents: ["*Bot*"]
"""

SOURCES = """\
sources:
  crm:
    loader: file_drop
    options:
      folder: "${CRM_DIR}"
      decimal: ","
    datasets:
      deals:
        entity: opportunities
        files: "deals*.csv"
        columns: {opportunity_id: id, sales_stage: stage, product_id: product}
        value_aliases: {product_id: {GTXPro: GTX Pro}}
        attributes: [notes]
        time_zone: America/New_York
      people:
        entity: people
        files: people.tsv
        columns:
          person_id: id
        constants: {country: NO}
        optional: true
  events:
    loader: file_drop
    options: {folder: drop, currency: USD}
    datasets:
      visitors:
        entity: people
        files: visitors.csv
        columns: {person_id: id}
system_of_record: {people: crm}
"""

CHANNELS = """\
rule_order,utm_source,utm_medium,utm_campaign,referrer_domain,click_id_type,source_field,channel_name,channel_group
20,Google*,<blank>,,,,,paid_search,paid
10,,CPC,,,,,paid_search,paid
"""

PEOPLE = """\
employee_id,full_name,email,business_function,team,region,job_title,manager_employee_id,valid_from,valid_to
E1,Ada Head,ada@test.example,sales,North,DACH,Head,,2020-01-01,
E2,Ben Rep,,sales,North,,Rep,E1,2021-01-01,2022-01-01
E2,Ben Rep,,sales,South,,Rep,E1,2022-01-01,
"""

FX_RATES = """\
currency_code,valid_from,valid_to,rate
USD,2025-01-01,2025-02-01,0.95
USD,2025-02-01,,0.9123456
"""

TARGETS = """\
kpi,team,target_month,target_value
leads,,2025-03,40
leads,North,2025-03-01,10.5
"""

COSTS = """\
cost_id,cost_month,business_function,category,reach,channel_name,amount,budget_amount,currency_code
C1,2025-01-15,marketing,media,broad,paid_search,1200.50,,USD
C2,2025-01,sales,people,,,9000,9000,EUR
"""

KPI_LEADS = """\
kpi_label: Leads
description: People who raised a hand.
formula: count of leads
unit: leads
aggregation: sum
date_role: created_date
owner: marketing
kpi_group: demand
is_additive: true
maturity_rule: final at once
by_person: Owner of the lead
numerator_component: leads
dimensions: [channel, team]
contract_version: 1
headline_order: 1
"""

KPI_WIN_RATE = """\
kpi_label: Win rate
description: Share of closed deals that were won.
formula: won deals / closed deals
unit: ratio
aggregation: ratio
date_role: close_date
owner: sales
kpi_group: pipeline
is_additive: false
numerator_component: won
denominator_component: closed
dimensions: [team]
contract_version: 1
"""

FILES = {
    "company.yml": COMPANY,
    "funnel.yml": FUNNEL,
    "sources.yml": SOURCES,
    "channels.csv": CHANNELS,
    "people.csv": PEOPLE,
    "fx_rates.csv": FX_RATES,
    "targets.csv": TARGETS,
    "costs.csv": COSTS,
}


@dataclass
class Folder:
    """A company folder that tests edit and load."""

    path: Path
    kpi_path: Path
    variables: dict[str, str] = field(default_factory=dict)

    def file(self, name: str) -> Path:
        return self.kpi_path / name[5:] if name.startswith("kpis/") else self.path / name

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace a text that occurs exactly once."""
        text = self.file(name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {name}"
        self.file(name).write_text(text.replace(old, new), encoding="utf-8")

    def append(self, name: str, line: str) -> None:
        with self.file(name).open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def line(self, name: str, text: str) -> int:
        """Return the line of the first occurrence of a text."""
        content = self.file(name).read_text(encoding="utf-8")
        assert text in content
        return content[: content.index(text)].count("\n") + 1

    def load(self, as_of: date | None = None, **more: object) -> Company:
        return load_company(self.path, self.variables, as_of, self.kpi_path, **more)  # type: ignore[arg-type]

    def problems(self) -> list[Problem]:
        with pytest.raises(CompanyInvalid) as caught:
            self.load()
        assert str(caught.value)
        return caught.value.problems

    def problem(self) -> Problem:
        """Return the only problem."""
        found = self.problems()
        assert len(found) == 1, [str(problem) for problem in found]
        return found[0]

    def expect(self, name: str, text: str | None, key: str, message: str, fix: str) -> Problem:
        """Expect one problem, in the line that `text` stands in."""
        problem = self.problem()
        shown = problem.file.replace(self.kpi_path.as_posix(), "kpis")
        line = None if text is None else self.line(name, text)
        assert (shown, problem.line, problem.key) == (name, line, key), str(problem)
        assert message in problem.message, str(problem)
        assert fix in problem.fix, str(problem)
        return problem


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
