"""The paths of CRM objects: lists, single records, batches, searches.

Belongs here: `/crm/v3/objects/…`. Does not: associations of version 4, properties and pipelines.
"""

from __future__ import annotations

from typing import Any

from sample_company.simulators.hubspot.catalogue import Kind
from sample_company.simulators.hubspot.errors import ApiError, no_such_kind, not_found
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.record import Record, State, Version
from sample_company.simulators.hubspot.records import CALCULATED
from sample_company.simulators.hubspot.routing import Asked, Route, page, route
from sample_company.simulators.hubspot.search import Index, read_search
from sample_company.simulators.hubspot.values import moment_text
from sample_company.simulators.messages import Response

MOST_LISTED, MOST_WITH_HISTORY, MOST_IN_BATCH = 100, 50, 100
MOST_ASSOCIATED = 100
OBJECTS = "/crm/v3/objects/{kind}"


def kind_of(portal: Portal, name: str) -> Kind:
    """The object that a path names: `deals`, `deal` or `0-3`; ApiError for none."""
    for kind in portal.kinds.values():
        if name.lower() in (kind.name, kind.singular, kind.type_id):
            return kind
    raise no_such_kind(name)


class ObjectsApi:
    """Answers for the records of one account."""

    def __init__(self, portal: Portal) -> None:
        """Answer for an account."""
        self._portal, self._index = portal, Index(portal)
        self.routes: list[Route] = [
            route("POST", f"{OBJECTS}/search", self._search),
            route("POST", f"{OBJECTS}/batch/read", self._batch),
            route("GET", f"{OBJECTS}/{{id}}", self._single),
            route("GET", OBJECTS, self._list),
        ]

    def _kind(self, asked: Asked) -> Kind:
        kind = kind_of(self._portal, asked.parts["kind"])
        asked.token.require(kind.scope)
        return kind

    def _list(self, asked: Asked) -> Response:
        kind = self._kind(asked)
        with_history = asked.names("propertiesWithHistory")
        most = MOST_WITH_HISTORY if with_history else MOST_LISTED
        limit, is_archived = asked.number("limit", 10, most), asked.flag("archived")
        after = asked.one("after", "0") or "0"
        if not after.isdigit():
            raise ApiError(f"after is not valid: {after}")
        results: list[dict[str, Any]] = []
        for record in self._portal.listed(kind.name, int(after)):
            if record.is_archived is not is_archived:
                continue
            if len(results) == limit:
                last = str(int(results[-1]["id"]) + 1)
                return page(results, last, _link(asked))
            results.append(self._body(kind, record, asked.names("properties"), with_history, asked))
        return page(results, None)

    def _single(self, asked: Asked) -> Response:
        kind = self._kind(asked)
        record = self._portal.find(kind.name, asked.parts["id"])
        if record is None or record.is_archived is not asked.flag("archived"):
            raise not_found()
        history = asked.names("propertiesWithHistory")
        return Response.of_json(self._body(kind, record, asked.names("properties"), history, asked))

    def _batch(self, asked: Asked) -> Response:
        kind, body = self._kind(asked), asked.body()
        history = list(body.get("propertiesWithHistory") or [])
        is_archived = asked.flag("archived")
        if history:
            inputs = asked.inputs(MOST_WITH_HISTORY, "for property histories ")
        else:
            inputs = asked.inputs(MOST_IN_BATCH)
        found: dict[str, dict[str, Any]] = {}
        missing = []
        for each in dict.fromkeys(str(given.get("id")) for given in inputs):
            record = self._portal.find(kind.name, each)
            if record is None or record.is_archived is not is_archived:
                missing.append(each)
            else:
                names = list(body.get("properties") or [])
                found[record.id] = self._body(kind, record, names, history)
        now = moment_text(self._portal.clock.now())
        answer: dict[str, Any] = {"status": "COMPLETE", "results": list(found.values())}
        answer |= {"startedAt": now, "completedAt": now}
        if not missing:
            return Response.of_json(answer)
        message = (
            f"Could not get some {kind.singular.upper()} objects, they may be deleted or not "
            "exist. Check that ids are valid."
        )
        error = {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": message,
            "context": {"ids": missing},
        }
        return Response.of_json(answer | {"numErrors": 1, "errors": [error]}, 207)

    def _search(self, asked: Asked) -> Response:
        kind = self._kind(asked)
        search = read_search(asked.body(), kind)
        found = self._index.find(kind, search)
        results = [
            _rendered(kind, record, state, list(search.properties))
            for record, state in found[search.after : search.after + search.limit]
        ]
        following = search.after + search.limit
        after = str(following) if results and following < len(found) else None
        body: dict[str, Any] = {"total": len(found), "results": results}
        if after is not None:
            body["paging"] = {"next": {"after": after}}
        return Response.of_json(body)

    def _body(
        self,
        kind: Kind,
        record: Record,
        names: list[str],
        with_history: list[str],
        asked: Asked | None = None,
    ) -> dict[str, Any]:
        shown = names or ([] if not with_history else list(kind.always))
        body = _rendered(kind, record, record.now, shown)
        if with_history:
            body["propertiesWithHistory"] = {
                name: self._versions(kind, record, name)
                for name in with_history
                if name in kind.properties
            }
        wanted = asked.names("associations") if asked else []
        associated = {
            other.name.replace("_", " "): found
            for name in wanted
            if (found := self._associated(kind, record, other := kind_of(self._portal, name)))
        }
        return body | ({"associations": associated} if associated else {})

    def _versions(self, kind: Kind, record: Record, name: str) -> list[dict[str, Any]]:
        text = record.now.properties.get(name)
        if kind.properties[name].is_calculated and text is not None:
            # Calculated anew whenever somebody asks.
            versions = [Version(text, self._portal.clock.now(), CALCULATED)]
        else:
            versions = record.history.get(name, [])[::-1]
        return [_version(version) for version in versions]

    def _associated(self, kind: Kind, record: Record, other: Kind) -> dict[str, Any]:
        ids = self._portal.associations.of((kind.name, record.id), other.name)
        results: list[dict[str, str]] = []
        for each, types in ids.items():
            found = self._portal.find(other.name, each)
            if found is None or found.is_archived:
                continue
            base = f"{kind.singular}_to_{other.singular}"
            for type_ in types:
                label = type_.label.lower().replace(" ", "_")
                is_first = type_.label == "Primary"
                text = base if is_first or not label else f"{label}_{base}"
                plain = f"{base}_unlabeled" if other.name == "companies" and not label else text
                results.append({"id": each, "type": plain})
        if not results:
            return {}
        answer: dict[str, Any] = {"results": results[:MOST_ASSOCIATED]}
        if len(results) > MOST_ASSOCIATED:
            after = results[MOST_ASSOCIATED]["id"]
            link = f"/crm/v4/objects/{kind.name}/{record.id}/associations/{other.name}"
            answer["paging"] = {"next": {"after": after, "link": f"{link}?after={after}"}}
        return answer


def _rendered(kind: Kind, record: Record, state: State, names: list[str]) -> dict[str, Any]:
    shown = sorted({*(names or kind.defaults), *kind.always} & set(kind.properties))
    body: dict[str, Any] = {
        "id": record.id,
        "properties": {name: state.properties.get(name) for name in shown},
        "createdAt": moment_text(record.created_at),
        "updatedAt": moment_text(state.updated_at),
        "archived": state.archived_at is not None,
    }
    if state.archived_at is not None:
        body["archivedAt"] = moment_text(state.archived_at)
    return body


def _version(version: Version) -> dict[str, Any]:
    source = version.source
    body: dict[str, Any] = {
        "value": version.value,
        "timestamp": moment_text(version.at),
        "sourceType": source.type,
    }
    if source.id:
        body["sourceId"] = source.id
    if source.label:
        body["sourceLabel"] = source.label
    if source.id.startswith("userId:"):
        body["updatedByUserId"] = int(source.id.removeprefix("userId:"))
    return body


def _link(asked: Asked) -> str:
    kept = [
        f"{name}={','.join(values)}"
        for name, values in asked.query.items()
        if name not in ("after", "hapikey")
    ]
    return f"{asked.request.base_url}{asked.request.path}" + (f"?{'&'.join(kept)}" if kept else "")
