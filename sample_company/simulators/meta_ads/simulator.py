"""The Meta Ads simulator: the Graph API's part that reports of spend need, behind a port.

Belongs here: what every request passes (version, token, limits), paths, and Meta's own words for
faults. Does not: rows (insights, edges), jobs.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from sample_company.simulators.advertising.platform import Account, Platform
from sample_company.simulators.advertising.shape import Shape
from sample_company.simulators.faults import Fault
from sample_company.simulators.messages import Request, Response
from sample_company.simulators.meta_ads import edges
from sample_company.simulators.meta_ads.asking import page, parameters
from sample_company.simulators.meta_ads.errors import (
    MetaError,
    less_data,
    rate_limit,
    token_error,
    too_much_data,
    unknown_object,
)
from sample_company.simulators.meta_ads.insights import Report, report_of, rows_of
from sample_company.simulators.meta_ads.jobs import Job, Jobs
from sample_company.simulators.meta_ads.limits import Limits
from sample_company.simulators.server import Simulator

PATH = re.compile(r"/v(\d+)\.0/([^/]+)(?:/([a-z]*))?/?")
# Older ones are sunset; the newest is that of facebook-business 26.
VERSIONS = range(22, 27)


class MetaAdsSimulator(Simulator):
    """Serves a platform; `jobs`, `limits`, `shape` and the attributes are there to be tuned.

    Attributes:
        token: The one token that is good, a system user's without an end.
        token_problem: Why it is good no more, as a subcode of 190 (463, 460, 458); None: it is.
        versions: Versions of the API that are alive.
        rows_at_once: Windows times objects of an answer at once; more is code 1.
        rows_at_all: Windows times objects of a job too; more is code 100, subcode 1487534.
        hides_deleted: Whether insights leave deleted objects out unless they are filtered for.
    """

    def __init__(self, platform: Platform, token: str = "", limits: Limits | None = None) -> None:
        """Serve a platform to the owner of a token, which is made up when none is given."""
        super().__init__()
        self.platform = platform
        self.token = token or f"EAAB{secrets.token_hex(40)}"
        self.token_problem: int | None = None
        self.versions: range | set[int] = VERSIONS
        self.jobs, self.shape = Jobs(platform.clock), Shape()
        self.limits = limits or Limits(platform.clock)
        self.rows_at_once, self.rows_at_all = 5_000, 1_000_000
        self.hides_deleted = True

    def now(self) -> datetime:
        """The platform's present."""
        return self.platform.clock.now()

    def answer(self, request: Request) -> Response:
        """Answer a request truthfully."""
        account_id, use_case = "", "ads_management"
        answered = max(self.versions)
        try:
            match = PATH.fullmatch(request.path)
            if match is None:
                raise MetaError(2500, "Unknown path components: " + request.path)
            version, node, edge = match[1], match[2], match[3] or ""
            asked = self._admit(request, int(version))
            answered = int(version)
            account_id = self._account_id(node)
            use_case = "ads_insights" if edge == "insights" else use_case
            if self.limits.is_over(account_id):
                raise rate_limit(80000 if edge == "insights" else 80004)
            with self.platform.lock:
                response = self._routed(request, node, edge, asked)
        except MetaError as error:
            response = error.response()
        response.headers |= self.limits.headers(account_id, use_case)
        response.headers["facebook-api-version"] = f"v{answered}.0"
        return response

    def _admit(self, request: Request, version: int) -> dict[str, str]:
        if version not in self.versions:
            raise MetaError(
                2635,
                "(#2635) You are calling a deprecated version of the Ads API. Please update to "
                f"the latest version: v{max(self.versions)}.0.",
            )
        asked = parameters(request)
        _, _, in_header = request.headers.get("authorization", "").partition(" ")
        given = asked.get("access_token", in_header)
        if not given:
            raise MetaError(
                104, "An access token is required to request this resource.", status=401
            )
        if given != self.token:
            raise token_error()
        if self.token_problem is not None:
            raise token_error(self.token_problem)
        return asked

    def _account_id(self, node: str) -> str:
        if self.jobs.knows(node):
            return self.jobs.of(node).account.id
        return node.removeprefix("act_")

    def _routed(self, request: Request, node: str, edge: str, asked: dict[str, str]) -> Response:
        if self.jobs.knows(node):
            job = self.jobs.of(node)
            if edge == "insights":
                return page(request, asked, self.jobs.result(job))
            return Response.of_json(self.jobs.status(job, self._job_rows))
        if (node, edge) == ("me", "adaccounts"):
            rows = [edges.account_row(each) for each in self.platform.accounts.values()]
            return page(request, asked, [edges.chosen(row, asked) for row in rows])
        account = self._account(node)
        if edge == "":
            return Response.of_json(edges.chosen(edges.account_row(account), asked))
        if edge in edges.EDGES:
            rows = edges.edge_rows(self.platform, account, edge, asked)
            return page(request, asked, [self.shape.of(row) for row in rows])
        if edge != "insights":
            raise MetaError(2500, f"Unknown path components: /{edge}")
        return self._insights(request, account, asked)

    def _account(self, node: str) -> Account:
        found = self.platform.accounts.get(node.removeprefix("act_"))
        if found is None or not node.startswith("act_"):
            raise unknown_object(node)
        return found

    def _insights(self, request: Request, account: Account, asked: dict[str, str]) -> Response:
        report = report_of(asked, self.platform.today(account))
        size = len(report.windows) * max(1, self._objects(account, report.level))
        if size > self.rows_at_all:
            raise too_much_data()
        if request.method == "POST":
            return Response.of_json({"report_run_id": self.jobs.begin(account, report).id})
        if size > self.rows_at_once:
            raise less_data()
        return page(request, asked, self._rows(account, report))

    def _objects(self, account: Account, level: str) -> int:
        campaigns = self.platform.campaigns_of(account)
        if level == "ad":
            return sum(len(each.ads) for each in campaigns)
        return 1 if level == "account" else len(campaigns)

    def _rows(self, account: Account, report: Report) -> list[dict[str, object]]:
        rows = rows_of(self.platform, account, report, hides_deleted=self.hides_deleted)
        return [self.shape.of(row) for row in rows]

    def _job_rows(self, job: Job) -> list[dict[str, object]]:
        return self._rows(job.account, job.report)


def too_many_calls(code: int = 80000, minutes: int = 5) -> Fault:
    """Status 400 with code 4, 17, 613, 80000 or 80004, and minutes to wait in the headers."""
    response = rate_limit(code).response()
    usage = (
        '{"1":[{"type":"ads_insights","call_count":100,"total_cputime":100,"total_time":100,'
        f'"estimated_time_to_regain_access":{minutes},"ads_api_access_tier":"standard_access"}}]}}'
    )
    response.headers["X-Business-Use-Case-Usage"] = usage
    return Fault(f"code {code}", "answer", response)


def server_error(code: int = 2) -> Fault:
    """Status 500: code 2 is over in a moment, code 1 says that nobody knows."""
    texts = {
        1: "An unknown error occurred",
        2: "An unexpected error has occurred. Please retry your request later.",
    }
    error = MetaError(code, texts[code], status=500, is_transient=code == 2)
    return Fault(f"code {code}", "answer", error.response())


LESS_DATA = Fault("less data", "answer", less_data().response())
TOO_MUCH_DATA = Fault("too much data", "answer", too_much_data().response())
TOKEN_EXPIRED = Fault("token expired", "answer", token_error(463).response())
