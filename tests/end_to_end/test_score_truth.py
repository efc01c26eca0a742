"""Scores at the hand-off and at each stage, recomputed in Python from deliveries and scoring.yml.

It reads the delivered files, the company folder and the planted people, and none of the SQL; every
hand-off and every entry is compared, to the sixth decimal.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
import yaml

from tests.conftest import ROOT
from tests.end_to_end.conftest import RunHome

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

ZONE = ZoneInfo("Europe/Berlin")
SCORES = ("fit_score_at_handoff", "engagement_score_at_handoff", "score_at_handoff")
MILLIONTH = Decimal("0.000001")

Row = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """Something that a human did, and when it was known to be theirs."""

    touch_type: str
    channel: str
    content_type: str | None
    at: datetime
    known_at: datetime


class Oracle:
    """The sample company as delivered, and its scoring rules."""

    def __init__(self, sample: RunHome) -> None:
        """Read the files of a home."""
        self.folder = sample.home / "sample_company"
        self.rules = yaml.safe_load((ROOT / "company" / "scoring.yml").read_text())
        self.leads = {row["lead_id"]: row for row in self.rows("delivered/leads")}
        self.accounts = {row["account_id"]: row for row in self.rows("delivered/accounts")}
        self.human_of = {
            (row["source_entity"], row["source_id"]): row["human"]
            for row in self.rows("truth/identity")
        }
        marts = sample.current / "marts.duckdb"
        # Where a campaign's tag is broken the channel is whatever the rules of channels.csv say.
        self.channels = dict(
            duckdb.connect(str(marts), read_only=True)
            .execute(
                "select source_id, channel_name from core.fct_touch "
                "inner join core.dim_channel using (channel_key)"
            )
            .fetchall()
        )
        self.acts = self._acts()

    def rows(self, place: str) -> list[Row]:
        """Return the rows of a delivered or planted table."""
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            found = connection.execute(f"select * from '{self.folder / place}/*.parquet'")
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _acts(self) -> dict[str, list[Act]]:
        assets = self.rows("delivered/content_assets")
        kinds = {row["content_asset_id"]: row["asset_type"] for row in assets}
        planted = {row["touch_id"]: row for row in self.rows("truth/touch")}
        touches = self.rows("delivered/touches")
        told: dict[str, datetime] = {}
        for touch in touches:
            browser = touch["anonymous_id"]
            if browser and (touch["email"] or touch["person_id"] or touch["lead_id"]):
                told[browser] = min(told.get(browser, touch["touched_at"]), touch["touched_at"])
        acts: dict[str, list[Act]] = defaultdict(list)
        for touch in touches:
            truth, at = planted[touch["touch_id"]], touch["touched_at"]
            has_told = touch["email"] or touch["person_id"] or touch["lead_id"]
            known_at = at if has_told else told.get(touch["anonymous_id"])
            if truth["is_bot"] or not truth["has_consent"] or known_at is None:
                continue
            acts[truth["human"]].append(
                Act(
                    touch["touch_type"],
                    self.channels[touch["touch_id"]],
                    kinds.get(touch["content_asset_id"]),
                    at,
                    max(at, known_at),
                )
            )
        return acts

    def fit(self, lead: Row, moment: datetime) -> Decimal:
        """Return the points for what the lead and its account are."""
        account = self.accounts.get(lead["account_id"], {})
        created_at = account.get("created_at")
        if created_at and created_at.astimezone(ZONE).date() > moment.astimezone(ZONE).date():
            account = {}
        values = {
            **{name: account.get(name) for name in ("industry", "icp_tier", "employee_count")},
            "segment": lead["segment"] or account.get("segment"),
            "persona": lead["persona"],
            "email": (lead["email"] or "").strip() or None,
            "is_target_account": bool(account.get("is_target_account")),
        }
        points = Decimal(0)
        for rule in self.rules["fit"]["rules"]:
            value = values[rule["field"]]
            if "is_present" in rule:
                is_met = (value is not None) == rule["is_present"]
            elif "at_least" in rule:
                is_met = value is not None and value >= rule["at_least"]
            else:
                is_met = value in rule.get("in", [rule.get("equals")])
            points += Decimal(rule["points"]) if is_met else 0
        return min(max(points, Decimal(0)), Decimal(self.rules["fit"]["cap"]))

    def engagement(self, human: str, moment: datetime) -> Decimal:
        """Return what is left of the points for what the human had done."""
        rules, points = self.rules["engagement"], Decimal(0)
        for act in self.acts[human]:
            rule = next((rule for rule in rules["rules"] if _fits(rule, act)), None)
            if rule is None or act.known_at > moment:
                continue
            days = int((moment - act.at).total_seconds()) / 86400.0
            half_life = float(rule.get("half_life_days", rules["half_life_days"]))
            left = float(rule["points"]) * 0.5 ** (days / half_life)
            points += Decimal(left).quantize(MILLIONTH, ROUND_HALF_UP)
        return min(points, Decimal(rules["cap"]))

    def band(self, score: Decimal) -> str:
        """Return the highest band that the score reaches."""
        bands = sorted(self.rules["bands"], key=lambda band: band["at_least"])
        return str([band["band"] for band in bands if score >= band["at_least"]][-1])


def _fits(rule: Row, act: Act) -> bool:
    asked = {"touch_type": act.touch_type, "channel": act.channel, "content_type": act.content_type}
    return all(rule.get(name) in (None, value) for name, value in asked.items())


@pytest.fixture(scope="module")
def scored(sample: RunHome) -> list[Row]:
    names = ("source_id", "assigned_at", "score_band_at_handoff", *SCORES)
    found = sample.query(
        f"select source_id, timezone('UTC', assigned_at), score_band_at_handoff, "
        f"{', '.join(SCORES)} from funnel.fct_handoff"
    )
    return [dict(zip(names, row, strict=True)) for row in found]


def test_every_score_is_recomputed_exactly(sample: RunHome, scored: list[Row]) -> None:
    oracle = Oracle(sample)
    wrong = []
    for row in scored:
        lead = oracle.leads[row["source_id"]]
        moment = row["assigned_at"]
        fit = oracle.fit(lead, moment)
        engagement = oracle.engagement(oracle.human_of["lead", lead["lead_id"]], moment)
        expected = (fit, engagement, fit + engagement, oracle.band(fit + engagement))
        found = (*(row[name] for name in SCORES), row["score_band_at_handoff"])
        if found != expected:
            wrong.append((lead["lead_id"], moment, found, expected))
    assert wrong == []
    assert len(scored) > 600


def test_scores_tell_leads_apart(scored: list[Row]) -> None:
    """A rule set that gave all the same would pass any comparison."""
    assert len({row["score_at_handoff"] for row in scored}) > 300
    assert {row["score_band_at_handoff"] for row in scored} == {"hot", "warm", "cold"}
    assert any(row["engagement_score_at_handoff"] == 0 for row in scored)


def test_the_report_counts_every_scored_hand_off(sample: RunHome, scored: list[Row]) -> None:
    [(handoffs, accepted)] = sample.query(
        "select sum(handoff_count), sum(accepted_count) from funnel.rpt_score_quality"
    )
    [(planted,)] = sample.query(
        "select count(*) from funnel.fct_handoff where decision = 'accepted'"
    )
    assert (handoffs, accepted) == (len(scored), planted)


@pytest.fixture(scope="module")
def entered(sample: RunHome) -> list[Row]:
    names = ("person_key", "cycle_number", "stage", "actual_at", "reached_at", "score_at_entry")
    found = sample.query(
        "select person_key, cycle_number, stage, timezone('UTC', actual_at), "
        "timezone('UTC', reached_at), score_at_entry from funnel.fct_person_stage"
    )
    return [dict(zip(names, row, strict=True)) for row in found]


def _leads_of_cycles(sample: RunHome, oracle: Oracle, entered: list[Row]) -> dict[Any, Row]:
    """Return the lead that made the person known in a cycle, else the first that came back."""
    leads: dict[Any, Row] = {}
    for person, cycle, lead_id in sample.query(
        "select person_key, cycle_number, source_id from funnel.fct_handoff "
        "order by coalesce(mql_at, assigned_at) desc"
    ):
        leads[person, cycle] = oracle.leads[lead_id]
    own: dict[str, list[Row]] = defaultdict(list)
    for person, lead_id in sample.query(
        "select person_key, source_id from core.dim_identity_link where person_key is not null"
    ):
        own[person] += [oracle.leads[lead_id]] if lead_id in oracle.leads else []
    for row in entered:
        if row["stage"] == "known" and row["actual_at"]:
            [leads[row["person_key"], row["cycle_number"]]] = [
                lead for lead in own[row["person_key"]] if lead["created_at"] == row["actual_at"]
            ]
    return leads


def test_every_score_at_entry_is_recomputed_exactly(sample: RunHome, entered: list[Row]) -> None:
    oracle = Oracle(sample)
    leads = _leads_of_cycles(sample, oracle, entered)
    wrong = []
    for row in entered:
        lead, moment = leads.get((row["person_key"], row["cycle_number"])), row["reached_at"]
        expected = None
        if lead is not None:
            human = oracle.human_of["lead", lead["lead_id"]]
            expected = oracle.fit(lead, moment) + oracle.engagement(human, moment)
        if row["score_at_entry"] != expected:
            wrong.append((row, lead and lead["lead_id"], expected))
    assert wrong == []
    assert len(entered) > 4000
    assert any(row["score_at_entry"] is None for row in entered)


def test_a_score_grows_old_between_two_stages(entered: list[Row]) -> None:
    """Scores of today would be the same in every stage of a cycle."""
    scores: dict[Any, set[Decimal]] = defaultdict(set)
    for row in entered:
        scores[row["person_key"], row["cycle_number"]].add(row["score_at_entry"])
    assert sum(len(found) > 1 for found in scores.values()) > 500
