"""A company of three accounts and eight deals that adds what docs/how_to/extend.md adds.

Belongs here: its folder and what its CRM delivers. Does not: what must come of it.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import yaml

from tests.conftest import ROOT

HOW_TO = ROOT / "docs" / "how_to" / "extend.md"
ACCOUNTS = """\
id,name,partner_tier,billing_contact
A1,Alpha,gold,someone@alpha.example
A2,Beta,silver,
A3,Gamma,,
"""
# Closed in January with partners: two won and one lost by Alpha, one lost by Beta.
DEALS = """\
id,account,owner,stage,created,closed,amount
D1,A1,E1,Won,2025-01-02,2025-01-10,100
D2,A1,E1,Lost,2025-01-02,2025-01-20,100
D3,A1,E2,Won,2025-01-03,2025-01-25,300
D4,A2,E2,Lost,2025-01-03,2025-01-15,100
D5,A2,E2,Won,2025-01-04,2025-02-10,500
D6,A3,E1,Won,2025-01-05,2025-01-12,700
D7,A1,E1,Engaging,2025-01-06,,900
D8,A3,E1,Lost,2025-01-06,2025-01-31,50
"""
PEOPLE = """\
employee_id,full_name,email,business_function,team,region,job_title,manager_employee_id,valid_from,valid_to
E1,Ada,,sales,North,DACH,Rep,,2020-01-01,
E2,Ben,,sales,South,DACH,Rep,,2020-01-01,
"""
# A KPI of Concord's own components: of what was created, how much was won in the same period.
WON_PER_CREATED = """\
kpi_label: Won per created
description: Deals won over opportunities created in the same period.
formula: Deals won divided by opportunities created.
unit: ratio
aggregation: ratio
date_role: Close date and creation date
owner: sales
kpi_group: pipeline
is_additive: false
numerator_component: deals_won
denominator_component: opportunities_created
dimensions: [team]
contract_version: 1
"""


def written_files() -> dict[str, str]:
    """The files that the how-to shows, by the path in the first line of each block."""
    blocks = re.findall(r"```(?:sql|yaml)\n(.*?)```", HOW_TO.read_text(), re.S)
    found = {}
    for block in blocks:
        first, _, text = block.partition("\n")
        found[first.lstrip("-# ")] = text
    return found


def write_company(place: Path) -> Path:
    """Write the folder and what its CRM delivered; return the folder."""
    folder = place / "company"
    shutil.copytree(ROOT / "examples" / "crm_export", folder)
    files = written_files()
    attributes = yaml.safe_load(files.pop("sources.yml"))
    chosen = attributes["sources"]["crm"]["datasets"]["accounts"]["attributes"]
    for name, text in {**files, "kpis/won_per_created.yml": WON_PER_CREATED}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "people.csv").write_text(PEOPLE)
    (folder / "sources.yml").write_text(yaml.safe_dump(_sources(chosen)))
    for name, old, new in (
        ("company.yml", "as_of_date: 2017-12-31", "as_of_date: 2025-02-28"),
        ("company.yml", "  - {date: 2016-10-10, name: Columbus Day}\n", ""),
        ("funnel.yml", "source: crm_export", "source: crm"),
    ):
        path = folder / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
    delivered = place / "delivered"
    delivered.mkdir()
    (delivered / "accounts.csv").write_text(ACCOUNTS)
    (delivered / "deals.csv").write_text(DEALS)
    return folder


def _sources(attributes: list[str]) -> dict[str, object]:
    accounts = {
        "entity": "accounts",
        "files": "accounts.csv",
        "columns": {"account_id": "id", "account_name": "name"},
        "attributes": [*attributes, "billing_contact"],
    }
    deals = {
        "entity": "opportunities",
        "files": "deals.csv",
        "columns": {
            "opportunity_id": "id",
            "account_id": "account",
            "owner_employee_id": "owner",
            "sales_stage": "stage",
            "created_at": "created",
            "close_date": "closed",
            "amount": "amount",
        },
    }
    return {
        "sources": {
            "crm": {
                "loader": "file_drop",
                "options": {"folder": "../delivered"},
                "datasets": {"accounts": accounts, "deals": deals},
            }
        }
    }
