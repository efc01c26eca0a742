"""The figures of one campaign, or ad, on one day.

Belongs here: values and their sums. Does not: whose they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Figures:
    """What a day came to.

    Attributes:
        cost: In the account's currency, in whole units of the platform (micros, cents).
        impressions: How often ads were shown.
        clicks: Clicks.
        conversions: As the platform counts them; Google's may be parts of one.
        conversion_value: In the account's currency.
    """

    cost: Decimal = NOTHING
    impressions: int = 0
    clicks: int = 0
    conversions: Decimal = NOTHING
    conversion_value: Decimal = NOTHING

    def __add__(self, other: Figures) -> Figures:
        """Both together."""
        return Figures(
            self.cost + other.cost,
            self.impressions + other.impressions,
            self.clicks + other.clicks,
            self.conversions + other.conversions,
            self.conversion_value + other.conversion_value,
        )

    @property
    def is_nothing(self) -> bool:
        """Whether nothing happened."""
        return self == ZERO


ZERO = Figures()


def added(figures: Iterable[Figures]) -> Figures:
    """The sum; of none it is zero."""
    return sum(figures, ZERO)
