"""What Salesforce may answer instead of an answer, and what comes of it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from orchestration.connectors.errors import ConnectorError
from orchestration.state import StateStore
from tests.connectors.conftest import Pulling
from tests.connectors.fake_salesforce import CLIENT_SECRET, FakeOrg, Fault, Reply, error

ONE = "001000000000001AAA"


def times(count: int, reply: Reply, part: str = "FROM+Account+") -> Fault:
    """Give a reply to the first requests whose address has a part in it."""
    left = [count]

    def fault(method: str, target: str) -> Reply | None:
        if part not in target or left[0] == 0:
            return None
        left[0] -= 1
        return reply

    return fault


@pytest.mark.parametrize(
    "reply",
    [
        error(500, "UNKNOWN_EXCEPTION"),
        error(503, "SERVER_UNAVAILABLE", Retry_After="0"),
        error(429, "TOO_MANY", Retry_After="0"),
        error(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."),
        Reply(200, b'{"totalSize": 1, "done": tr'),
        Reply(200, b'{"totalSize": 1, "done": true, "records": [{}, {}]}', is_cut=True),
        Reply(200, b"<html>we are down for maintenance</html>"),
    ],
    ids=["500", "503", "429", "concurrency", "truncated", "cut", "html"],
)
def test_what_may_work_in_a_moment_is_tried_again(
    org: FakeOrg, pulling: Pulling, reply: Reply
) -> None:
    org.add("Account", ONE, Name="A")
    org.faults = [times(3, reply)]
    assert pulling.settle_and_pull().problems == []
    assert len(pulling.rows("accounts")) == 1


def test_the_asked_for_wait_is_kept(org: FakeOrg, pulling: Pulling) -> None:
    org.faults = [times(1, error(429, "TOO_MANY", Retry_After="1"))]
    begun = time.monotonic()
    pulling.settle_and_pull()
    assert time.monotonic() - begun >= 1


def test_no_wait_goes_beyond_the_deadline(org: FakeOrg, pulling: Pulling) -> None:
    org.faults = [times(1, error(503, "DOWN", Retry_After="900"))]
    begun = time.monotonic()
    with pytest.raises(ConnectorError, match="503"):
        pulling.pull(seconds=5)
    assert time.monotonic() - begun < 5


def test_what_never_works_ends_with_the_reason(org: FakeOrg, pulling: Pulling) -> None:
    org.faults = [times(-1, error(500, "UNKNOWN_EXCEPTION", "boom"))]
    with pytest.raises(ConnectorError, match="500 UNKNOWN_EXCEPTION: boom"):
        pulling.settle_and_pull()
    assert pulling.files("accounts") == []
    assert pulling.known("Account").cursor_at is None


def test_a_used_up_quota_stops_at_once(org: FakeOrg, pulling: Pulling) -> None:
    refused = error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    org.faults = [times(-1, refused, "queryAll")]
    with pytest.raises(ConnectorError, match="24 hours"):
        pulling.settle_and_pull()
    assert sum("queryAll" in request for request in org.requests) == 1


def test_the_org_s_own_use_is_a_limit_too(org: FakeOrg, pulling: Pulling) -> None:
    org.usage = "81000/100000"
    with pytest.raises(ConnectorError, match="81,000 of 100,000"):
        pulling.settle_and_pull()


def test_the_budget_of_a_run_is_kept(org: FakeOrg, pulling: Pulling) -> None:
    pulling.options["request_budget"] = 5
    with pytest.raises(ConnectorError, match="budget of 5 requests"):
        pulling.settle_and_pull()
    assert len(org.requests) == 5


def test_a_token_that_expires_between_pages_is_replaced(org: FakeOrg, pulling: Pulling) -> None:
    org.batch = 5
    for number in range(20):
        org.add("Account", f"001{number:012d}AAA", Name="A")

    def expire(method: str, target: str) -> None:
        if target.endswith("-10") and org.tokens == 1:
            org.valid_token = ""

    org.faults = [expire]
    assert pulling.settle_and_pull().problems == []
    assert len(pulling.rows("accounts")) == 20
    assert org.tokens == 2


def test_a_token_that_is_always_refused_is_no_endless_loop(org: FakeOrg, pulling: Pulling) -> None:
    org.faults = [times(-1, error(401, "INVALID_SESSION_ID"), "/services/data")]
    with pytest.raises(ConnectorError, match="INVALID_SESSION_ID"):
        pulling.settle_and_pull()
    assert org.tokens == 2


def test_a_lost_query_locator_starts_the_object_again(org: FakeOrg, pulling: Pulling) -> None:
    org.batch = 5
    for number in range(12):
        org.add("Account", f"001{number:012d}AAA", Name="A")
    org.faults = [times(1, error(400, "INVALID_QUERY_LOCATOR"), "-5")]
    assert pulling.settle_and_pull().problems == []
    assert len(pulling.rows("accounts")) == 12


def test_an_object_that_the_org_lacks_is_left_out_with_a_note(
    org: FakeOrg, pulling: Pulling
) -> None:
    del org.fields["OpportunitySplit"]
    result = pulling.settle_and_pull()
    assert result.problems == []
    assert [note for note in result.notes if "OpportunitySplit" in note]


def test_an_object_that_was_read_and_is_gone_is_a_problem(org: FakeOrg, pulling: Pulling) -> None:
    pulling.settle_and_pull()
    del org.fields["OpportunitySplit"]
    assert "OpportunitySplit" in pulling.settle_and_pull().problems[0]


def test_a_vanished_column_is_named_and_its_rows_come_after_the_fix(
    org: FakeOrg, pulling: Pulling
) -> None:
    org.add("Account", ONE, Name="A", Industry="medical")
    pulling.settle_and_pull()
    cursor = pulling.known("Account").cursor_at
    kind = org.fields["Account"].pop("Industry")
    org.change("Account", ONE, Name="B")
    (problem,) = pulling.settle_and_pull().problems
    assert "source crm, object Account: field Industry was string and is gone" in problem
    assert pulling.rows("accounts", "account_name, industry") == [("A", "medical")]
    assert pulling.known("Account").cursor_at == cursor
    org.fields["Account"]["Industry"] = kind
    assert pulling.settle_and_pull().problems == []
    assert pulling.rows("accounts", "account_name, industry") == [("B", "medical")]


def test_a_changed_type_is_named_with_old_and_new(org: FakeOrg, pulling: Pulling) -> None:
    opportunity = "006000000000001AAA"
    org.add("Opportunity", opportunity, Amount=5, StageName="Won", CloseDate="2026-01-01")
    pulling.settle_and_pull()
    org.fields["Opportunity"]["Amount"] = "string"
    org.change("Opportunity", opportunity, Amount="n/a")
    (problem,) = pulling.settle_and_pull().problems
    assert "object Opportunity: field Amount was currency and is string now" in problem
    assert [str(row[0]) for row in pulling.rows("opportunities", "amount")] == ["5.00"]


def test_a_value_of_another_type_is_never_stored_as_null(org: FakeOrg, pulling: Pulling) -> None:
    opportunity = "006000000000001AAA"
    org.add("Opportunity", opportunity, Amount="n/a", StageName="Won", CloseDate="2026-01-01")
    (problem,) = pulling.settle_and_pull().problems
    assert "object Opportunity, amount: a value does not have the type it had" in problem
    assert pulling.rows("opportunities") == []
    org.change("Opportunity", opportunity, Amount=7)
    assert pulling.settle_and_pull().problems == []
    assert [str(row[0]) for row in pulling.rows("opportunities", "amount")] == ["7.00"]


def test_a_kill_between_the_delivery_and_the_cursor_gives_the_same_rows_again(
    org: FakeOrg, pulling: Pulling, monkeypatch: pytest.MonkeyPatch
) -> None:
    org.add("Account", ONE, Name="A")
    real = StateStore.save_connector_object

    def killed(store: StateStore, record: object) -> None:
        if getattr(record, "pending", None) is None:
            raise KeyboardInterrupt
        real(store, record)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(StateStore, "save_connector_object", killed)
        with pytest.raises(KeyboardInterrupt):
            pulling.settle_and_pull()
    assert pulling.known("Account").cursor_at is None
    assert pulling.known("Account").pending is not None
    delivered = pulling.files("accounts")
    assert len(delivered) == 1
    pulling.settle_and_pull()
    assert pulling.files("accounts") == delivered
    assert pulling.known("Account").pending is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"SALESFORCE_CLIENT_SECRET": ""}, "SALESFORCE_CLIENT_SECRET is not set"),
        ({"SALESFORCE_CLIENT_SECRET": "wrong-secret"}, "refused the credentials"),
    ],
)
def test_a_bad_credential_names_the_variable_and_not_its_value(
    org: FakeOrg, pulling: Pulling, change: dict[str, str], said: str
) -> None:
    pulling.variables |= change
    with pytest.raises(ConnectorError, match=said) as caught:
        pulling.settle_and_pull()
    assert "wrong-secret" not in str(caught.value)


def test_a_secret_may_lie_in_a_file_that_nobody_else_reads(
    org: FakeOrg, pulling: Pulling, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text(CLIENT_SECRET + "\n")
    file.chmod(0o640)
    del pulling.variables["SALESFORCE_CLIENT_SECRET"]
    pulling.variables["SALESFORCE_CLIENT_SECRET_FILE"] = str(file)
    with pytest.raises(ConnectorError, match="mode 0640"):
        pulling.settle_and_pull()
    file.chmod(0o600)
    assert pulling.settle_and_pull().problems == []


def test_what_the_org_repeats_of_a_secret_is_not_repeated(org: FakeOrg, pulling: Pulling) -> None:
    org.faults = [times(-1, error(400, "STRANGE", f"you sent {CLIENT_SECRET}"), "queryAll")]
    problems = pulling.settle_and_pull().problems
    assert problems
    assert not any(CLIENT_SECRET in text for text in problems)
