"""What was true of a deal of deal_histories on any day, found by looking through its states.

Belongs here: what the oracles of the waterfall, the forecast and the scorecard ask of a deal. Does
not: what a report makes of it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.kpi.deal_histories import AS_OF, STAGES, Row, cents, rate_on, team_on

CATEGORIES = {"omitted", "best_case", "commit", "closed", "pipeline"}


def is_pipeline(state: Row) -> bool:
    """Whether a state counts as pipeline, whatever its amount and close date."""
    kind, counts, _, _ = STAGES[state["sales_stage"]]
    return kind == "open" and counts and category_of(state) != "omitted"


def category_of(state: Row) -> str:
    """Return the forecast category of a state: its own word, else its stage's."""
    word = state["forecast_category"].lower().replace(" ", "_")
    return word if word in CATEGORIES else STAGES[state["sales_stage"]][2]


def amount_of(deal: Row, state: Row) -> Decimal | None:
    """Return the amount of a state at the rate of the day the deal was created on."""
    if state["amount_local"] is None or deal["currency_code"] == "EUR":
        return state["amount_local"]  # type: ignore[no-any-return]
    return cents(state["amount_local"] * rate_on(deal["created_date"]))


def _deletion(deal: Row) -> date | None:
    """Return the day a deal was deleted on, if it counts until then."""
    is_told = deal["exclusion_reason"] == "deleted" and deal["is_open"]
    day = deal["deleted_date"]
    return day if is_told and day and day <= AS_OF and deal["account_key"] == "good" else None


class Told:
    """One deal, and what was true of it on any day."""

    def __init__(self, deal: Row, states: list[Row]) -> None:
        self.deal, self.deleted = deal, _deletion(deal)
        counts = deal["is_reportable"] or self.deleted
        self.states = [
            state
            for state in states
            if counts and (self.deleted is None or state["valid_from_date"] < self.deleted)
        ]

    def past(self, day: date) -> list[Row]:
        """Return the states that began by a day."""
        return [state for state in self.states if state["valid_from_date"] <= day]

    def kind(self, day: date) -> str | None:
        """Return open, won, lost or deleted, or None before the deal."""
        if self.deleted and self.deleted <= day:
            return "deleted"
        past = self.past(day)
        return STAGES[past[-1]["sales_stage"]][0] if past else None

    def is_due(self, day: date, first: date, last: date) -> bool:
        """Whether it was pipeline on a day, due between two days."""
        if self.kind(day) != "open" or not is_pipeline(state := self.past(day)[-1]):
            return False
        return state["close_date"] is not None and first <= state["close_date"] <= last

    def decision(self, day: date) -> Row:
        """Return the state that began the won and lost ones that it is in on a day."""
        past = self.past(day)
        position = len(past) - 1
        while position and not past[position - 1]["is_open"]:
            position -= 1
        return past[position]

    def team(self, day: date) -> str:
        """Return the team that a deal counts for: of a decided one, that of the decision."""
        if self.kind(day) in ("won", "lost"):
            state = self.decision(day)
            return team_on(state["owner_employee_key"], state["valid_from_date"])
        return team_on(self.past(day)[-1]["owner_employee_key"], day)

    def amount(self, day: date) -> Decimal | None:
        """Return what it is worth on a day at the rate of its creation."""
        return amount_of(self.deal, self.past(day)[-1])
