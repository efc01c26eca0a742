"""Pay by brute force, in exact fractions: what each credit, line and attainment has to be.

Belongs here: the rules of the glossary once more, walked event by event. Does not: SQL, or KPIs.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from hashlib import md5

from orchestration.company.plan_terms import Achieved
from orchestration.company.plans import MONEY, PlanComponent, PlanFile
from tests.compensation.pay_world import AS_OF, PayWorld, payee_key
from tests.kpi.calendar_rows import period_end, period_start

GRAINS = {"monthly": "month", "quarterly": "quarter", "annual": "year"}
COUNTED = {
    "bookings": ("booking", "refund"), "quantity": ("booking", "refund"),
    "margin": ("booking", "refund"), "cash_received": ("payment", "paid_back"),
    "accepted_leads": ("accepted_lead",), "meetings_held": ("meeting_held",),
}  # fmt: skip
NO_END = date(9999, 12, 31)
Bounds = list[tuple[Fraction | None, Fraction | None]]


def rounded(value: Fraction, places: int) -> Fraction:
    """Round half away from zero."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**places)


@dataclass(frozen=True)
class Event:
    """Something that may be paid for."""

    kind: str
    name: str
    root: str
    day: date
    priced: date
    amount: Fraction | None
    currency: str
    quantity: Fraction | None
    is_reversal: bool
    deal: str = ""

    @property
    def key(self) -> str:
        return md5(f"{self.kind}\x1f{self.name}".encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Credit:
    """Somebody's part of an event; "" is the house."""

    event: Event
    who: str
    credit_type: str
    share: Fraction
    amount: Fraction | None


@dataclass(frozen=True)
class Counted:
    """A credit that a payee's component counts."""

    credit: Credit
    payee: str
    plan: PlanFile
    item: PlanComponent
    currency: str
    base: Fraction

    @property
    def order(self) -> tuple[date, bool, str, str]:
        event = self.credit.event
        return event.day, event.is_reversal, event.key, payee_key(self.credit.who)

    @property
    def root(self) -> tuple[str, ...]:
        return (self.payee, self.plan.plan, self.item.component, self.credit.event.root,
                self.credit.who)  # fmt: skip

    def start(self, day: date, *, is_window: bool = False) -> date:
        """The first day of the component's period, or of what bands are looked up for."""
        grain = GRAINS[self.item.frequency]
        if is_window and self.item.scope == "year_to_date":
            grain = "year"
        return period_start(day, grain, 1)

    @property
    def window(self) -> tuple[object, ...]:
        if self.item.scope == "transaction":
            return self.root
        day = self.start(self.credit.event.priced, is_window=True)
        return (*self.root[:3], self.currency, day)

    @property
    def limited_per(self) -> str | None:
        """Over what a cap cuts lines; one that carries cuts none."""
        return self.item.cap.per if self.item.cap and self.item.cap.excess != "carry" else None

    @property
    def cap(self) -> tuple[object, ...] | None:
        per, event = self.limited_per, self.credit.event
        if per is None:
            return None
        if per == "transaction":
            return self.root[:4]
        day = self.start(event.day) if per == "period" else event.day.replace(month=1, day=1)
        return (*self.root[:3], self.currency, day)

    @property
    def is_late(self) -> bool:
        event, item = self.credit.event, self.item
        years = event.day.year != event.priced.year
        periods = self.start(event.day) != self.start(event.priced)
        per = self.limited_per
        return event.is_reversal and (
            (periods and "period" in (item.scope, per))
            or (years and (item.scope == "year_to_date" or per == "year"))
        )


_ZERO = Fraction(0)
Money = dict[str, Fraction]
Line = tuple[str, str, str, str, int, str, int]


def _later(day: date, months: int) -> date:
    """The same day some months later, or the month's last."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _fits(item: PlanComponent, line: tuple[str, ...]) -> bool:
    """Whether a line of a deal is of the products, families and types that a component names."""
    asked = dict(zip(("product", "product_group", "booking_type"), line, strict=False))
    return all(asked[kind] in values for kind, values in item.sold.items())


def _months(first: date, second: date) -> int:
    """Whole months from one day to another."""
    return max((count for count in range(1, 60) if _later(first, count) <= second), default=0)


def _apportioned(amount: Fraction, shares: Money) -> Money:
    """Cut an amount to the cent: cents that are left go to the largest remainders."""
    cents = {who: amount * 100 * share for who, share in shares.items()}
    whole = {who: Fraction(exact.numerator // exact.denominator) for who, exact in cents.items()}
    left = int(amount * 100 - sum(whole.values()))
    for who in sorted(cents, key=lambda who: (whole[who] - cents[who], not who, who))[:left]:
        whole[who] += 1
    return {who: number / 100 for who, number in whole.items()}


def _signed(amount: Fraction, shares: Money) -> Money:
    """Cut an amount that may be below zero: as the same above zero."""
    sign = -1 if amount < 0 else 1
    return {who: sign * part for who, part in _apportioned(abs(amount), shares).items()}


class Oracle:
    """Everything that a world should earn.

    Attributes:
        credits: By event, payee and type: share and amount.
        lines: By event, credited, payee, plan, version, component and tier: base and amount.
        carried: By payee, plan, component, currency, grain and first day of the period: what its
            cap leaves for later (negative) or pays of what was left.
    """

    def __init__(self, world: PayWorld, plans: Sequence[PlanFile]) -> None:
        """Walk through everything."""
        self.world, self.plans = world, plans
        credits = [one for event in self._events() for one in self._credits(event)]
        self.credits = {
            (one.event.key, one.who, one.credit_type): (one.share, one.amount) for one in credits
        }
        self.counted = self._clawed_back(
            [one for credit in credits for one in self._counted(credit)]
        )
        self.lines: dict[Line, tuple[Fraction, Fraction]] = {}
        self._price()
        self._take_back_late()
        self.carried = self._carried()

    def rate(self, currency: str, day: date) -> Fraction:
        if currency == "EUR":
            return Fraction(1)
        known = [row for row in self.world.rates if row[0] == currency and row[1] <= day]
        return Fraction(max(known, key=lambda row: row[1])[2])

    def _events(self) -> Iterator[Event]:
        world, deals = self.world, {}
        for name, _, day, amount, currency, quantity, _ in world.deals:
            event = Event("booking", name, name, day, day, Fraction(amount), currency,
                          Fraction(quantity), False, name)  # fmt: skip
            deals[name] = event
            yield event
        for name, deal, day, amount, currency in world.refunds:
            known = deals.get(deal)
            event = Event("refund", name, deal or name, day, known.priced if known else day,
                          -Fraction(amount), currency, None, known is not None, deal)  # fmt: skip
            if known and known.quantity is not None and known.amount:
                before, after = self._refunded(event)
                taken = [rounded(known.quantity * part / known.amount, 9)
                         for part in (before, after)]  # fmt: skip
                event = replace(event, quantity=taken[0] - taken[1])
            yield event
        if any(item.measure == "cash_received" for plan in self.plans for item in plan.components):
            yield from self._cash(deals)
        for kind, rows in (("accepted_lead", world.leads), ("meeting_held", world.meetings)):
            for name, _, day in rows:
                yield Event(kind, name, name, day, day, None, "", Fraction(1), False)

    def _cash(self, deals: dict[str, Event]) -> Iterator[Event]:
        """Yield what customers paid for deals, and what they were paid back."""
        moves = [("payment", name, deal, day, Fraction(amount), currency)
                 for name, deal, day, amount, currency in self.world.payments]  # fmt: skip
        moves += [("paid_back", name, deal, day, -Fraction(amount), currency)
                  for name, deal, day, amount, currency in self.world.refunds]  # fmt: skip
        for kind, name, deal, day, amount, currency in moves:
            if deal in deals:
                root = f"{kind} {name}"
                yield Event(kind, name, root, day, day, amount, currency, None, False, deal)

    def _refunded(self, event: Event) -> tuple[Fraction, Fraction]:
        """Return what had been refunded of a deal before a refund, and with it."""
        mine = sorted(
            (day, Event("refund", name, deal, day, day, None, "", None, True).key, Fraction(amount))
            for name, deal, day, amount, _ in self.world.refunds
            if deal == event.root
        )
        before = sum((cut for *key, cut in mine if tuple(key) < (event.day, event.key)), _ZERO)
        return before, before - (event.amount or 0)

    def _credits(self, event: Event) -> Iterator[Credit]:
        if event.kind in ("accepted_lead", "meeting_held"):
            rows = [*self.world.leads, *self.world.meetings]
            [who] = [who for name, who, _ in rows if name == event.name]
            yield Credit(event, who, event.kind, Fraction(1), None)
            return
        deal = [row for row in self.world.deals if row[0] == event.deal]
        if not deal or event.amount is None:
            yield Credit(event, "", "revenue", Fraction(1), event.amount)
            return
        [(name, owner, day, _, _, _, sdr)] = deal
        shares = self._agreed(name, "revenue", day)
        shares[owner] += 1 - sum(shares.values())
        shares = {who: share for who, share in shares.items() if share}
        beside = self._agreed(name, "overlay", day)
        [given] = [one for one in self._events() if one.kind == "booking" and one.root == name]
        amount = (given if event.is_reversal else event).amount or _ZERO
        cents = _signed(amount, shares)
        aside = {who: rounded(amount * share, 2) for who, share in beside.items()}
        if event.is_reversal:
            cents, aside = self._taken(event, given, cents, aside)
        for who, share in shares.items():
            yield Credit(event, who, "revenue", share, cents[who])
        for who, share in beside.items():
            yield Credit(event, who, "overlay", share, aside[who])
        if sdr:
            yield Credit(event, sdr, "sourced", Fraction(1), event.amount)

    def _taken(
        self, event: Event, given: Event, shares: Money, beside: Money
    ) -> tuple[Money, Money]:
        """What one refund takes: what all so far take, less what they took before it.

        A refund's parts are those of the money that the deal gave.
        """
        before, after = self._refunded(event)
        whole = given.amount or Fraction(0)
        parts = {who: money / whole for who, money in shares.items()}
        so_far, earlier = _apportioned(after, parts), _apportioned(before, parts)
        return (
            {who: earlier[who] - so_far[who] for who in shares},
            {
                who: rounded(before * money / whole, 2) - rounded(after * money / whole, 2)
                for who, money in beside.items()
            },
        )

    def _agreed(self, deal: str, kind: str, day: date) -> dict[str, Fraction]:
        rows = [row for row in self.world.splits if row[0] == deal and row[2] == kind]
        newest = max((row[4] for row in rows if row[4] <= day), default=None)
        found: dict[str, Fraction] = defaultdict(Fraction)
        for _, who, _, share, agreed in rows:
            if agreed == newest:
                found[who] += Fraction(share)
        return found

    def _plan_of(self, who: str, day: date) -> tuple[str, str] | None:
        for name, plan, start, end, _, currency in self.world.assignments:
            if name == who and start <= day < (end or NO_END):
                return plan, currency
        return None

    def _lead_of(self, who: str, day: date) -> str:
        rows = [row for row in self.world.people if row[0] == who and row[2] <= day]
        return max(rows, key=lambda row: row[2])[1] if rows else ""

    def _above(self, who: str, day: date) -> Iterator[str]:
        seen = {who, ""}
        while (who := self._lead_of(who, day)) not in seen:
            seen.add(who)
            yield who

    def _counted(self, credit: Credit) -> Iterator[Counted]:
        if not credit.who:
            return
        day = credit.event.priced
        payees = [(credit.who, "own")]
        if self._plan_of(credit.who, day):
            payees.append((self._lead_of(credit.who, day), "team"))
            payees += [(who, "organisation") for who in self._above(credit.who, day)]
        for payee, whose in payees:
            assigned = self._plan_of(payee, day)
            for plan in self.plans if assigned else ():
                if plan.plan != assigned[0] or not plan.valid_from <= day < (
                    plan.valid_to or NO_END
                ):
                    continue
                for item in plan.components:
                    if item.measure is None or (item.credited_to, item.counted_credits) != (
                        whose, credit.credit_type,
                    ):  # fmt: skip
                        continue
                    yield from self._based(credit, payee, plan, item, assigned[1])

    def _based(
        self, credit: Credit, payee: str, plan: PlanFile, item: PlanComponent, currency: str
    ) -> Iterator[Counted]:
        """Yield what a component counts of a credit of its type, if it does."""
        event = credit.event
        if event.kind not in COUNTED[item.measure or "bookings"] or not self._is_of(item, event):
            return
        part = self._part(item, plan, event)
        value = self._value(credit, item, currency)
        if value is not None and part is not None:
            yield Counted(credit, payee, plan, item, currency, rounded(value * part, 9))

    def _part(self, item: PlanComponent, plan: PlanFile, event: Event) -> Fraction | None:
        """Return the part of a deal that a component counts; None counts nothing of it."""
        others = [one for one in plan.components if item.component in one.instead_of]
        if not (item.sold or others or item.measure == "margin"):
            return Fraction(1)
        [(amount, quantity)] = [(row[3], row[5]) for row in self.world.deals
                                if row[0] == event.deal] or [("0", "0")]  # fmt: skip
        known = self.world.lines.get(event.deal, [("", "", "new", amount, "", quantity)])
        mine = [line for line in known if _fits(item, line)
                and not any(_fits(other, line) for other in others)]  # fmt: skip
        if not mine or (item.measure == "margin" and any(not line[4] for line in mine)):
            return None
        place = 5 if item.measure == "quantity" else 3
        whole = sum((Fraction(line[place]) for line in known), _ZERO)
        part = sum((Fraction(line[place]) for line in mine), _ZERO)
        if item.measure == "margin":
            part -= sum((Fraction(line[4]) for line in mine), _ZERO)
        return part / whole if whole else None

    def _is_of(self, item: PlanComponent, event: Event) -> bool:
        """Whether a component counts an event by its day and type."""
        day = event.priced
        if not (item.counted_from or day) <= day < (item.counted_to or NO_END):
            return False
        return not item.opportunity_types or self._type(event) in item.opportunity_types

    def _clawed_back(self, counted: list[Counted]) -> list[Counted]:
        """Let refunds take back what the plan says."""
        booked = {one.root: one.base for one in counted if not one.credit.event.is_reversal}
        claimed, found = set(), []
        taken: dict[tuple[str, ...], list[Fraction]] = defaultdict(lambda: [_ZERO, _ZERO])
        for one in sorted(counted, key=lambda one: one.order):
            event, rule, base = one.credit.event, one.item.clawback, one.base
            if event.is_reversal:
                so_far = taken[one.root]
                before = self._parted(one, so_far)
                so_far[0] += one.credit.amount or 0
                so_far[1] += self._pieces(event, one.credit.share) or 0
                base = self._parted(one, so_far) - before
            if event.is_reversal and rule is not None:
                served = _months(event.priced, event.day)
                if rule.within_months and event.day >= _later(event.priced, rule.within_months):
                    base = Fraction(0)
                elif rule.method != "proportional":
                    term = rule.term_months or 1
                    unserved = max(term - served, 0) if rule.method == "months_unserved" else term
                    first = base < 0 and one.root not in claimed
                    claimed |= {one.root} if first else set()
                    base = -rounded(booked[one.root] * unserved / term, 9) if first else Fraction(0)
            found.append(replace(one, base=base))
        return found

    def _parted(self, one: Counted, so_far: list[Fraction]) -> Fraction:
        """What is counted of all that was taken of a deal so far, as money and as pieces."""
        part = self._part(one.item, one.plan, one.credit.event) or _ZERO
        if one.item.measure == "quantity":
            return rounded(so_far[1] * part, 9)
        credit = replace(one.credit, amount=so_far[0])
        return rounded((self._value(credit, one.item, one.currency) or _ZERO) * part, 9)

    def factor(self, one: Counted) -> Fraction:
        """What gates and the multiplier leave of pay."""
        item, product = one.item, Fraction(1)
        for gate in item.gates:
            product *= self._achieved(one, gate) >= Fraction(gate.at_least)
        if item.multiplier is not None:
            reached = self._achieved(one, item.multiplier)
            bands = item.multiplier.bands
            product *= Fraction(next(
                band.multiply for band in bands
                if band.below is None or reached < Fraction(band.below)
            ))  # fmt: skip
        return product

    def _achieved(self, one: Counted, what: Achieved) -> Fraction:
        grain = "year" if one.item.scope == "year_to_date" else GRAINS[one.item.frequency]
        start = one.start(one.credit.event.priced, is_window=True)
        if what.kpi is not None and what.of == "individual":
            return self._achieved_alone(one.payee, what, grain, start)
        if what.kpi is not None:
            known = [row for row in self.world.kpis if row[:3] == (what.kpi, grain, start)]
            goal = what.goal or (known[0][4] if known else "")
            return rounded(Fraction(known[0][3]) / Fraction(goal), 9) if known and goal else _ZERO
        [other] = [item for item in one.plan.components if item.component == what.component]
        quota = self.quota(one.payee, one.currency, other.quota_measure or "", grain, start)
        credited = sum(
            (two.base for two in self.counted
             if (two.payee, two.plan.plan, two.item.component, two.currency)
             == (one.payee, one.plan.plan, what.component, one.currency)
             and start <= two.credit.event.day <= period_end(start, grain)), _ZERO,
        )  # fmt: skip
        return rounded(credited / quota, 9) if quota else _ZERO

    def _achieved_alone(self, who: str, what: Achieved, grain: str, start: date) -> Fraction:
        """What somebody's own win rate is of the goal, where the KPI is known at all."""
        end = period_end(start, grain)
        won, decided = (
            sum((Fraction(number) for name, owner, month, number in self.world.parts
                 if (name, owner) == (component, who) and start <= month <= end), _ZERO)
            for component in ("deals_won", "deals_closed")
        )  # fmt: skip
        is_told = any(row[:3] == (what.kpi, grain, start) for row in self.world.kpis)
        if not decided or not is_told:
            return _ZERO
        return rounded(rounded(won / decided, 6) / Fraction(what.goal or 0), 9)

    def _carried(self) -> dict[tuple[str, str, str, str, str, date], Fraction]:
        """Walk through the periods: each pays what is earned and waits, up to its cap."""
        counted = {self._key(one, 0)[:-1]: one for one in self.counted}
        earned: dict[tuple[object, ...], Fraction] = defaultdict(Fraction)
        for (*names, _), (_, amount) in self.lines.items():
            one = counted[tuple(names)]
            if one.item.cap and one.item.cap.excess == "carry":
                start = one.start(one.credit.event.day)
                earned[*one.root[:3], one.currency, GRAINS[one.item.frequency], start] += amount
        caps: dict[tuple[str, ...], list[tuple[date, Fraction]]] = defaultdict(list)
        for who, name, start, end, _, currency in self.world.assignments:
            for plan in (plan for plan in self.plans if plan.plan == name):
                for item in plan.components:
                    first = max(start, plan.valid_from, item.counted_from or start)
                    last = min(end or NO_END, plan.valid_to or NO_END, item.counted_to or NO_END)
                    if first < last and item.cap and item.cap.excess == "carry":
                        key = (who, name, item.component, currency, GRAINS[item.frequency])
                        caps[key].append((first, Fraction(item.cap.amount)))
        found = {}
        for key, known in caps.items():
            waiting, day = _ZERO, period_start(min(known)[0], key[4], 1)
            while day <= self.world.as_of:
                last = period_end(day, key[4])
                cap = max((row for row in known if row[0] <= last), key=lambda row: row[0])[1]
                mine = earned[*key, day]
                paid = min(waiting + mine, cap)
                waiting += mine - paid
                if paid != mine:
                    found[*key, day] = paid - mine
                day = last + timedelta(1)
        return found  # type: ignore[return-value]

    def _type(self, event: Event) -> str | None:
        is_known = any(event.deal == name for name, *_ in self.world.deals)
        return self.world.types.get(event.deal, "new") if is_known else None

    def _value(self, credit: Credit, item: PlanComponent, currency: str) -> Fraction | None:
        event = credit.event
        if item.measure not in MONEY:
            return self._pieces(event, credit.share)
        if credit.amount is None or event.currency == currency:
            return credit.amount
        day = event.priced
        if item.fx_date == "period_start":
            day = period_start(day, GRAINS[item.frequency], 1)
        return rounded(credit.amount * self.rate(event.currency, day) / self.rate(currency, day), 9)

    def _pieces(self, event: Event, share: Fraction) -> Fraction | None:
        """Somebody's part of the pieces; of refunds, as they add up."""
        if event.quantity is None:
            return None
        before = _ZERO
        if event.is_reversal:
            before = sum((one.quantity or _ZERO for one in self._events()
                          if one.is_reversal and one.root == event.root
                          and (one.day, one.key) < (event.day, event.key)), _ZERO)  # fmt: skip
        return rounded((before + event.quantity) * share, 9) - rounded(before * share, 9)

    def quota(self, payee: str, currency: str, measure: str, grain: str, start: date) -> Fraction:
        """The quota of a period, by the days that it has in it."""
        total, last = Fraction(0), period_end(start, grain)
        for who, what, first, end, amount, its_currency in self.world.quotas:
            days = (min(end.toordinal(), last.toordinal() + 1)
                    - max(first, start).toordinal())  # fmt: skip
            if (who, what) != (payee, measure) or days <= 0:
                continue
            worth = Fraction(amount)
            if its_currency not in ("", currency):
                worth *= self.rate(its_currency, first) / self.rate(currency, first)
            total += rounded(rounded(worth, 9) * days / (end - first).days, 9)
        return total

    def quotas(self, world: PayWorld) -> dict[tuple[object, ...], Fraction]:
        """The quotas of everybody's components, for each period of an assignment."""
        found = {}
        for who, name, start, end, _, currency in world.assignments:
            for plan in self.plans:
                first = max(start, plan.valid_from)
                last = min(end or NO_END, plan.valid_to or NO_END, AS_OF + timedelta(1))
                if plan.plan != name or first >= last:
                    continue
                for item in plan.components:
                    grain, day = GRAINS[item.frequency], max(first, item.counted_from or first)
                    while item.quota_measure and day < min(last, item.counted_to or last):
                        begin = period_start(day, grain, 1)
                        day = period_end(begin, grain) + timedelta(1)
                        key = (payee_key(who), name, plan.version, item.component, currency, begin)
                        if self._has_quota(who, item.quota_measure, begin, day):
                            quota = self.quota(who, currency, item.quota_measure, grain, begin)
                            found[key] = rounded(quota, 2)
        return found

    def _has_quota(self, who: str, measure: str, begin: date, end: date) -> bool:
        return any(
            row[:2] == (who, measure) and row[2] < end and row[3] > begin
            for row in self.world.quotas
        )

    def _price(self) -> None:
        windows: dict[tuple[object, ...], list[Counted]] = defaultdict(list)
        for one in self.counted:
            if not one.is_late:
                windows[one.window].append(one)
        unlimited: list[tuple[Counted, int, Fraction, Fraction]] = []
        for credits in windows.values():
            sums_of: dict[int, Fraction] = defaultdict(Fraction)
            total, is_first = Fraction(0), True
            for one in sorted(credits, key=lambda one: one.order):
                factor = self.factor(one)
                for tier, base, worth in self._tiers(one, total, total + one.base, is_first):
                    exact = worth * factor
                    amount = rounded(exact, 2)
                    is_reversal = one.credit.event.is_reversal
                    if is_reversal or one.item.scope != "transaction":
                        slot = tier if one.item.method in ("flat", "marginal") else 0
                        so_far = sums_of[slot]
                        sums_of[slot] = so_far + exact
                        amount = rounded(so_far + exact, 2) - rounded(so_far, 2)
                    unlimited.append((one, tier, base, amount))
                total, is_first = total + one.base, False
        sums: dict[tuple[object, ...], Fraction] = defaultdict(Fraction)
        for one, tier, base, amount in sorted(unlimited, key=lambda line: (line[0].order, line[1])):
            if (cap := one.cap) is not None and one.item.cap:
                limit, before = Fraction(one.item.cap.amount), sums[cap]
                sums[cap] = before + amount
                amount = min(sums[cap], limit) - min(before, limit)
            self._add(one, tier, base, amount)

    def _tiers(
        self, one: Counted, before: Fraction, after: Fraction, is_first: bool
    ) -> Iterator[tuple[int, Fraction, Fraction]]:
        """Yield tier, base in it and exact amount of a step from one total to another."""
        item, unit = one.item, Fraction(1)
        if item.measured_in == "attainment":
            start = one.start(one.credit.event.priced, is_window=True)
            grain = "year" if item.scope == "year_to_date" else GRAINS[item.frequency]
            unit = self.quota(one.payee, one.currency, item.quota_measure or "", grain, start)
            if unit == 0:
                if one.base:
                    yield 1, one.base, Fraction(0)
                return
        if item.method in ("flat", "marginal"):
            low, high = sorted((before, after))
            for tier, (lower, upper, band) in enumerate(self._bands(item, unit), start=1):
                inside = min(high, high if upper is None else upper) - max(
                    low, low if lower is None else lower
                )
                if inside > 0:
                    base = inside if after > before else -inside
                    yield tier, base, base * Fraction(band)
            return
        tier, worth = self._worth(item, unit, after)
        worth_before = Fraction(0) if is_first else self._worth(item, unit, before)[1]
        yield tier, one.base, worth - worth_before

    def _bands(
        self, item: PlanComponent, unit: Fraction
    ) -> list[tuple[Fraction | None, Fraction | None, Fraction]]:
        return [
            (
                rounded(Fraction(band.at_least) * unit, 9) if number else None,
                None if band.below is None else rounded(Fraction(band.below) * unit, 9),
                Fraction(band.rate if band.rate is not None else band.amount or 0),
            )
            for number, band in enumerate(item.bands)
        ]

    def _worth(self, item: PlanComponent, unit: Fraction, total: Fraction) -> tuple[int, Fraction]:
        if item.points:
            points = [
                (rounded(Fraction(point.at) * unit, 9), Fraction(point.amount or 0))
                for point in item.points
            ]
            if total < points[0][0]:
                return 1, points[0][1]
            for tier, (one, two) in enumerate(zip(points, points[1:], strict=False), start=2):
                if total < two[0]:
                    part = (two[1] - one[1]) * (total - one[0]) / (two[0] - one[0])
                    return tier, one[1] + rounded(part, 9)
            return len(points) + 1, points[-1][1]
        for tier, (_, upper, value) in enumerate(self._bands(item, unit), start=1):
            if upper is None or total < upper:
                return tier, value * total if item.method == "retroactive" else value
        raise AssertionError("the last band is open")

    def _key(self, one: Counted, tier: int) -> Line:
        return (one.credit.event.key, one.credit.who, one.payee, one.plan.plan, one.plan.version,
                one.item.component, tier)  # fmt: skip

    def _add(self, one: Counted, tier: int, base: Fraction, amount: Fraction) -> None:
        key = self._key(one, tier)
        assert key not in self.lines
        self.lines[key] = (base, amount)

    def _take_back_late(self) -> None:
        """Each deal gives back its part of what it was paid; the window no more than it paid."""
        keys = {self._key(one, 0)[:-1]: one for one in self.counted}
        paid: dict[tuple[str, ...], dict[int, list[Fraction]]] = defaultdict(dict)
        windows: dict[tuple[object, ...], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 2)
        for (*names, tier), values in self.lines.items():
            one = keys[tuple(names)]
            for sums in (
                paid[one.root].setdefault(tier, [Fraction(0)] * 2), windows[one.window]
            ):  # fmt: skip
                sums[:] = [old + new for old, new in zip(sums, values, strict=True)]
        reversed_so_far: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
        taken: dict[tuple[object, ...], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 3)
        for one in sorted((c for c in self.counted if c.is_late), key=lambda c: c.order):
            whole = sum((base for base, _ in paid[one.root].values()), Fraction(0))
            if whole <= 0:
                continue
            before = reversed_so_far[one.root]
            after = reversed_so_far[one.root] = before - one.base
            parts = [min(part, whole) for part in (before, after)]
            base_paid, amount_paid = windows[one.window]
            so_far = taken[one.window]
            for tier, (base, amount) in sorted(paid[one.root].items()):
                bases = [rounded(base * part / whole, 9) for part in parts]
                amounts = [rounded(rounded(amount * part / whole, 9), 2) for part in parts]
                so_far[0] += bases[1] - bases[0]
                so_far[1] += amounts[1] - amounts[0]
                limit = max(amount_paid, Fraction(0))
                allowed = limit if so_far[0] >= base_paid else min(so_far[1], limit)
                self._add(one, tier, bases[0] - bases[1], so_far[2] - allowed)
                so_far[2] = allowed
