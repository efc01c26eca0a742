"""What each touch of a journey is due, in exact fractions, told from the definitions.

Belongs here: one journey at a time, no SQL. Does not: journeys to try it on (journeys.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import floor

MILLIONTHS = 1_000_000
# Touches of these sources come first where several happened in one second.
SOURCE_PRIORITY = ["crm", "events"]
UNATTRIBUTED = None
# Models that know no milestone after the conversion.
SUITED = {
    "lead": {
        "first", "last", "last_non_direct", "linear", "time_decay", "position_based", "u_shaped",
        "lead_creation",
    },
    "opportunity": {
        "first", "last", "last_non_direct", "linear", "time_decay", "position_based", "u_shaped",
        "lead_creation", "w_shaped", "opportunity_creation", "custom",
    },
}  # fmt: skip
SUITED["mql"] = SUITED["lead"]
SUITED["won"] = SUITED["refund"] = {*SUITED["opportunity"], "full_path"}


@dataclass(frozen=True)
class Touch:
    """A touch of somebody in the buying group."""

    key: str
    at: datetime
    is_direct: bool
    session: str | None = None
    source: str = "web"

    @property
    def order(self) -> tuple[datetime, int, str]:
        """By time, then by source, then by key."""
        listed = self.source in SOURCE_PRIORITY
        place = SOURCE_PRIORITY.index(self.source) if listed else len(SOURCE_PRIORITY)
        return self.at, place, self.key


@dataclass(frozen=True)
class Journey:
    """A conversion and all touches of its people, whenever they were."""

    key: str
    conversion_type: str
    cents: int | None
    opens_at: datetime
    closes_at: datetime
    lead_at: datetime | None
    opportunity_at: datetime | None
    touches: tuple[Touch, ...]

    def eligible(self) -> list[Touch]:
        """The touches inside the window, in order; of a session the one that began it."""
        begun: set[str] = set()
        found = []
        for touch in sorted(self.touches, key=lambda touch: touch.order):
            if touch.session in begun:
                continue
            if touch.session is not None:
                begun.add(touch.session)
            if self.opens_at <= touch.at <= self.closes_at:
                found.append(touch)
        return found


def shares(
    journey: Journey, model: str, weights: Mapping[str, int], half_life_seconds: int
) -> dict[str, Fraction]:
    """The share of each touch in a conversion, by a model; empty when no touch has one."""
    touches = journey.eligible()
    if not touches:
        return {}
    before_lead = _up_to(touches, journey.lead_at)
    before_opportunity = _up_to(touches, journey.opportunity_at)
    single = {
        "first": touches[:1],
        "last": touches[-1:],
        "last_non_direct": [touch for touch in touches if not touch.is_direct][-1:] or touches[-1:],
        "lead_creation": before_lead[-1:],
        "opportunity_creation": before_opportunity[-1:],
    }
    if model in single:
        return {touch.key: Fraction(1) for touch in single[model]}
    if model == "linear":
        return {touch.key: Fraction(1, len(touches)) for touch in touches}
    if model == "time_decay":
        raw = {touch.key: _decayed(touch, touches[-1], half_life_seconds) for touch in touches}
    else:
        placed = {
            "first": touches[0],
            "last": touches[-1],
            "lead": before_lead[-1] if before_lead else None,
            "opportunity": before_opportunity[-1] if before_opportunity else None,
        }
        raw = dict.fromkeys((touch.key for touch in touches), Fraction(0))
        for name, touch in placed.items():
            if touch is not None:
                raw[touch.key] += weights.get(name, 0)
        middle = [key for key, weight in raw.items() if weight == 0]
        for key in middle:
            raw[key] = Fraction(weights.get("middle", 0), len(middle))
    total = sum(raw.values())
    return {key: weight / total for key, weight in raw.items() if weight} if total else {}


def _up_to(touches: Sequence[Touch], moment: datetime | None) -> list[Touch]:
    return [] if moment is None else [touch for touch in touches if touch.at <= moment]


def _decayed(touch: Touch, last: Touch, half_life_seconds: int) -> Fraction:
    """Half after each half-life before the last touch, known to the millionth."""
    seconds = (last.at - touch.at).total_seconds()
    return Fraction(round(MILLIONTHS * 2 ** (-seconds / half_life_seconds)))


def divided(whole: int, parts: Mapping[str, Fraction], order: Sequence[str]) -> dict[str, int]:
    """A whole number by largest remainder; the earlier of two equal remainders first."""
    sign = -1 if whole < 0 else 1
    exact = {key: abs(whole) * share for key, share in parts.items()}
    found = {key: floor(value) for key, value in exact.items()}
    left = abs(whole) - sum(found.values())
    ranked = sorted(exact, key=lambda key: (-(exact[key] - found[key]), order.index(key)))
    for key in ranked[:left]:
        found[key] += 1
    return {key: sign * value for key, value in found.items()}


def credits(
    journey: Journey, model: str, weights: Mapping[str, int], half_life_seconds: int
) -> dict[str | None, tuple[int | None, int]]:
    """Cents (None without an amount) and millionths of a conversion, by touch."""
    parts = shares(journey, model, weights, half_life_seconds)
    if not parts:
        return {UNATTRIBUTED: (journey.cents, MILLIONTHS)}
    order = [touch.key for touch in journey.eligible()]
    millionths = divided(MILLIONTHS, parts, order)
    if journey.cents is None:
        return {key: (None, millionths[key]) for key in parts}
    cents = divided(journey.cents, parts, order)
    return {key: (cents[key], millionths[key]) for key in parts}
