"""The paths of associations, version 4: of many records at once, of one, and their types.

Belongs here: `/crm/v4/…`. Does not: associations in lists (objects_api).
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from sample_company.simulators.hubspot.associations import AssociationType
from sample_company.simulators.hubspot.catalogue import Kind
from sample_company.simulators.hubspot.errors import ApiError, not_found
from sample_company.simulators.hubspot.objects_api import kind_of
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.routing import Asked, Route, page, route
from sample_company.simulators.hubspot.values import moment_text
from sample_company.simulators.messages import Response

MOST_IN_BATCH, MOST_OF_ONE = 1_000, 500


class AssociationsApi:
    """Answers for the associations of one account; `page_size` is that of a record in a batch."""

    def __init__(self, portal: Portal) -> None:
        """Answer for an account."""
        self._portal, self.page_size = portal, MOST_OF_ONE
        between = "/crm/v4/associations/{start}/{end}"
        self.routes: list[Route] = [
            route("POST", f"{between}/batch/read", self._batch),
            route("GET", f"{between}/labels", self._labels),
            route("GET", "/crm/v4/objects/{start}/{id}/associations/{end}", self._single),
        ]

    def _ends(self, asked: Asked) -> tuple[Kind, Kind]:
        ends = [kind_of(self._portal, asked.parts[name]) for name in ("start", "end")]
        for kind in ends:
            asked.token.require(kind.scope)
        return ends[0], ends[1]

    def _batch(self, asked: Asked) -> Response:
        start, end = self._ends(asked)
        results, errors = [], []
        for given in asked.inputs(MOST_IN_BATCH):
            record = str(given.get("id"))
            to, after = self._page(start, end, record, str(given.get("after") or ""),
                                   self.page_size)  # fmt: skip
            if not to:
                errors.append(_none_found(start, end, record))
                continue
            result: dict[str, Any] = {"from": {"id": record}, "to": to}
            if after:
                link = f"{asked.request.base_url}{asked.request.path}?after={after}"
                result["paging"] = {"next": {"after": after, "link": link}}
            results.append(result)
        now = moment_text(self._portal.clock.now())
        body: dict[str, Any] = {
            "status": "COMPLETE",
            "results": results,
            "startedAt": now,
            "completedAt": now,
        }
        if not errors:
            return Response.of_json(body)
        return Response.of_json(body | {"numErrors": len(errors), "errors": errors}, 207)

    def _single(self, asked: Asked) -> Response:
        start, end = self._ends(asked)
        record = asked.parts["id"]
        found = self._portal.find(start.name, record)
        if found is None or found.is_archived:
            raise not_found()
        limit = asked.number("limit", MOST_OF_ONE, MOST_OF_ONE)
        to, after = self._page(start, end, record, asked.one("after"), limit)
        return page(to, after or None, f"{asked.request.base_url}{asked.request.path}")

    def _labels(self, asked: Asked) -> Response:
        start, end = self._ends(asked)
        types = self._portal.associations.types(start.name, end.name)
        return Response.of_json({"results": [_type(each) for each in types]})

    def _page(
        self, start: Kind, end: Kind, record: str, after: str, limit: int
    ) -> tuple[list[dict[str, Any]], str]:
        portal = self._portal
        found = portal.find(start.name, record)
        if found is None or found.is_archived:
            return [], ""
        first = _decoded(after)
        to: list[dict[str, Any]] = []
        with portal.lock:
            for other, types in portal.associations.of((start.name, found.id), end.name).items():
                there = portal.find(end.name, other)
                if int(other) < first or there is None or there.is_archived:
                    continue
                if len(to) == limit:
                    return to, base64.b64encode(other.encode()).decode()
                entry = {"toObjectId": int(other), "associationTypes": [_type(t) for t in types]}
                to.append(entry)
        return to, ""


def _type(each: AssociationType) -> dict[str, Any]:
    return {"category": each.category, "typeId": each.type_id, "label": each.label or None}


def _none_found(start: Kind, end: Kind, record: str) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {end.singular} is associated with {start.singular} {record}.",
        "context": {
            "fromObjectId": [record],
            "fromObjectType": [start.type_id],
            "toObjectType": [end.type_id],
        },
    }


def _decoded(after: str) -> int:
    try:
        return int(base64.b64decode(after)) if after else 0
    except (binascii.Error, ValueError):
        raise ApiError(f"after is not valid: {after}") from None
