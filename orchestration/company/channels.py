"""channels.csv: ordered rules that turn UTM values, referrers and source fields into a channel.

Belongs here: the row model and the checks of the rule list. Does not: matching (dbt does that).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints

from orchestration.company.csv_file import row_problem
from orchestration.company.people import BusinessFunction
from orchestration.company.problems import Problem
from orchestration.company.value_types import CsvRow, Integer, SnakeCase, Text, refuse

CHANNELS_FILE = "channels.csv"
BLANK = "<blank>"

# Buckets of the marts for what no rule matches; they exist without a rule.
CHANNEL_BUCKETS = ("not_recorded", "unmapped")


def _check_pattern(value: Any) -> Any:
    is_marker = isinstance(value, str) and value.startswith("<") and value.endswith(">")
    if is_marker and value.lower() != BLANK:
        raise refuse(
            "is no pattern",
            allowed="nothing (anything fits), a text, a text with *, or <blank> (value missing)",
            fix="write <blank> for a missing value",
        )
    return value


Pattern = (
    Annotated[str, StringConstraints(min_length=1, to_lower=True), BeforeValidator(_check_pattern)]
    | None
)


class ChannelRule(CsvRow):
    """One rule; the first rule in order whose patterns all fit wins."""

    rule_order: Integer
    utm_source: Pattern
    utm_medium: Pattern
    utm_campaign: Pattern
    referrer_domain: Pattern
    click_id_type: Pattern
    source_field: Pattern
    channel_name: SnakeCase
    channel_group: Text
    business_function: BusinessFunction | None = None


def check_channels(rules: list[ChannelRule]) -> list[Problem]:
    """Find rules with one order, and channels in two groups or of two functions."""
    problems = []
    orders: dict[int, int] = {}
    firsts: dict[str, ChannelRule] = {}
    for rule in rules:
        if rule.rule_order in orders:
            problems.append(
                row_problem(
                    CHANNELS_FILE,
                    rule,
                    "rule_order",
                    f"line {orders[rule.rule_order]} has the same order",
                    allowed="every number once",
                    fix=f"give one of the two another number, such as {_free_order(rules, rule)}",
                )
            )
        orders.setdefault(rule.rule_order, rule.line)
        first = firsts.setdefault(rule.channel_name, rule)
        if first.channel_group != rule.channel_group:
            words = (f"is in group {first.channel_group!r}", "one group for each channel")
            problems.append(_differs(rule, first, "channel_group", first.channel_group, *words))
        if first.business_function != rule.business_function:
            words = (f"is of {first.business_function or 'no function'!r}", "one function for each")
            value = first.business_function or ""
            problems.append(_differs(rule, first, "business_function", value, *words))
    return problems


def _differs(
    rule: ChannelRule, first: ChannelRule, column: str, value: str, said: str, allowed: str
) -> Problem:
    return row_problem(
        CHANNELS_FILE,
        rule,
        column,
        f"channel {rule.channel_name!r} {said} in line {first.line}",
        allowed=allowed,
        fix=f"write {value!r}, or use another channel_name",
    )


def _free_order(rules: list[ChannelRule], rule: ChannelRule) -> int:
    taken = {other.rule_order for other in rules}
    number = rule.rule_order
    while number in taken:
        number += 1
    return number
