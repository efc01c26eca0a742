"""How `concord explain conversion` looks: tables that fit 80 columns.

Belongs here: layout and the words for reasons. Does not: questions (explain/conversions.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console
from orchestration.cli.figures import UNKNOWN
from orchestration.explain.conversions import Conversion, ConversionTouch, Credit, Explanation

MODELS_PER_TABLE = 3
LEFT_OUT_SHOWN = 20
SHORT_KEY = 8
MOMENT = "%Y-%m-%d %H:%M"
# From the simplest to the most involved; a model of another name comes last.
MODEL_ORDER = (
    "first", "last", "last_non_direct", "linear", "time_decay", "position_based", "lead_creation",
    "opportunity_creation", "u_shaped", "w_shaped", "full_path", "custom",
)  # fmt: skip
TITLES = {
    "lead": "Lead", "mql": "MQL", "opportunity": "Opportunity created", "won": "Won deal",
    "refund": "Refund",
}  # fmt: skip
REASONS = {
    "bot": "a machine",
    "no_consent": "no consent",
    "person": "person not reportable",
    "touch_type": "type earns no credit (funnel.yml)",
    "excluded_channel": "channel excluded (attribution.yml)",
    "excluded_touch_type": "type excluded (attribution.yml)",
    "session_repeat": "not the first of its visit",
    "after_conversion": "after the conversion",
    "before_lookback": "before the lookback",
    "before_previous_win": "before the previous won deal",
}


def print_explanation(found: Explanation, *, shows_all: bool) -> None:
    """Print what was converted, its journey, its credit by each model, and what did not count."""
    _print_head(found.conversion)
    if not found.credits:
        console.print("Nothing is credited: this company has no attribution.yml.")
        return
    _print_journey(found.touches)
    _print_credits(found)
    _print_left_out(found, shows_all=shows_all)


def _print_head(found: Conversion) -> None:
    title = TITLES.get(found.conversion_type, found.conversion_type)
    parts = [f"[bold]{escape(title)}[/bold]"]
    parts += [escape(part) for part in (found.booking_type, found.opportunity_id) if part]
    if found.person_key:
        parts.append(f"person {found.person_key[:SHORT_KEY]}")
    if found.account_name:
        parts.append(escape(found.account_name))
    console.print(" · ".join(parts), soft_wrap=True)
    amount = _amount(found.amount)
    if found.amount is not None and found.currency:
        amount = f"{amount} {found.currency}"
    console.print(
        f"{amount} · {found.converted_at:{MOMENT}} UTC · {found.conversion_key}", soft_wrap=True
    )


def _print_journey(touches: Sequence[ConversionTouch]) -> None:
    console.print()
    people = len({touch.person_key for touch in touches})
    console.print(f"[bold]Journey[/bold]: touches {len(touches)}, people {people}; moments in UTC")
    if not touches:
        console.print("No touch may earn credit: all of it is unattributed.")
        return
    table = _table()
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("when", no_wrap=True)
    table.add_column("who", no_wrap=True)
    for name in ("channel", "type", "campaign"):
        table.add_column(name, overflow="fold")
    for number, touch in enumerate(touches, start=1):
        table.add_row(str(number), *_described(touch), escape(touch.campaign or UNKNOWN))
    console.print(table)


def _print_credits(found: Explanation) -> None:
    console.print()
    unit = (
        f"amount in {found.conversion.currency}"
        if found.conversion.amount is not None
        else "part of the conversion"
    )
    console.print(f"[bold]Credit[/bold]: {unit} and weight, by touch")
    places: list[str | None] = [touch.touch_key for touch in found.touches]
    by_model: dict[str, dict[str | None, Credit]] = {}
    for credit in found.credits:
        by_model.setdefault(credit.model, {})[credit.touch_key] = credit
    if any(credit.touch_key is None for credit in found.credits):
        places.append(None)
    rank = {model: place for place, model in enumerate(MODEL_ORDER)}
    names = sorted(by_model, key=lambda model: (rank.get(model, len(rank)), model))
    for start in range(0, len(names), MODELS_PER_TABLE):
        models = names[start : start + MODELS_PER_TABLE]
        table = _table()
        table.add_column("#", justify="right", no_wrap=True)
        for model in models:
            table.add_column(model, justify="right", no_wrap=True)
        for number, place in enumerate(places, start=1):
            cells = [
                _credit(by_model[model].get(place), found.conversion.amount is None)
                for model in models
            ]
            if any(cells):
                table.add_row(UNKNOWN if place is None else str(number), *cells)
        table.add_section()
        table.add_row("sum", *_sums(by_model, models, found.conversion.amount is None))
        console.print(table)
    if None in places:
        console.print(f"{UNKNOWN} is unattributed: no touch that the model looks for.")


def _sums(
    by_model: dict[str, dict[str | None, Credit]], models: Sequence[str], is_count: bool
) -> Iterator[str]:
    for model in models:
        given = by_model[model].values()
        if is_count:
            yield f"{sum((one.conversions for one in given), Decimal(0)):.6f}        "
        else:
            known = [one.amount for one in given if one.amount is not None]
            yield f"{_amount(sum(known, Decimal(0)))}        "


def _credit(credit: Credit | None, is_count: bool) -> str:
    if credit is None:
        return ""
    figure = f"{credit.conversions:.6f}" if is_count else _amount(credit.amount)
    return f"{figure} {credit.weight:>7.2%}"


def _print_left_out(found: Explanation, *, shows_all: bool) -> None:
    console.print()
    if found.left_out is not None:
        counts = Counter(str(touch.no_credit_reason) for touch in found.left_out)
        console.print(f"[bold]Did not count[/bold]: touches of these people {len(found.left_out)}")
        for reason, count in counts.most_common():
            console.print(f"  {count:>5}  {REASONS.get(reason, reason)}")
        # The nearest to the conversion are those that people ask about.
        nearest = sorted(
            found.left_out, key=lambda touch: abs(touch.touched_at - found.conversion.converted_at)
        )
        shown = nearest if shows_all else nearest[:LEFT_OUT_SHOWN]
        if shown:
            _print_left_out_touches(sorted(shown, key=lambda touch: touch.touched_at))
        if len(shown) < len(nearest):
            console.print(
                f"The {len(shown)} nearest to the conversion; --all shows {len(nearest)}."
            )
    if found.left_out_note:
        console.print(f"[yellow]{escape(found.left_out_note)}[/yellow]", soft_wrap=True)


def _print_left_out_touches(touches: Sequence[ConversionTouch]) -> None:
    table = _table()
    table.add_column("when", no_wrap=True)
    table.add_column("who", no_wrap=True)
    for name in ("channel", "type", "why not"):
        table.add_column(name, overflow="fold")
    for touch in touches:
        reason = str(touch.no_credit_reason)
        table.add_row(*_described(touch), REASONS.get(reason, reason))
    console.print(table)


def _described(touch: ConversionTouch) -> tuple[str, str, str, str]:
    return (
        f"{touch.touched_at:{MOMENT}}",
        touch.person_key[:SHORT_KEY],
        escape(touch.channel or UNKNOWN),
        escape(touch.touch_type or UNKNOWN),
    )


def _amount(amount: Decimal | None) -> str:
    return UNKNOWN if amount is None else f"{amount:,.2f}"


def _table() -> Table:
    return Table(box=None, pad_edge=False, header_style="dim")
