"""What has nothing new is asked about by fives, and nothing is missed for it."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from orchestration.connectors.salesforce import quiet
from tests.connectors.conftest import Pulling
from tests.connectors.fake_salesforce import FakeOrg, Reply, error

ONE, TWO = "001000000000001AAA", "001000000000002AAA"
DEAL = "006000000000001AAA"


def begin(org: FakeOrg, pulling: Pulling) -> None:
    """Pull one account and one deal; what is asked later is noted anew."""
    org.add("Account", ONE, Name="A")
    org.add("Opportunity", DEAL, Name="Pens", Amount=10.5)
    # The second pull's overlap does not reach back to them any more.
    for _ in range(2):
        assert pulling.settle_and_pull().problems == []
        org.pass_time(hours=1)
    org.requests.clear()


def asked(org: FakeOrg, part: str) -> int:
    return sum(part in urlsplit(text.split(" ", 1)[1]).path for text in org.requests)


def test_objects_without_anything_new_are_asked_about_by_fives(
    org: FakeOrg, pulling: Pulling
) -> None:
    begin(org, pulling)
    result = pulling.settle_and_pull()
    assert set(result.changed.values()) == {0}
    objects = [item for item in pulling.source.connector.objects().values() if item.outputs]  # type: ignore[union-attr]
    fives, rest = divmod(len(objects), quiet.QUERIES_AT_ONCE)
    assert asked(org, "/composite") == fives + (rest > 1)
    assert asked(org, "/queryAll") == (rest == 1)
    # Their windows went on all the same.
    assert pulling.known("Account").cursor_at == pulling.known("Opportunity").cursor_at
    org.change("Account", ONE, Name="B")
    org.requests.clear()
    pulling.settle_and_pull()
    assert pulling.rows("accounts", "account_name") == [("B",)]
    assert asked(org, "/queryAll") == 1 + (rest == 1)


def test_what_changed_or_was_deleted_is_read_as_ever(org: FakeOrg, pulling: Pulling) -> None:
    begin(org, pulling)
    org.add("Account", TWO, Name="B")
    org.delete("Opportunity", DEAL)
    assert pulling.settle_and_pull().problems == []
    assert pulling.rows("accounts", "account_name") == [("A",), ("B",)]
    assert pulling.rows("opportunities", "is_deleted") == [(True,)]


@pytest.mark.parametrize(
    "reply",
    [
        error(404, "NOT_FOUND", "The requested resource does not exist"),
        error(400, "INVALID_INPUT", "no composite requests here"),
        error(403, "API_DISABLED_FOR_ORG"),
    ],
    ids=["not there", "refused", "forbidden"],
)
def test_an_org_without_composite_requests(org: FakeOrg, pulling: Pulling, reply: Reply) -> None:
    begin(org, pulling)
    org.change("Account", ONE, Name="B")
    org.faults = [lambda _, target: reply if "/composite" in target else None]
    assert pulling.settle_and_pull().problems == []
    assert pulling.rows("accounts", "account_name") == [("B",)]
    assert asked(org, "/composite") == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda part: part["body"].update(done=False),
        lambda part: part["body"].update(totalSize=1),
        lambda part: part["body"].pop("records"),
        lambda part: part.update(httpStatusCode=503),
        lambda part: part.update(body=[{"errorCode": "REQUEST_LIMIT_EXCEEDED"}]),
    ],
    ids=["goes on", "has rows", "no records", "failed", "an error"],
)
def test_only_what_surely_finds_nothing_is_not_asked_again(
    org: FakeOrg, pulling: Pulling, monkeypatch: pytest.MonkeyPatch, change: object
) -> None:
    begin(org, pulling)
    true_answer = org._composite

    def told(parts: list[dict[str, object]]) -> Reply:
        content = json.loads(true_answer(parts).body)
        for part in content["compositeResponse"]:
            change(part)  # type: ignore[operator]
        return Reply(200, json.dumps(content).encode(), {"Content-Type": "application/json"})

    monkeypatch.setattr(org, "_composite", told)
    objects = [item for item in pulling.source.connector.objects().values() if item.outputs]  # type: ignore[union-attr]
    assert pulling.settle_and_pull().problems == []
    assert asked(org, "/queryAll") == len(objects)


def test_a_torn_answer_is_asked_for_again(org: FakeOrg, pulling: Pulling) -> None:
    begin(org, pulling)
    torn = [
        Reply(200, b'{"compositeResponse": ['),
        Reply(200, b'{"compositeResponse": []}'),
        error(503, "DOWN", Retry_After="0"),
    ]
    org.faults = [lambda _, target: torn.pop() if torn and "/composite" in target else None]
    org.change("Account", ONE, Name="B")
    assert pulling.settle_and_pull().problems == []
    assert torn == []
    assert pulling.rows("accounts", "account_name") == [("B",)]


def test_a_field_that_vanished_is_red_without_any_new_row(org: FakeOrg, pulling: Pulling) -> None:
    begin(org, pulling)
    del org.fields["Account"]["Name"]
    [problem] = pulling.settle_and_pull().problems
    assert "object Account: field Name was" in problem
