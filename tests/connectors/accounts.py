"""An account like most, and a home that pulls from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.canonical import load_entities
from orchestration.company.sources import HubSpotSource, Source, source_from_mapping
from orchestration.connectors import limits
from orchestration.connectors.context import PullResult
from orchestration.connectors.hubspot import client
from orchestration.connectors.hubspot.objects import hubspot_objects
from orchestration.connectors.hubspot.pull import pull
from tests.connectors.conftest import Pulling
from tests.connectors.fake_hubspot import TOKEN, FakeAccount

_KINDS = {
    "date": "date",
    "timestamp": "datetime",
    "money": "number",
    "decimal": "number",
    "integer": "number",
    "boolean": "bool",
}
STAGES = {
    "deals": [("open", "Engaging", "0.4", False), ("won", "Won", "1.0", True)],
    "leads": [("new", "New", None, False)],
}


class HubSpotPulling(Pulling):
    """A home that pulls from an account."""

    org: FakeAccount  # type: ignore[assignment]

    @property
    def source(self) -> Source:
        options = {"base_url": self.org.url, **self.options}
        return source_from_mapping(
            "crm",
            {"loader": "hubspot", "options": options},
            company_folder=self.home,
            deliveries_folder=self.home / "deliveries",
        )

    def pull(self, is_full: bool = False, seconds: float = 60.0) -> PullResult:
        connector = self.source.connector
        assert isinstance(connector, HubSpotSource)
        return pull(self.context(is_full, seconds), connector)


def pulling_from(account: FakeAccount, home: Path, **options: object) -> HubSpotPulling:
    return HubSpotPulling(account, home, options, {"HUBSPOT_TOKEN": TOKEN})  # type: ignore[arg-type]


def define_all(account: FakeAccount) -> None:
    """Define every CRM object with a fitting type for each property."""
    for name, item in hubspot_objects().items():
        item = item.with_leads(item.as_leads)
        if item.reader != "crm":
            continue
        types = {"hs_object_id": "number", item.cursor_field: "datetime"}
        for output in item.outputs.values():
            entity = load_entities()[output.entity]
            for field, source in output.fields.items():
                for api in source.api_fields:
                    types[api] = _KINDS.get(entity.fields[field].type, "string")
        for api in item.api_fields():
            types.setdefault(api, "string")
        for api in item.derived_columns():
            types.pop(api, None)
        if "closedate" in types:
            types["closedate"] = "datetime"
        account.define(name, types)
        if item.stage_field:
            account.pipelines[name] = [pipeline(*STAGES.get(name, []))]


def pipeline(*stages: tuple[str, str, str | None, bool]) -> dict[str, object]:
    return {
        "id": "default",
        "label": "Sales",
        "stages": [
            {
                "id": stage,
                "label": label,
                "metadata": {"isClosed": str(is_closed).lower()}
                | ({"probability": probability} if probability else {}),
            }
            for stage, label, probability, is_closed in stages
        ],
    }


@pytest.fixture
def account() -> Iterator[FakeAccount]:
    fake = FakeAccount()
    define_all(fake)
    yield fake
    fake.close()


@pytest.fixture
def hubspot(
    account: FakeAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> HubSpotPulling:
    monkeypatch.setattr(limits, "FIRST_WAIT_SECONDS", 0.001)
    monkeypatch.setattr(client, "SEARCH_SECONDS", 0.0)
    return pulling_from(account, tmp_path)
