"""What each channel is credited with in a period, by five methods, in whole cents.

Campaigns are credited in the same way: a campaign of a channel, and the other campaigns of each
channel, are the channels then.

The methods are floats until here. They are rounded to 10^-12 first, far above what two machines
differ by, and divided as whole numbers, so that credits sum exactly and are the same everywhere.

Belongs here: methods, rounding, credit. Does not: tables (period_paths.py), the methods themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from orchestration.algorithms.absorbing_chain import Transitions, removal_effects
from orchestration.algorithms.largest_remainder import divided
from orchestration.algorithms.shapley import ChannelSets, rate_game, simplified

ORDERS = {"markov_1": 1, "markov_2": 2, "markov_3": 3}
SHAPLEY = "shapley"
SHAPLEY_RATE = "shapley_rate"
METHODS = (*ORDERS, SHAPLEY, SHAPLEY_RATE)
KNOWN_TO = 10**12
SHARE_UNITS = 10**9
MILLIONTHS = 10**6
_SHOWN = Decimal("0.000000001")


@dataclass(frozen=True)
class Channel:
    """A channel of the paths.

    Attributes:
        key: Its key.
        name: Its name; of equal remainders the first by name is credited.
        number: Its number in paths; the least touched of very many share one.
        sharing_weight: By which those that share a number share its credit.
    """

    key: str
    name: str
    number: int
    sharing_weight: int


@dataclass(frozen=True)
class Paths:
    """The paths of one period and conversion type; at least one converted.

    Attributes:
        transitions: Of the paths.
        sets: Their sets of channels.
        conversions: How many converted.
        cents: What those came to; None where conversions have no amount.
    """

    transitions: Transitions
    sets: ChannelSets
    conversions: int
    cents: int | None


@dataclass(frozen=True)
class Credit:
    """What a channel gets; the fields about amounts are None where there are none.

    Attributes:
        removal_effect: Of conversions; None for Shapley values, which know none.
        amount_removal_effect: Of their amount.
        share: Of the credited conversions, in SHARE_UNITS.
        amount_share: Of their amount.
        millionths: Credited conversions.
        cents: Credited amount.
        is_folded: Whether it shared its place with other channels.
    """

    channel: Channel
    method: str
    includes_non_converting: bool
    removal_effect: Decimal | None
    amount_removal_effect: Decimal | None
    share: int
    amount_share: int | None
    millionths: int
    cents: int | None
    is_folded: bool


@dataclass(frozen=True)
class _Result:
    """What a method says, by the number of a channel."""

    conversions: dict[int, float]
    amounts: dict[int, float]
    folded: frozenset[int] = frozenset()
    has_removal_effects: bool = True


def credits_of(
    paths: Paths, channels: Sequence[Channel], least_paths_per_window: int = 0
) -> Iterator[Credit]:
    """Credit the channels of the paths by every method, with and without paths that converted not.

    Args:
        paths: Of one period and conversion type.
        channels: Every channel of the paths, perhaps others.
        least_paths_per_window: A chain of order 2 or 3 is left out where there are fewer paths for
            each of its windows.
    """
    ordered = sorted(channels, key=lambda channel: (channel.name, channel.key))
    for includes_non_converting in (False, True):
        given = paths if includes_non_converting else _only_converted(paths)
        for method in METHODS:
            order = ORDERS.get(method, 1)
            if order > 1 and given.transitions.paths_per_window(order) < least_paths_per_window:
                continue
            result = _result(method, given)
            yield from _credits(method, includes_non_converting, given, result, ordered)


def _only_converted(paths: Paths) -> Paths:
    return Paths(
        paths.transitions.only_converted(),
        paths.sets.only_converted(),
        paths.conversions,
        paths.cents,
    )


def _result(method: str, paths: Paths) -> _Result:
    if method in ORDERS:
        effects = removal_effects(paths.transitions, ORDERS[method])
        return _Result(effects.conversions, effects.amounts)
    values = simplified(paths.sets) if method == SHAPLEY else rate_game(paths.sets)
    return _Result(values.conversions, values.amounts, values.folded, False)


def _credits(
    method: str,
    includes_non_converting: bool,
    paths: Paths,
    result: _Result,
    ordered: Sequence[Channel],
) -> Iterator[Credit]:
    crowds: dict[int, list[Channel]] = {}
    for channel in ordered:
        crowds.setdefault(channel.number, []).append(channel)
    given = [channel for channel in ordered if channel.number in result.conversions]
    weights = _weights(result.conversions, given, crowds)
    amount_weights = weights
    if paths.cents is not None and any(result.amounts.values()):
        amount_weights = _weights(result.amounts, given, crowds)
    has_amounts = paths.cents is not None
    nothing: list[int | None] = [None] * len(given)
    columns = zip(
        given,
        divided(SHARE_UNITS, weights),
        divided(SHARE_UNITS, amount_weights) if has_amounts else nothing,
        divided(paths.conversions * MILLIONTHS, weights),
        divided(paths.cents, amount_weights) if paths.cents is not None else nothing,
        strict=True,
    )
    for channel, share, amount_share, millionths, cents in columns:
        yield Credit(
            channel=channel,
            method=method,
            includes_non_converting=includes_non_converting,
            removal_effect=_shown(result, result.conversions, channel),
            amount_removal_effect=_shown(result, result.amounts, channel) if has_amounts else None,
            share=share,
            amount_share=amount_share,
            millionths=millionths,
            cents=cents,
            is_folded=channel.number in result.folded or len(crowds[channel.number]) > 1,
        )


def _weights(
    values: dict[int, float], given: Sequence[Channel], crowds: dict[int, list[Channel]]
) -> list[int]:
    """Whole weights; channels of one number share its value by their touches.

    The largest value is brought to between 1 and 10 first: an amount in cents and a rate of a
    thousandth are both known to twelve digits then.
    """
    largest = max(abs(value) for value in values.values())
    scale = Decimal(10) ** -Decimal(largest).adjusted() if largest else Decimal(1)
    whole = {
        number: int((Decimal(value) * scale * KNOWN_TO).to_integral_value())
        for number, value in values.items()
    }
    weights = []
    for channel in given:
        crowd = crowds[channel.number]
        parts = divided(abs(whole[channel.number]), [each.sharing_weight for each in crowd])
        part = parts[crowd.index(channel)]
        weights.append(-part if whole[channel.number] < 0 else part)
    return weights


def _shown(result: _Result, values: dict[int, float], channel: Channel) -> Decimal | None:
    """A removal effect in nine digits; rounded twice, so that a half is a half on any machine."""
    if not result.has_removal_effects:
        return None
    known = Decimal(round(values[channel.number] * KNOWN_TO)) / KNOWN_TO
    return known.quantize(_SHOWN, ROUND_HALF_UP)
