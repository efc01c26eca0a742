"""Two records that are one: the survivor takes over, the loser leaves every list.

Belongs here: what a merge does to values, histories, ids and associations. Does not: other changes
(records).
"""

from __future__ import annotations

from collections.abc import Mapping

from sample_company.simulators.clock import Clock
from sample_company.simulators.hubspot.associations import Associations
from sample_company.simulators.hubspot.catalogue import Property
from sample_company.simulators.hubspot.record import Record, Source, State, Texts
from sample_company.simulators.hubspot.records import Records
from sample_company.simulators.hubspot.values import millis

MERGED_KINDS = ("contacts", "companies", "deals", "tickets")


class Merging(Records):
    """Records that can be merged, with their associations."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Begin empty."""
        super().__init__(clock)
        self.associations = Associations()

    def merge(self, kind: str, survivor: str, loser: str, *, as_new: bool = False) -> str:
        """Merge two records and return the surviving id; KeyError when one is not there.

        The survivor's values stay, the loser's fill the blanks; of a contact's lifecycle stages
        the one that is furthest down the funnel stays. `as_new` is how HubSpot has merged
        since 2025: both records leave the lists, and a third one with a new id goes on.
        """
        if kind not in MERGED_KINDS:
            raise ValueError(f"HubSpot does not merge {kind}")
        with self.lock:
            kept, lost = self.read(kind, survivor), self.read(kind, loser)
            if kept is lost:
                raise ValueError(f"{kind} {survivor} cannot be merged with itself")
            if not as_new:
                self._absorb(kept, [lost])
                return survivor
            now = self.clock.now()
            new = self._records[kind][int(self._make(kind, {}, now, now, _source(survivor)))]
            new.created_at = kept.created_at
            made = self.kinds[kind].dates[0]
            new.now.properties[made] = kept.now.properties[made]
            self._absorb(new, [kept, lost])
            return new.id

    def _absorb(self, kept: Record, lost: list[Record]) -> None:
        kind, now = kept.kind, self.clock.now()
        known, before = self.kinds[kind].properties, kept.now.properties
        source = _source(lost[-1].id)
        changes: dict[str, str] = {}
        for record in lost:
            for name, text in record.now.properties.items():
                if name in known and not before.get(name) and not changes.get(name):
                    changes[name] = text
            _keep_furthest(kind, known, before, record.now.properties, changes)
        ids = [before.get("hs_merged_object_ids", "")]
        for record in lost:
            ids += [record.now.properties.get("hs_merged_object_ids", ""), record.id]
        changes["hs_merged_object_ids"] = ";".join(filter(None, ids))
        if kind == "contacts":
            vids = [before.get("hs_calculated_merged_vids", "")]
            vids += [f"{record.id}:{millis(now)}" for record in lost]
            changes["hs_calculated_merged_vids"] = ";".join(filter(None, vids))
            emails = [before.get("hs_additional_emails", "")]
            primary = before.get("email") or changes.get("email")
            for record in lost:
                own = record.now.properties
                emails += [own.get("hs_additional_emails", ""), own.get("email", "")]
            kept_emails = dict.fromkeys(";".join(filter(None, emails)).split(";"))
            changes["hs_additional_emails"] = ";".join(
                each for each in kept_emails if each and each != primary
            )
        changes = {name: text for name, text in changes.items() if before.get(name, "") != text}
        for name, text in changes.items():
            kept.note(name, text, now, source)
        for record in lost:
            self.associations.move((kind, record.id), kept.id, now)
            record.merged_into = kept.id
            self._go(record)
        self._commit(kept, State(now, now, before | changes | self._stamp(kind, now), now))


def _keep_furthest(
    kind: str, known: Mapping[str, Property], before: Texts, other: Texts, changes: Texts
) -> None:
    """Let a contact's lifecycle stage be the one furthest down the funnel."""
    name = "lifecyclestage"
    if kind != "contacts" or name not in known:
        return
    order = known[name].options
    held, told = changes.get(name) or before.get(name), other.get(name)
    if held in order and told in order and order.index(told) > order.index(held):
        changes[name] = told


def _source(record: str) -> Source:
    return Source("MERGE_OBJECTS", record)
