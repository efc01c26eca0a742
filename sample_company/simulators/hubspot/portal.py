"""A HubSpot account as a whole: records and their associations, owners, pipelines, marketing.

Belongs here: what ties the parts together, and the truth of all of them. Does not: the parts, or
anything that clients ask for (the files named `_api`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sample_company.simulators.clock import Clock
from sample_company.simulators.hubspot.catalogue import property_of
from sample_company.simulators.hubspot.marketing import Marketing
from sample_company.simulators.hubspot.merging import Merging
from sample_company.simulators.hubspot.record import Texts
from sample_company.simulators.hubspot.setup import PIPELINES, Owner, Pipeline, Stage
from sample_company.simulators.hubspot.values import moment_text

# Of two companies; HubSpot shows it at the child as hs_parent_company_id too.
PARENT = "Parent Company"


class Portal(Merging):
    """One account; all moments come from its clock."""

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        portal_id: int = 62_515,
        zone: str = "Europe/Berlin",
        currency: str = "EUR",
        currencies: tuple[str, ...] = ("USD", "GBP"),
        index_lag: timedelta = timedelta(seconds=10),
    ) -> None:
        """Make an account; its search shows a change `index_lag` after it by the clock."""
        super().__init__(clock)
        self.portal_id, self.zone, self.index_lag = portal_id, zone, index_lag
        self.currency, self.currencies = currency, currencies
        self.owners: list[Owner] = []
        self.team_ids: dict[str, str] = {}
        self.pipelines: dict[str, list[Pipeline]] = {kind: [] for kind in PIPELINES}
        self.marketing = Marketing(self.clock)
        self._rest: Callable[[], None] | None = None

    def load_later(self, rest: Callable[[], None]) -> None:
        """Leave all but the owners to be loaded by `rest`, when somebody asks for it."""
        self._rest = rest

    def complete(self) -> None:
        """Load what was left for later, if anything was."""
        with self.lock:
            if self._rest is not None:
                self._rest()
                self._rest = None

    def add_owner(
        self,
        email: str,
        first_name: str,
        last_name: str,
        *,
        at: datetime | None = None,
        teams: tuple[str, ...] = (),
        is_archived: bool = False,
    ) -> str:
        """Make an owner and return the id, which is not that of the user."""
        made = at or self.clock.now()
        number = len(self.owners) + 1
        for team in teams:
            self.team_ids.setdefault(team, str(4_400_000 + len(self.team_ids) + 1))
        owner = Owner(
            str(41_629_000 + number), 9_586_000 + number, email, first_name, last_name, made, made,
            is_archived, list(teams),
        )  # fmt: skip
        self.owners.append(owner)
        return owner.id

    def archive_owner(self, owner: str) -> None:
        """Let a user leave: the owner is in the archived list from now on."""
        found = next(each for each in self.owners if each.id == owner)
        found.is_archived, found.updated_at = True, self.clock.now()

    def add_pipeline(
        self, kind: str, pipeline: str, label: str, stages: list[Stage], at: datetime | None = None
    ) -> None:
        """Make a pipeline; of deals, each stage brings properties for when it was entered."""
        made = Pipeline(pipeline, label, stages, at or self.clock.now())
        self.pipelines[kind].append(made)
        if kind == "deals":
            for stage in stages:
                for which in ("entered", "exited"):
                    found = property_of(f"hs_v2_date_{which}_{stage.id} datetime calculated")
                    self.kinds[kind].properties[found.name] = found

    def associate(
        self,
        start: tuple[str, str],
        end: tuple[str, str],
        label: str = "",
        at: datetime | None = None,
    ) -> None:
        """Associate two records, both named by object and id; no stamp of theirs moves."""
        with self.lock:
            self.associations.link(start, end, label, at or self.clock.now())
            if label == PARENT:
                self.set_calculated(*start, hs_parent_company_id=end[1])

    def dissociate(self, start: tuple[str, str], end: tuple[str, str], label: str = "") -> None:
        """End an association, or only its label; no stamp moves."""
        with self.lock:
            self.associations.unlink(start, end, self.clock.now(), label)
            if start[0] == end[0] == "companies" and label in ("", PARENT):
                self.set_calculated(*start, hs_parent_company_id=None)

    def links(
        self, start: str, end: str, as_of: datetime | None = None
    ) -> set[tuple[str, str, str, int, str]]:
        """Id, id, category, type id and label of every association between records not archived."""
        ids = {
            kind: {row["id"] for row in self.truth_of(kind, as_of) if not row["archived"]}
            for kind in {start, end}
        }
        return {
            (record, other, each.category, each.type_id, each.label)
            for record, other, each in self.associations.between(start, end, as_of)
            if record in ids[start] and other in ids[end]
        }

    def truth(self, as_of: datetime | None = None) -> dict[str, list[dict[str, Any]]]:
        """`truth_of` every object by name, and what marketing did."""
        found = {kind: list(self.truth_of(kind, as_of)) for kind in self.kinds}
        return found | self.marketing.truth(as_of)

    def derived(self, kind: str, before: Texts, after: Texts, at: datetime) -> Texts:
        """What follows from the stage of a deal."""
        if kind != "deals" or before.get("dealstage") == after.get("dealstage"):
            return {}
        made: Texts = {}
        old, new = before.get("dealstage", ""), after.get("dealstage", "")
        if f"hs_v2_date_exited_{old}" in self.kinds[kind].properties:
            made[f"hs_v2_date_exited_{old}"] = moment_text(at)
        if f"hs_v2_date_entered_{new}" in self.kinds[kind].properties:
            made[f"hs_v2_date_entered_{new}"] = moment_text(at)
        stage = next((found for line in self.pipelines[kind] if (found := line.stage(new))), None)
        if stage is not None:
            made["hs_is_closed"] = "true" if stage.is_closed else "false"
            made["hs_is_closed_won"] = "true" if stage.is_won else "false"
            made["hs_deal_stage_probability"] = stage.probability
        return made

    def vanished(self, kind: str, record: str, at: datetime) -> None:
        """End the associations of a record that is gone."""
        self.associations.end_all((kind, record), at)
