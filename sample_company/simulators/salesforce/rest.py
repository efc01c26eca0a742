"""The paths of Salesforce's REST API and what each answers.

Belongs here: paths, parameters and envelopes. Does not: pages (pages), bulk jobs (bulk), tokens
(auth), sockets (server).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from sample_company.simulators.messages import Request, Response
from sample_company.simulators.salesforce import rendering
from sample_company.simulators.salesforce.auth import Auth
from sample_company.simulators.salesforce.bulk import DAY, BulkJobs
from sample_company.simulators.salesforce.errors import ApiError, not_found
from sample_company.simulators.salesforce.fields import ObjectType, moment_text
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.pages import LEAST_BATCH, MOST_BATCH, Pages
from sample_company.simulators.salesforce.store import quoted

OLDEST, NEWEST = 50, 66
SEASONS = ("Winter", "Spring", "Summer")
REPLICATION_DAYS = timedelta(days=30)
LOG_DAYS = timedelta(days=15)
MOST_PARTS, MOST_QUERIES = 25, 5
Handler = Callable[[Request, re.Match[str]], Response]


class Rest:
    """Everything below `/services/data`."""

    def __init__(
        self, organisation: Organisation, auth: Auth, pages: Pages, bulk: BulkJobs
    ) -> None:
        """Answer for an organisation."""
        self._organisation, self._auth = organisation, auth
        self._pages, self._bulk = pages, bulk
        base = r"/services/data/v(?P<version>\d+\.0)"
        sobject, job = rf"{base}/sobjects/(?P<name>\w+)", rf"{base}/jobs/query/(?P<job>\w+)"
        self._routes: list[tuple[str, str, Handler]] = [
            ("GET", base, self._resources),
            ("GET", rf"{base}/limits", self._limits),
            ("GET", rf"{base}/sobjects", self._sobjects),
            ("GET", sobject, self._sobject),
            ("GET", rf"{sobject}/describe", self._describe),
            ("GET", rf"{sobject}/deleted", self._deleted),
            ("GET", rf"{sobject}/updated", self._updated),
            ("GET", rf"{sobject}/(?P<record>\w{{15}}|\w{{18}})", self._record),
            ("GET", rf"{base}/(?P<verb>query|queryAll)", self._query),
            ("GET", rf"{base}/(?:query|queryAll)/(?P<locator>[\w-]+)", self._further),
            ("POST", rf"{base}/composite", self._composite),
            ("POST", rf"{base}/jobs/query", self._create_job),
            ("GET", rf"{base}/jobs/query", self._list_jobs),
            ("GET", job, self._ask_job),
            ("PATCH", job, self._abort_job),
            ("DELETE", job, self._delete_job),
            ("GET", rf"{job}/results", self._results),
        ]

    def answer(self, request: Request) -> Response:
        """Answer a request whose token is good; ApiError for anything that is wrong with it."""
        path = request.path.rstrip("/")
        if path == "/services/data":
            return Response.of_json(_versions())
        allowed = []
        for method, pattern, handler in self._routes:
            found = re.fullmatch(pattern, path)
            if found and OLDEST <= float(found["version"]) <= NEWEST:
                if method == request.method:
                    self._organisation.purge()
                    return handler(request, found)
                allowed.append(method)
        if allowed:
            methods = ",".join(sorted(set(allowed)))
            message = f"HTTP Method '{request.method}' not allowed. Allowed are {methods}"
            raise ApiError("METHOD_NOT_ALLOWED", message, 405)
        raise not_found()

    def _resources(self, request: Request, found: re.Match[str]) -> Response:
        names = ("sobjects", "query", "queryAll", "limits", "jobs", "composite")
        return Response.of_json({name: f"{found[0]}/{name}" for name in names})

    def _limits(self, request: Request, found: re.Match[str]) -> Response:
        def limit(most: int, used: int) -> dict[str, int]:
            return {"Max": most, "Remaining": max(0, most - used)}

        jobs = self._bulk.made_since(self._organisation.clock.now() - DAY)
        return Response.of_json(
            {
                "DailyApiRequests": limit(self._auth.daily_requests, self._auth.used),
                "DailyBulkV2QueryFileStorageMB": limit(976_562, 0),
                "DailyBulkV2QueryJobs": limit(self._bulk.daily_jobs, jobs),
            }
        )

    def _sobjects(self, request: Request, found: re.Match[str]) -> Response:
        kinds = [kind.listed(found["version"]) for kind in self._organisation.objects.values()]
        return Response.of_json({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": kinds})

    def _sobject(self, request: Request, found: re.Match[str]) -> Response:
        kind = self._kind(found["name"])
        return Response.of_json(
            {"objectDescribe": kind.listed(found["version"]), "recentItems": []}
        )

    def _describe(self, request: Request, found: re.Match[str]) -> Response:
        return Response.of_json(self._kind(found["name"]).described(found["version"]))

    def _record(self, request: Request, found: re.Match[str]) -> Response:
        kind = self._kind(found["name"])
        names = request.query.get("fields")
        fields = [kind.find(name) for name in names.split(",")] if names else kind.fields.values()
        known = [field for field in fields if field is not None]
        sql = rendering.json_row(kind, known, found["version"])
        rows = self._organisation.store.run(
            f"select {sql}, IsDeleted from {quoted(kind.name)} where substr(Id, 1, 15) = ?",  # noqa: S608
            (found["record"][:15],),
        )
        if not rows:
            raise not_found()
        if rows[0][1] == "true":
            raise ApiError("ENTITY_IS_DELETED", "entity is deleted", 404)
        return Response(200, rows[0][0].encode())

    def _query(self, request: Request, found: re.Match[str]) -> Response:
        soql = request.query.get("q")
        if not soql:
            raise ApiError("MALFORMED_QUERY", "A query string has to be specified")
        asked = re.search(r"batchSize\s*=\s*(\d+)", request.headers.get("sforce-query-options", ""))
        size = min(max(int(asked[1]), LEAST_BATCH), MOST_BATCH) if asked else MOST_BATCH
        return Response(
            200,
            self._pages.first(
                soql, found["version"], size, with_deleted=found["verb"] == "queryAll"
            ),
        )

    def _composite(self, request: Request, found: re.Match[str]) -> Response:
        """Several requests in one, which counts once; here they may only read."""
        try:
            parts = request.json()["compositeRequest"]
        except (ValueError, KeyError, TypeError) as error:
            raise ApiError("JSON_PARSER_ERROR", "the body is no composite request") from error
        queries = [part for part in parts if re.search(r"/query(All)?(\?|/)", part["url"])]
        if len(parts) > MOST_PARTS or len(queries) > MOST_QUERIES:
            message = (
                f"Composite requests take {MOST_PARTS} subrequests, of which {MOST_QUERIES} may be "
                "queries or collections."
            )
            raise ApiError("INVALID_INPUT", message)
        answers = [self._part(request, part) for part in parts]
        return Response.of_json({"compositeResponse": answers})

    def _part(self, request: Request, part: dict[str, Any]) -> dict[str, Any]:
        target = part["url"]
        path, _, query = target.partition("?")
        named = {name: values[0] for name, values in parse_qs(query).items()}
        headers = {**request.headers, **part.get("httpHeaders", {})}
        asked = Request(part["method"], path, target, named, headers)
        try:
            answer = self.answer(asked)
        except ApiError as error:
            answer = error.response()
        body = answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)
        return {
            "body": json.loads(body),
            "httpHeaders": {},
            "httpStatusCode": answer.status,
            "referenceId": part["referenceId"],
        }

    def _further(self, request: Request, found: re.Match[str]) -> Response:
        return Response(200, self._pages.further(found["locator"], found["version"]))

    def _deleted(self, request: Request, found: re.Match[str]) -> Response:
        kind, (start, end) = self._kind(found["name"]), self._span(request)
        now = self._organisation.clock.now()
        first = moment_text(max(start, now - LOG_DAYS))
        records = self._organisation.deleted_between(kind.name, first, moment_text(end))
        return Response.of_json(
            {
                "deletedRecords": [
                    {"deletedDate": f"{at}+0000", "id": record} for record, at in records
                ],
                "earliestDateAvailable": f"{moment_text(now - LOG_DAYS)}+0000",
                "latestDateCovered": f"{moment_text(end)}+0000",
            }
        )

    def _updated(self, request: Request, found: re.Match[str]) -> Response:
        kind, (start, end) = self._kind(found["name"]), self._span(request)
        rows = self._organisation.store.run(
            f"select Id from {quoted(kind.name)} where SystemModstamp between ? and ? "  # noqa: S608
            "and IsDeleted = 'false' order by SystemModstamp",
            (moment_text(start), moment_text(end)),
        )
        covered = f"{moment_text(end)}+0000"
        return Response.of_json(
            {"ids": [record for (record,) in rows], "latestDateCovered": covered}
        )

    def _create_job(self, request: Request, found: re.Match[str]) -> Response:
        try:
            body = request.json()
        except ValueError as error:
            raise ApiError("JSON_PARSER_ERROR", "the body is no JSON") from error
        return Response.of_json(self._bulk.create(body, found["version"]))

    def _list_jobs(self, request: Request, found: re.Match[str]) -> Response:
        return Response.of_json(self._bulk.listed())

    def _ask_job(self, request: Request, found: re.Match[str]) -> Response:
        return Response.of_json(self._bulk.ask(found["job"]))

    def _abort_job(self, request: Request, found: re.Match[str]) -> Response:
        if request.json() != {"state": "Aborted"}:
            raise ApiError("INVALIDJOBSTATE", "a query job can only be aborted")
        return Response.of_json(self._bulk.abort(found["job"]))

    def _delete_job(self, request: Request, found: re.Match[str]) -> Response:
        self._bulk.delete(found["job"])
        return Response(204)

    def _results(self, request: Request, found: re.Match[str]) -> Response:
        most, locator = request.query.get("maxRecords", ""), request.query.get("locator", "")
        return self._bulk.results(found["job"], found["version"], most, locator)

    def _kind(self, name: str) -> ObjectType:
        objects = self._organisation.objects
        for each in objects.values():
            if each.name.lower() == name.lower():
                return each
        raise not_found()

    def _span(self, request: Request) -> tuple[datetime, datetime]:
        moments = []
        for name in ("start", "end"):
            # A plus sign that was not escaped arrives as a blank.
            text = request.query.get(name, "").strip().replace(" ", "+")
            try:
                moment = datetime.fromisoformat(text)
            except ValueError as error:
                message = f"{name} has to be a moment, not {text!r}"
                raise ApiError("INVALID_REPLICATION_DATE", message) from error
            moments.append(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        start, end = moments
        if start < self._organisation.clock.now() - REPLICATION_DAYS:
            raise ApiError("INVALID_REPLICATION_DATE", "start is more than 30 days back")
        if end <= start + timedelta(minutes=1):
            message = "endDate must be at least one minute greater than startDate"
            raise ApiError("INVALID_REPLICATION_DATE", message)
        return start, end


def _versions() -> list[dict[str, Any]]:
    return [
        {
            "label": f"{SEASONS[(number - OLDEST) % 3]} '{21 + (number - OLDEST) // 3}",
            "url": f"/services/data/v{number}.0",
            "version": f"{number}.0",
        }
        for number in range(OLDEST, NEWEST + 1)
    ]
