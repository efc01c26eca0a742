"""The paths of an account's set-up: properties, schemas, pipelines, owners, the account itself.

Belongs here: `/crm/v3/properties`, `schemas`, `pipelines`, `owners`, `/account-info/v3`. Does not:
records (objects_api).
"""

from __future__ import annotations

from typing import Any

from sample_company.simulators.hubspot.catalogue import Kind, Property
from sample_company.simulators.hubspot.errors import ApiError, not_found
from sample_company.simulators.hubspot.limits import Limits
from sample_company.simulators.hubspot.objects_api import kind_of
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.routing import Asked, Route, page, route
from sample_company.simulators.hubspot.setup import PIPELINES
from sample_company.simulators.messages import Response

MOST_OWNERS = 500


class SetupApi:
    """Answers for the set-up of one account."""

    def __init__(self, portal: Portal, limits: Limits) -> None:
        """Answer for an account."""
        self._portal, self._limits = portal, limits
        owners = "crm.objects.owners.read"
        self.routes: list[Route] = [
            route("GET", "/crm/v3/properties/{kind}", self._properties),
            route("GET", "/crm/v3/properties/{kind}/{name}", self._property),
            route("GET", "/crm/v3/schemas", self._schemas),
            route("GET", "/crm/v3/schemas/{kind}", self._schema),
            route("GET", "/crm/v3/pipelines/{kind}", self._pipelines),
            route("GET", "/crm/v3/pipelines/{kind}/{id}", self._pipeline),
            route("GET", "/crm/v3/owners", self._owners, owners),
            route("GET", "/crm/v3/owners/{id}", self._owner, owners),
            route("GET", "/account-info/v3/details", self._details),
            route("GET", "/account-info/v3/api-usage/daily/private-apps", self._usage),
        ]

    def _kind(self, asked: Asked) -> Kind:
        kind = kind_of(self._portal, asked.parts["kind"])
        asked.token.require(kind.scope)
        return kind

    def _properties(self, asked: Asked) -> Response:
        kind = self._kind(asked)
        # HubSpot deletes properties softly; here they are gone, so that no list is archived.
        shown = [] if asked.flag("archived") else list(kind.properties.values())
        return Response.of_json({"results": [self._body(kind, each) for each in shown]})

    def _property(self, asked: Asked) -> Response:
        kind = self._kind(asked)
        name = asked.parts["name"]
        if name not in kind.properties:
            raise not_found(f"No property named {name} exists for object type {kind.type_id}")
        return Response.of_json(self._body(kind, kind.properties[name]))

    def _body(self, kind: Kind, each: Property) -> dict[str, Any]:
        is_locked = each.is_calculated or each.name in kind.always
        found: dict[str, Any] = {
            "updatedAt": each.updated_at,
            "createdAt": each.created_at,
            "name": each.name,
            "label": each.name.removeprefix("hs_").replace("_", " ").capitalize(),
            "type": each.type,
            "fieldType": each.field_type,
            "description": "",
            "groupName": f"{kind.singular}information",
            "options": self._options(kind, each),
            "displayOrder": -1,
            "calculated": each.is_calculated,
            "externalOptions": each.name == "hubspot_owner_id",
            "hasUniqueValue": False,
            "hidden": False,
            "modificationMetadata": {
                "archivable": each.is_custom,
                "readOnlyDefinition": not each.is_custom,
                "readOnlyValue": is_locked,
            },
            "formField": kind.name == "contacts" and not is_locked,
            "dataSensitivity": "non_sensitive",
        }
        if each.name == "hubspot_owner_id":
            found["referencedObjectType"] = "OWNER"
        return found | ({} if each.is_custom else {"hubspotDefined": True})

    def _options(self, kind: Kind, each: Property) -> list[dict[str, Any]]:
        values = [(option, option) for option in each.options]
        which = PIPELINES.get(kind.name, ("", ""))
        lines = self._portal.pipelines.get(kind.name, [])
        if each.name == which[0]:
            values = [(line.id, line.label) for line in lines]
        elif each.name == which[1]:
            values = [(stage.id, stage.label) for line in lines for stage in line.stages]
        elif each.type == "bool":
            values = [("true", "Yes"), ("false", "No")]
        return [
            {"label": label, "value": value, "displayOrder": number, "hidden": False}
            for number, (value, label) in enumerate(values)
        ]

    def _schemas(self, asked: Asked) -> Response:
        asked.token.require("crm.schemas.custom.read")
        # Only custom objects are in this list, and the account has none.
        return Response.of_json({"results": []})

    def _schema(self, asked: Asked) -> Response:
        kind = self._kind(asked)
        name = kind.singular
        body = {
            "id": kind.type_id,
            "objectTypeId": kind.type_id,
            "fullyQualifiedName": name.upper(),
            "name": name.upper(),
            "labels": {"singular": name.capitalize(), "plural": kind.name.capitalize()},
            "primaryDisplayProperty": kind.defaults[0],
            "requiredProperties": [],
            "searchableProperties": [],
            "properties": [self._body(kind, each) for each in kind.properties.values()],
            "associations": [],
            "archived": False,
        }
        return Response.of_json(body)

    def _pipelines(self, asked: Asked) -> Response:
        kind = self._kind(asked)
        if kind.name not in PIPELINES:
            raise ApiError(f"{kind.name} do not have pipelines")
        lines = self._portal.pipelines[kind.name]
        results = [line.body(number, kind.name) for number, line in enumerate(lines)]
        return Response.of_json({"results": results})

    def _pipeline(self, asked: Asked) -> Response:
        kind = self._kind(asked)
        for number, line in enumerate(self._portal.pipelines.get(kind.name, [])):
            if line.id == asked.parts["id"]:
                return Response.of_json(line.body(number, kind.name))
        raise not_found()

    def _owners(self, asked: Asked) -> Response:
        limit = asked.number("limit", 100, MOST_OWNERS)
        is_archived, email = asked.flag("archived"), asked.one("email")
        shown = [
            owner
            for owner in self._portal.owners
            if owner.is_archived is is_archived
            and (not email or owner.email == email)
            and owner.id > asked.one("after")
        ]
        results = [owner.body(self._portal.team_ids) for owner in shown[:limit]]
        after = shown[limit - 1].id if len(shown) > limit else None
        return page(results, after, f"{asked.request.base_url}{asked.request.path}")

    def _owner(self, asked: Asked) -> Response:
        is_archived, by_user = asked.flag("archived"), asked.one("idProperty") == "userId"
        for owner in self._portal.owners:
            known = str(owner.user_id) if by_user else owner.id
            if known == asked.parts["id"] and owner.is_archived is is_archived:
                return Response.of_json(owner.body(self._portal.team_ids))
        raise not_found()

    def _details(self, asked: Asked) -> Response:
        portal = self._portal
        offset = portal.clock.now().astimezone(self._limits.zone).strftime("%z")
        body = {
            "portalId": portal.portal_id,
            "accountType": "STANDARD",
            "timeZone": portal.zone,
            "companyCurrency": portal.currency,
            "additionalCurrencies": list(portal.currencies),
            "utcOffset": f"{offset[:3]}:{offset[3:]}",
            "utcOffsetMilliseconds": int(offset[:3]) * 3_600_000,
            "uiDomain": "app-eu1.hubspot.com",
            "dataHostingLocation": "eu1",
        }
        return Response.of_json(body)

    def _usage(self, asked: Asked) -> Response:
        usage = {
            "name": "private-apps-api-calls-daily",
            "usageLimit": self._limits.daily,
            "currentUsage": self._limits.used_today,
            "fetchStatus": "SUCCESS",
        }
        return Response.of_json({"results": [usage]})
