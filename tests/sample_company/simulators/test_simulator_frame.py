"""The HTTP frame: keep-alive, gzip, the log, every kind of fault, and the clock."""

from __future__ import annotations

import gzip
import http.client
import json
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from sample_company.simulators import faults
from sample_company.simulators.clock import START, Clock
from sample_company.simulators.messages import Request, Response
from sample_company.simulators.server import Simulator


class Echo(Simulator):
    """Answers with 5,000 numbers, in parts when asked for them."""

    def answer(self, request: Request) -> Response:
        if request.path == "/parts":
            return Response(200, iter([b"one", b"", b"two"]), content_type="text/plain")
        return Response.of_json({"numbers": list(range(5000)), "path": request.path})


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as running:
        yield running


def connect(echo: Echo) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(echo.url.removeprefix("http://"), timeout=5)


def test_a_connection_serves_many_requests(echo: Echo) -> None:
    connection = connect(echo)
    connection.connect()
    used = connection.sock
    for number in range(3):
        connection.request("GET", f"/{number}?a=1")
        assert json.loads(connection.getresponse().read())["path"] == f"/{number}"
        assert connection.sock is used
    assert [(line.method, line.path, line.query) for line in echo.log] == [
        ("GET", f"/{number}", {"a": "1"}) for number in range(3)
    ]
    assert echo.count("GET /1") == 1


@pytest.mark.parametrize("path", ["/whole", "/parts"])
def test_gzip_is_sent_when_asked_for(echo: Echo, path: str) -> None:
    connection = connect(echo)
    connection.request("GET", path)
    plain = connection.getresponse()
    text = plain.read()
    assert plain.getheader("Content-Encoding") is None
    connection.request("GET", path, headers={"Accept-Encoding": "gzip, deflate"})
    packed = connection.getresponse()
    assert packed.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(packed.read()) == text


def test_a_stopped_simulator_has_no_address_and_starts_again() -> None:
    echo = Echo()
    with pytest.raises(RuntimeError, match="start it first"):
        assert echo.url
    with echo:
        assert echo.url.startswith("http://127.0.0.1:")
    echo.stop()
    with echo:
        connection = connect(echo)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200


def test_a_cut_answer_promises_more_than_it_sends(echo: Echo) -> None:
    echo.faults.plan(faults.CUT)
    connection = connect(echo)
    connection.request("GET", "/")
    response = connection.getresponse()
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        response.read()
    assert echo.log[0].fault == "cut"


def test_a_truncated_answer_ends_in_order_and_is_no_json(echo: Echo) -> None:
    echo.faults.plan(faults.TRUNCATED)
    connection = connect(echo)
    connection.request("GET", "/")
    response = connection.getresponse()
    assert response.getheader("Content-Length") is None
    with pytest.raises(json.JSONDecodeError):
        json.loads(response.read())


def test_a_slow_answer_is_whole(echo: Echo) -> None:
    echo.faults.plan(faults.drip(0.2))
    connection = connect(echo)
    began = time.monotonic()
    connection.request("GET", "/")
    assert len(json.loads(connection.getresponse().read())["numbers"]) == 5000
    assert time.monotonic() - began > 0.15


def test_faults_come_at_the_planned_request_of_a_path(echo: Echo) -> None:
    refused = faults.Fault("refused", "answer", Response(503, b"no"))
    echo.faults.plan(refused, r"GET /a\b", at=2, times=2)
    connection = connect(echo)
    states = []
    for path in ("/a", "/b", "/a", "/b", "/a", "/a"):
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        states.append(response.status)
    assert states == [200, 200, 503, 200, 503, 200]


def test_something_happens_just_before_an_answer(echo: Echo) -> None:
    happened: list[int] = []
    echo.faults.plan(faults.event("it", lambda: happened.append(len(echo.log))), at=2)
    connection = connect(echo)
    for _ in range(3):
        connection.request("GET", "/")
        assert connection.getresponse().read()
    assert happened == [1]


def test_chance_is_the_same_for_a_seed() -> None:
    def fallen(seed: int) -> list[bool]:
        plan = faults.Faults()
        plan.by_chance([faults.CUT, faults.TRUNCATED], 0.3, seed, "/page")
        assert plan.next_for("GET", "/other") is None
        return [plan.next_for("GET", "/page") is not None for _ in range(200)]

    assert fallen(1) == fallen(1) != fallen(2)
    assert 40 < sum(fallen(1)) < 80


def test_cleared_faults_are_gone_and_impossible_ones_refused() -> None:
    plan = faults.Faults()
    plan.plan(faults.CUT, times=9)
    plan.by_chance([faults.CUT], 1, 1)
    plan.clear()
    assert plan.next_for("GET", "/") is None
    with pytest.raises(ValueError, match="first request or later"):
        plan.plan(faults.CUT, at=0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        plan.by_chance([faults.CUT], 2, 1)


def test_the_clock_moves_by_hand_and_forward_only() -> None:
    clock = Clock()
    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(hours=1)) == START + timedelta(hours=1)
    with pytest.raises(ValueError, match="does not go back"):
        clock.move_to(START)
    with pytest.raises(ValueError, match="zone"):
        Clock(START.replace(tzinfo=None))
    assert Clock(runs=True).now() > START
