"""What people did in Velmora's CRM: histories, roles, campaign members, calls and meetings.

Belongs here: records about other records. Does not: those others (sample).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sample_company.exports import BROKEN_ROWS, export_rows
from sample_company.simulators.salesforce.fields import Value
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.sample_ids import Ids
from sample_company.world import Change, Deal, World, local_day

Record = dict[str, Value]
STATUS_OF = {
    "mql_at": "MQL",
    "handed_off_at": "Assigned to sales",
    "accepted_at": "Accepted",
    "rejected_at": "Rejected",
    "qualified_at": "Qualified",
}


def load_acts(organisation: Organisation, world: World, ids: Ids) -> None:
    """Load everything of this chapter."""
    acts = _Acts(organisation, world, ids)
    load = organisation.load
    load("CampaignMember", acts.members())
    load("OpportunityContactRole", acts.roles())
    load("LeadHistory", acts.lead_history())
    for deal in world.deals:
        stages, fields = acts.deal_history(deal)
        load("OpportunityHistory", stages)
        load("OpportunityFieldHistory", fields)
    tasks, events = acts.activities()
    load("Task", tasks)
    load("Event", events)


class _Acts:
    def __init__(self, organisation: Organisation, world: World, ids: Ids) -> None:
        self._organisation, self._world, self._ids = organisation, world, ids

    def members(self) -> Iterator[Record]:
        for lead in self._world.leads:
            if lead.campaign:
                yield {
                    **self._new("CampaignMember", lead.created_at),
                    "CampaignId": self._ids.of("Campaign", lead.campaign),
                    "LeadId": self._ids.of("Lead", lead.lead_id),
                    "ContactId": self._ids.known(
                        "Contact", lead.person.person_id if lead.person else ""
                    ),
                    "Status": "Responded",
                    "HasResponded": True,
                    "FirstRespondedDate": local_day(lead.created_at),
                    "CurrencyIsoCode": "EUR",
                }

    def roles(self) -> Iterator[Record]:
        for deal in self._world.deals:
            if deal.person:
                yield {
                    **self._new("OpportunityContactRole", deal.created_at),
                    "OpportunityId": self._ids.of("Opportunity", deal.opportunity_id),
                    "ContactId": self._ids.of("Contact", deal.person.person_id),
                    "IsPrimary": True,
                    "CurrencyIsoCode": deal.currency,
                }

    def lead_history(self) -> Iterator[Record]:
        for lead in self._world.leads:
            parent = {"LeadId": self._ids.of("Lead", lead.lead_id)}
            created = self._new("LeadHistory", lead.created_at)
            yield {**created, **parent, "Field": "created", "DataType": "Text"}
            status = "New"
            dated = sorted((at, name) for name, at in lead.moments.items() if name in STATUS_OF)
            for at, name in dated:
                yield {
                    **self._new("LeadHistory", at),
                    **parent,
                    **_noted("Status", "DynamicEnum", status, STATUS_OF[name]),
                }
                status = STATUS_OF[name]

    def deal_history(self, deal: Deal) -> tuple[list[Record], list[Record]]:
        """The rows of OpportunityHistory and of OpportunityFieldHistory."""
        parent: Record = {"OpportunityId": self._ids.of("Opportunity", deal.opportunity_id)}
        created = self._new("OpportunityFieldHistory", deal.created_at)
        fields: list[Record] = [{**created, **parent, "Field": "created", "DataType": "Text"}]
        stages: list[Record] = []
        before: Change | None = None
        for change in deal.changes:
            after = change if before is None else _carried(before, change)
            for noted in self._field_notes(before, after):
                fields.append(
                    {**self._new("OpportunityFieldHistory", change.at), **parent, **noted}
                )
            if change.stage or change.amount is not None or change.close_date:
                stages.append(self._stage_note(deal, before, after) | parent)
            before = after
        return stages, fields

    def activities(self) -> tuple[list[Record], list[Record]]:
        """Tasks for calls, events for meetings."""
        broken = {key for entity, key, _ in BROKEN_ROWS if entity == "activities"}
        tasks: list[Record] = []
        events: list[Record] = []
        for row in export_rows(self._world)["activities"]:
            if row["id"] in broken:
                continue
            at = datetime.fromisoformat(row["occurred_at"])
            is_call = row["type"] == "call"
            record: Record = {
                "Id": self._ids.of("Task" if is_call else "Event", row["id"]),
                "CreatedDate": at,
                "WhoId": self._ids.known("Lead", row["lead_id"]),
                "WhatId": self._ids.known("Opportunity", row["opportunity_id"]),
                "Subject": "Call" if is_call else "Meeting",
                "ActivityDate": local_day(at),
                "Type": "Call" if is_call else "Meeting",
                "OwnerId": self._ids.of("User", row["employee"]),
                "CurrencyIsoCode": "EUR",
                "External_Id__c": row["id"],
                "Direction__c": row["direction"],
                "Purpose__c": row["purpose"],
            }
            if is_call:
                done: Record = {
                    "Status": "Completed",
                    "TaskSubtype": "Call",
                    "CallType": "Outbound",
                }
                tasks.append({**record, **done, "CompletedDateTime": at, "IsClosed": True})
            else:
                end = at + timedelta(minutes=45)
                lasts: Record = {"StartDateTime": at, "EndDateTime": end, "DurationInMinutes": 45}
                events.append({**record, **lasts})
        return tasks, events

    def _new(self, name: str, made: datetime) -> Record:
        return {"Id": self._organisation.next_id(name), "CreatedDate": made}

    def _stage_note(self, deal: Deal, before: Change | None, after: Change) -> Record:
        stage = self._organisation.store.run(
            "select DefaultProbability, ForecastCategory from OpportunityStage "
            "where MasterLabel = ?",
            (after.stage,),
        )[0]
        note: Record = {
            **self._new("OpportunityHistory", after.at),
            "StageName": after.stage,
            "Amount": after.amount,
            "CloseDate": after.close_date,
            "Probability": Decimal(stage[0]),
            "ForecastCategory": stage[1],
            "CurrencyIsoCode": deal.currency,
        }
        if before is not None:
            note |= {"PrevAmount": before.amount, "PrevCloseDate": before.close_date}
        return note

    def _field_notes(self, before: Change | None, after: Change) -> Iterator[Record]:
        if before is None:
            return
        if before.stage != after.stage:
            yield _noted("StageName", "DynamicEnum", before.stage, after.stage)
        if before.amount != after.amount:
            yield _noted("Amount", "Currency", before.amount, after.amount)
        if before.close_date != after.close_date:
            yield _noted("CloseDate", "DateOnly", before.close_date, after.close_date)
        if before.owner != after.owner:
            owners = (self._ids.of("User", before.owner), self._ids.of("User", after.owner))
            yield _noted("Owner", "EntityId", *owners)


def _carried(before: Change, change: Change) -> Change:
    """The state after a change: what it leaves blank stays."""
    return replace(
        change,
        stage=change.stage or before.stage,
        amount=before.amount if change.amount is None else change.amount,
        close_date=change.close_date or before.close_date,
        owner=change.owner or before.owner,
    )


def _noted(name: str, kind: str, old: str | Decimal | date | None, new: Value) -> Record:
    return {"Field": name, "DataType": kind, "OldValue": old, "NewValue": new}
