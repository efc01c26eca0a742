"""The paths of marketing: forms and submissions, e-mails and their events, campaigns, events.

Belongs here: `/marketing/v3/…`, `/form-integrations/v1/…`, `/email/public/v1/…`. Does not: what
marketing did (marketing).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sample_company.simulators.hubspot.errors import ApiError, not_found
from sample_company.simulators.hubspot.marketing import EmailEvent, Submission, Thing
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.routing import Asked, Route, page, route
from sample_company.simulators.hubspot.values import millis, moment_of, moment_text
from sample_company.simulators.messages import Response

MOST_SUBMISSIONS, MOST_EVENTS, MOST_THINGS = 50, 1_000, 100
Body = Callable[[Thing, Asked], dict[str, Any]]


class MarketingApi:
    """Answers for the marketing of one account."""

    def __init__(self, portal: Portal) -> None:
        """Answer for an account."""
        self._portal, self._marketing = portal, portal.marketing
        emails, things = "/marketing/v3/emails", self._marketing
        self.routes: list[Route] = [
            *self._of("/marketing/v3/forms", things.forms, _form, "forms"),
            route("GET", "/form-integrations/v1/submissions/forms/{id}", self._submissions,
                  "forms"),
            route("GET", f"{emails}/statistics/list", self._statistics_list, "content"),
            route("GET", f"{emails}/{{id}}/statistics", self._statistics, "content"),
            *self._of(emails, things.emails, self._email, "content"),
            route("GET", "/marketing/v3/campaigns/{id}/assets/{type}", self._assets,
                  "marketing.campaigns.read"),
            route("GET", "/marketing/v3/campaigns/{id}/budget/totals", self._budget,
                  "marketing.campaigns.read"),
            *self._of("/marketing/v3/campaigns", things.campaigns, _campaign,
                      "marketing.campaigns.read"),
            route("GET", "/marketing/v3/marketing-events/participations/{id}/breakdown",
                  self._participations, "crm.objects.marketing_events.read"),
            *self._of("/marketing/v3/marketing-events", things.events, _event,
                      "crm.objects.marketing_events.read"),
            route("GET", "/email/public/v1/events", self._events, "content"),
        ]  # fmt: skip

    def _of(self, path: str, things: dict[str, Thing], body: Body, scope: str) -> list[Route]:
        def listed(asked: Asked) -> Response:
            limit, after = asked.number("limit", 20, MOST_THINGS), asked.one("after", "0") or "0"
            if not after.isdigit():
                raise ApiError(f"after is not valid: {after}")
            first, is_archived = int(after), asked.flag("archived")
            kept = [each for each in things.values() if each.is_archived is is_archived]
            bounds = {
                "createdAfter": lambda each, at: each.created_at > at,
                "updatedAfter": lambda each, at: each.updated_at > at,
            }
            for name, passes in bounds.items():
                if asked.one(name):
                    kept = [each for each in kept if passes(each, moment_of(asked.one(name)))]
            results = [body(each, asked) for each in kept[first : first + limit]]
            following = str(first + limit) if len(kept) > first + limit else None
            url = f"{asked.request.base_url}{asked.request.path}"
            return page(results, following, url, total=len(kept))

        def single(asked: Asked) -> Response:
            found = things.get(asked.parts["id"])
            if found is None or found.is_archived is not asked.flag("archived"):
                raise not_found()
            return Response.of_json(body(found, asked))

        return [route("GET", path, listed, scope), route("GET", f"{path}/{{id}}", single, scope)]

    def _submissions(self, asked: Asked) -> Response:
        form = asked.parts["id"]
        if form not in self._marketing.submissions:
            raise not_found(f"No form found with guid '{form}'")
        limit = asked.number("limit", 20, MOST_SUBMISSIONS)
        with self._marketing.lock:
            newest: list[Submission] = sorted(
                self._marketing.submissions[form], key=lambda each: each.at, reverse=True
            )
        first = _offset(asked.one("after"))
        results = [each.on_wire() for each in newest[first : first + limit]]
        after = str(first + limit) if len(newest) > first + limit else None
        return page(results, after)

    def _participations(self, asked: Asked) -> Response:
        event = self._marketing.events.get(asked.parts["id"])
        if event is None:
            raise not_found()
        limit, first = asked.number("limit", 10, MOST_THINGS), _offset(asked.one("after"))
        wanted, contact = asked.one("state"), asked.one("contactIdentifier")
        with self._marketing.lock:
            kept = [
                each
                for each in self._marketing.participations.get(event.id, [])
                if wanted in ("", each.state) and contact in ("", each.contact, each.email)
            ]
        results = [each.on_wire(event.name) for each in kept[first : first + limit]]
        after = str(first + limit) if len(kept) > first + limit else None
        return page(results, after, total=len(kept))

    def _email(self, each: Thing, asked: Asked) -> dict[str, Any]:
        found = _common(each) | {"name": each.name, **each.body}
        return found | ({"stats": self._stats(each.id)} if asked.flag("includeStats") else {})

    def _stats(self, email: str) -> dict[str, Any]:
        counters = self._marketing.counters(email)
        delivered, sent = counters["delivered"], counters["sent"]
        ratios = {
            "openratio": _percent(counters["open"], delivered),
            "clickratio": _percent(counters["click"], delivered),
            "deliveredratio": _percent(delivered, sent),
            "unsubscribedratio": _percent(counters["unsubscribed"], delivered),
            "bounceratio": _percent(counters["bounce"], sent),
        }
        return {"counters": counters, "ratios": ratios, "deviceBreakdown": {},
                "qualifierStats": {}}  # fmt: skip

    def _statistics(self, asked: Asked) -> Response:
        if asked.parts["id"] not in self._marketing.emails:
            raise not_found()
        return Response.of_json(self._stats(asked.parts["id"]))

    def _statistics_list(self, asked: Asked) -> Response:
        ids = [each for each in asked.names("emailIds") if each in self._marketing.emails]
        shown = ids or list(self._marketing.emails)
        total: dict[str, int] = {}
        by_email = {}
        for email in shown:
            stats = self._stats(email)
            by_email[email] = stats
            for name, count in stats["counters"].items():
                total[name] = total.get(name, 0) + count
        aggregate = {"counters": total, "ratios": {}, "deviceBreakdown": {}, "qualifierStats": {}}
        body = {
            "aggregate": aggregate,
            "campaignAggregations": by_email,
            "emails": [int(each) for each in shown],
        }
        return Response.of_json(body)

    def _assets(self, asked: Asked) -> Response:
        campaign, kind = asked.parts["id"], asked.parts["type"]
        if campaign not in self._marketing.campaigns:
            raise not_found()
        things = {"MARKETING_EMAIL": self._marketing.emails, "FORM": self._marketing.forms,
                  "MARKETING_EVENT": self._marketing.events}.get(kind, {})  # fmt: skip
        results = [
            {"id": each.id, "name": each.name}
            for each in things.values()
            if each.body.get("campaign") == campaign
        ]
        return page(results, None)

    def _budget(self, asked: Asked) -> Response:
        found = self._marketing.campaigns.get(asked.parts["id"])
        if found is None:
            raise not_found()
        properties = found.body["properties"]
        body = {
            "currencyCode": properties.get("hs_currency_code", self._portal.currency),
            "budgetTotal": float(properties.get("hs_budget_items_sum_amount") or 0),
            "spendTotal": float(properties.get("hs_spend_items_sum_amount") or 0),
        }
        return Response.of_json(body)

    def _events(self, asked: Asked) -> Response:
        limit = asked.number("limit", 100, MOST_EVENTS)
        kept: list[EmailEvent] = self._marketing.events_newest_first()
        if asked.one("startTimestamp"):
            start = asked.number("startTimestamp", 0, 1 << 53, 0)
            kept = [each for each in kept if millis(each.at) >= start]
        if asked.one("endTimestamp"):
            end = asked.number("endTimestamp", 0, 1 << 53, 0)
            kept = [each for each in kept if millis(each.at) <= end]
        wanted = {
            "eventType": lambda each: each.type,
            "campaignId": lambda each: str(each.email_campaign_id),
            "recipient": lambda each: each.recipient,
        }
        for name, read in wanted.items():
            if asked.one(name):
                kept = [each for each in kept if read(each) == asked.one(name)]
        first = _offset(asked.one("offset"))
        shown = kept[first : first + limit]
        body: dict[str, Any] = {"hasMore": len(kept) > first + limit}
        if body["hasMore"]:
            body["offset"] = str(first + limit)
        events = [each.on_wire(self._portal.portal_id) for each in shown]
        return Response.of_json(body | {"events": events})


def _common(each: Thing) -> dict[str, Any]:
    return {
        "id": each.id,
        "createdAt": moment_text(each.created_at),
        "updatedAt": moment_text(each.updated_at),
        "archived": each.is_archived,
    }


def _form(each: Thing, asked: Asked) -> dict[str, Any]:
    flags = (
        "createNewContactForNewEmail", "editable", "allowLinkToResetKnownValues",
        "prePopulateKnownValues", "cloneable", "notifyContactOwner", "recaptchaEnabled",
        "archivable",
    )  # fmt: skip
    configuration: dict[str, Any] = dict.fromkeys(flags, True)
    configuration |= {
        "language": "en",
        "notifyRecipients": [],
        "postSubmitAction": {"type": "thank_you", "value": "Thank you"},
    }
    display = {
        "renderRawHtml": False,
        "theme": "default_style",
        "submitButtonText": "Submit",
        "style": {},
    }
    return _common(each) | {
        "name": each.name,
        **each.body,
        "configuration": configuration,
        "displayOptions": display,
        "legalConsentOptions": {"type": "none"},
    }


def _campaign(each: Thing, asked: Asked) -> dict[str, Any]:
    kept = each.body["properties"]
    names = asked.names("properties")
    found = _common(each) | {"properties": {name: kept[name] for name in names if name in kept}}
    del found["archived"]
    return found


def _event(each: Thing, asked: Asked) -> dict[str, Any]:
    found = _common(each) | {"objectId": each.id, **each.body}
    del found["archived"]
    return found


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 3) if whole else 0.0


def _offset(text: str) -> int:
    if text and not text.isdigit():
        raise ApiError(f"offset is not valid: {text}")
    return int(text or 0)
