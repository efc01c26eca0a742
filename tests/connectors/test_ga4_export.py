"""GA4's export files become touches, a day at a time, whatever shape they were exported in."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.ga4.pull import DATASET, ExportFolder, pull_export
from orchestration.state import StateStore

TYPES = {"session_start": "session", "generate_lead": "form_fill"}
NOON = 1_767_614_400_000_000  # 2026-01-05 12:00:00 UTC


def parameter(key: str, **value: Any) -> dict[str, Any]:
    return {"key": key, "value": value}


def event(number: int, name: str = "session_start", **changes: Any) -> dict[str, Any]:
    """An event as BigQuery writes it to JSON: whole numbers are texts, what is empty is absent."""
    return {
        "event_date": "20260105",
        "event_timestamp": str(NOON + number),
        "event_name": name,
        "user_pseudo_id": "1234.5678",
        "event_params": [
            parameter("ga_session_id", int_value="1767614400"),
            parameter("page_location", string_value="https://velmora.example/guide?gclid=abc#top"),
            parameter("page_referrer", string_value="https://www.google.com/"),
        ],
        "privacy_info": {"analytics_storage": "Yes"},
        "collected_traffic_source": {
            "manual_source": "google",
            "manual_medium": "cpc",
            "manual_campaign_name": "guides",
            "gclid": "abc",
        },
        **changes,
    }


class Export:
    """A folder of exports and a home that reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "export"
        self.folder.mkdir()
        self.home = folder
        self.state = StateStore(folder / "state.sqlite")
        self.person_field: str | None = None

    def json(self, name: str, events: list[dict[str, Any]]) -> None:
        text = "".join(json.dumps(item) + "\n" for item in events).encode()
        (self.folder / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)

    def parquet(self, name: str, events: list[dict[str, Any]]) -> None:
        self.json("made.tmp", events)
        with duckdb.connect() as connection:
            connection.execute(
                f"copy (select * from read_json('{self.folder}/made.tmp', format = "
                f"'newline_delimited')) to '{self.folder / name}' (format parquet)"
            )
        (self.folder / "made.tmp").unlink()

    def pull(self, is_full: bool = False) -> PullResult:
        context = PullContext(
            source="web",
            state=self.state,
            deliveries=self.home / "deliveries",
            raw_pages=self.home / "raw_pages",
            variables={},
            deadline=time.monotonic() + 60,
            is_full=is_full,
        )
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            folder = ExportFolder(self.folder, TYPES, self.person_field)
            return pull_export(context, folder, connection)

    def touches(self, columns: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(
                f"select {columns} from read_parquet("
                f"'{self.home}/deliveries/{DATASET}/*.parquet') order by touched_at"
            ).fetchall()


@pytest.fixture
def export(tmp_path: Path) -> Iterator[Export]:
    yield Export(tmp_path)


@pytest.mark.parametrize("shape", ["json", "json.gz", "parquet"])
def test_every_shape_gives_the_same_touches(export: Export, shape: str) -> None:
    events = [event(1), event(2, "generate_lead"), event(3, "scroll")]
    write = export.parquet if shape == "parquet" else export.json
    write(f"events_20260105.{shape}", events)
    assert export.pull().changed == {DATASET: 2}
    columns = (
        "touched_at::varchar, touch_type, anonymous_id, session_id, utm_source, utm_medium, "
        "utm_campaign, referrer, landing_page, click_id_type, source_field, has_consent"
    )
    common = (
        "1234.5678", "1234.5678.1767614400", "google", "cpc", "guides",
        "https://www.google.com/", "https://velmora.example/guide", "gclid",
    )  # fmt: skip
    assert export.touches(columns) == [
        ("2026-01-05 12:00:00.000001+00", "session", *common, "session_start", True),
        ("2026-01-05 12:00:00.000002+00", "form_fill", *common, "generate_lead", True),
    ]
    assert len({row[0] for row in export.touches("touch_id")}) == 2


def test_where_the_source_of_the_event_is_missing_the_next_one_counts(export: Export) -> None:
    of_session = {"manual_campaign": {"source": "news", "medium": "email", "campaign_name": "may"}}
    older = [parameter("source", string_value="bing"), parameter("campaign", string_value="x")]
    export.json(
        "events_20260105.json",
        [
            event(1, collected_traffic_source=None,
                  session_traffic_source_last_click=of_session),
            event(2, collected_traffic_source=None, event_params=older, privacy_info=None),
        ],
    )  # fmt: skip
    export.pull()
    columns = "utm_source, utm_medium, utm_campaign, session_id, has_consent"
    assert export.touches(columns) == [
        ("news", "email", "may", "1234.5678.1767614400", True),
        ("bing", None, "x", None, None),
    ]


def test_a_rewritten_day_is_replaced_whole_and_others_are_not_touched(export: Export) -> None:
    export.json("events_20260105.json", [event(1), event(2)])
    export.json("events_20260106.json", [event(86_400_000_000)])
    export.pull()
    assert export.pull().changed == {DATASET: 0}
    export.json("events_20260105.json", [event(2), event(3), event(4)])
    assert export.pull().changed == {DATASET: 3}
    assert len(export.touches("touch_id")) == 4


def test_a_days_own_file_makes_its_intraday_file_obsolete(export: Export) -> None:
    export.json("events_intraday_20260105.json", [event(1)])
    assert export.pull().changed == {DATASET: 1}
    export.json("events_20260105.json", [event(1), event(2)])
    assert export.pull().changed == {DATASET: 2}
    assert len(export.touches("touch_id")) == 2


def test_a_day_that_the_export_dropped_stays(export: Export) -> None:
    export.json("events_20260105.json", [event(1)])
    export.json("events_20260106.json", [event(86_400_000_000)])
    export.pull()
    (export.folder / "events_20260105.json").unlink()
    assert export.pull().changed == {DATASET: 0}
    assert len(export.touches("touch_id")) == 2


def test_a_broken_day_is_said_and_stays_as_it_was(export: Export) -> None:
    export.json("events_20260105.json", [event(1)])
    export.pull()
    (export.folder / "events_20260105.json").write_text('{"event_name": "session_start", "eve')
    result = export.pull()
    assert "events_20260105.json" in result.problems[0]
    assert len(export.touches("touch_id")) == 1


def test_user_ids_are_the_crms_only_where_the_company_says_so(export: Export) -> None:
    export.json("events_20260105.json", [event(1, user_id="P-0007")])
    export.person_field = "person_id"
    export.pull()
    assert export.touches("person_id") == [("P-0007",)]
    export.person_field = None
    export.pull()
    with pytest.raises(duckdb.BinderException):
        export.touches("person_id")


def test_a_wrong_folder_is_said(export: Export, tmp_path: Path) -> None:
    with pytest.raises(FixConfiguration, match="events_YYYYMMDD"):
        export.pull()
    export.json("events_20260105.json", [event(1)])
    export.json("events_20260105.json.gz", [event(1)])
    with pytest.raises(FixConfiguration, match="both of day 20260105"):
        export.pull()
    export.folder = tmp_path / "nowhere"
    with pytest.raises(FixConfiguration, match="does not exist"):
        export.pull()
