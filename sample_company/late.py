"""What was recorded after the cut-off of its month, and in which month each cent is posted.

Belongs here: which things are late and by how much, the stamps of all that are in time, and the
planted postings. Does not: what is earned (pay), what is shared (credits), refunds (money).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sample_company.credits import REVENUE, Credit
from sample_company.customers import months_later
from sample_company.money import CREDIT_NOTES
from sample_company.plans import ABSENCES, plan_on
from sample_company.rows import Row, Rows
from sample_company.working_hours import opening
from sample_company.world import LAST_DAY, ZONE

LATE_TRUTH: dict[str, dict[str, str]] = {
    # What each month posts, from what its cut-off knew.
    "posting": {
        "employee_id": "text",
        "component": "text",
        "kind": "text",
        "opportunity_id": "text",
        "refund_id": "text",
        "override_id": "text",
        "origin_month": "date",
        "posted_month": "date",
        "amount": "money",
        "currency_code": "text",
    },
    "late": {"entity": "text", "record_id": "text", "recorded_date": "date"},
}

# A month is closed on what is known so many days after it: company.yml's close_after_days.
CLOSE_AFTER_DAYS = 31
# Places of credit notes in the order in which they were drawn, and when they were entered.
LATE_NOTES, NOTE_DELAY = (4, 7), 120
# Places among the deals whose shares were agreed once, and when that was entered.
LATE_SPLITS, SPLIT_DELAY = (3, 9), 150
LATE_OVERRIDES = {"OV-004": date(2025, 10, 20)}
LATE_ABSENCES = {"AB-002": date(2025, 4, 10)}

# Months from the first of a period to the one that posts it.
MONTHS_OF = {"bonus": 11}
MONTHS_OF_QUARTER = 2


def morning(day: date) -> datetime:
    """Return the moment at which a clerk records things."""
    return datetime.combine(day, time(9), ZONE).astimezone(UTC)


def stamp_refunds(rows: Rows) -> dict[str, date]:
    """Stamp the credit notes; return when those that were entered late were."""
    late = {}
    for place, note in enumerate(rows.delivered.get(CREDIT_NOTES, [])):
        day = note["refund_date"]
        if place in LATE_NOTES and day + timedelta(days=NOTE_DELAY) <= LAST_DAY:
            day += timedelta(days=NOTE_DELAY)
            late[note["refund_id"]] = _plant(rows, "refunds", note["refund_id"], day)
        note["created_at"] = morning(day)
    return late


def stamp_splits(rows: Rows, credits: list[Credit], refunded: set[str]) -> dict[str, date]:
    """Stamp the shares; return the deals for which the sellers' were entered late, and when."""
    sellers: dict[str, list[Credit]] = defaultdict(list)
    for one in credits:
        if one.split_type == REVENUE:
            sellers[one.deal.opportunity_id].append(one)
    agreed: dict[str, set[date]] = defaultdict(set)
    for split in rows.delivered.get("opportunity_splits", []):
        if split["split_type"] == REVENUE:
            agreed[split["opportunity_id"]].add(split["valid_from"])
    simple = [
        (deal_id, shared[0].deal.close_date + timedelta(days=SPLIT_DELAY))
        for deal_id, shared in sellers.items()
        if len(shared) > 1
        and len(agreed[deal_id]) == 1
        and deal_id not in refunded
        and all(plan_on(one.employee_id, one.deal.close_date) == "seller" for one in shared)
    ]
    late = {
        simple[place][0]: simple[place][1]
        for place in LATE_SPLITS
        if place < len(simple) and simple[place][1] <= LAST_DAY
    }
    for split in rows.delivered.get("opportunity_splits", []):
        day = split["valid_from"]
        if split["split_type"] == REVENUE and split["opportunity_id"] in late:
            day = _plant(
                rows, "opportunity_splits", split["split_id"], late[split["opportunity_id"]]
            )
        split["created_at"] = morning(day)
    return late


def stamp_decisions(rows: Rows) -> None:
    """Stamp what HR and payroll note by hand: overrides and absences."""
    for entity, name, own_day, late in (
        ("compensation_overrides", "override_id", "period", LATE_OVERRIDES),
        ("employee_absences", "absence_id", "valid_from", LATE_ABSENCES),
    ):
        for row in rows.delivered[entity]:
            day = row[own_day]
            if row[name] in late:
                day = _plant(rows, entity, row[name], late[row[name]])
            row["created_at"] = morning(day)


def posting(line: Row, recorded: date = date.min) -> Row:
    """Return what a line of pay is in the ledger, of which a part was recorded on a day."""
    months = MONTHS_OF.get(line["kind"], MONTHS_OF_QUARTER)
    origin = months_later(line["period"], months)
    month = origin
    while cut_off(month) < recorded:
        month = months_later(month, 1)
    return {**line, "origin_month": origin, "posted_month": month}


def absence_in(line: Row) -> tuple[int, date] | None:
    """Return the days of a bonus that an absence takes away which was noted late, and when."""
    end = months_later(line["period"], 12)
    for number, (who, _, first, after) in enumerate(ABSENCES, start=1):
        recorded = LATE_ABSENCES.get(f"AB-{number:03d}")
        if recorded is None or who != line["employee_id"]:
            continue
        days = (min(end, after or end) - max(line["period"], first)).days
        if days > 0:
            return days, recorded
    return None


def corrections(then: list[Row], now: list[Row], recorded: date) -> list[Row]:
    """Return postings of what was earned by what was known first, and of the rest later."""
    first = [posting(line) for line in then]
    taken = [{**line, "amount": -line["amount"]} for line in then]
    return [*first, *(posting(line, recorded) for line in [*taken, *now])]


def cut_off(month: date) -> date:
    """Return the day on whose knowledge a month is closed."""
    return months_later(month, 1) + timedelta(days=CLOSE_AFTER_DAYS - 1)


def pay_run_of(posted: Row) -> date:
    """Return the pay run of a posting: the last working day of a month that follows its month."""
    months = 3 if posted["kind"] == "bonus" else 2
    day = months_later(posted["posted_month"], months) - timedelta(days=1)
    while opening(day) is None:
        day -= timedelta(days=1)
    return day


def plant_postings(rows: Rows, postings: Iterable[Row]) -> None:
    """Plant what is posted, what cancels out in one month left out."""
    sums: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    names = [name for name in LATE_TRUTH["posting"] if name != "amount"]
    for one in postings:
        sums[tuple(one.get(name) for name in names)] += one["amount"]
    for key, amount in sums.items():
        if amount:
            rows.plant("posting", **dict(zip(names, key, strict=True)), amount=amount)


def _plant(rows: Rows, entity: str, record_id: str, day: date) -> date:
    rows.plant("late", entity=entity, record_id=record_id, recorded_date=day)
    return day
