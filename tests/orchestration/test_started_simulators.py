"""Simulators of a run: started where sources.yml says so, told to the source, gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from orchestration.company.simulated import SIMULATED
from orchestration.company.sources import Source, source_from_mapping
from orchestration.connectors import vendors
from orchestration.connectors.context import PullContext
from orchestration.settings import Settings
from orchestration.simulators import Simulators, forget_other_story
from orchestration.state import ConnectorObject, StateStore
from tests.conftest import ROOT

SECONDS = 30.0


def source(name: str = "crm", **options: Any) -> Source:
    entry = {"loader": "salesforce", "options": {"instance_url": "http://127.0.0.1", **options}}
    return source_from_mapping(name, entry, company_folder=ROOT)


def company(*names: str, **options: Any) -> Any:
    """As much of a loaded company as simulators look at."""
    sources = {name: source(name, **options) for name in ("crm", "other")}
    return SimpleNamespace(sources=SimpleNamespace(sources=sources, simulated=names))


@pytest.fixture
def simulators() -> Iterator[Simulators]:
    started = Simulators(company("crm"), {**os.environ, "PLANTED_SECRET": "planted-secret"})
    yield started
    started.close()


def processes(text: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if text.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def wait_until(is_so: Any) -> None:
    end = time.monotonic() + SECONDS
    while not is_so() and time.monotonic() < end:
        time.sleep(0.1)
    assert is_so()


def test_address_and_credentials_reach_the_source_and_only_it(simulators: Simulators) -> None:
    environment = {
        "SALESFORCE_CLIENT_ID": "of a real org",
        "SALESFORCE_CLIENT_SECRET_FILE": "/of/a/real/org",
        "KEPT": "kept",
    }
    connector, variables = simulators.of(source(), environment)
    assert connector is not None
    address = connector.options.instance_url  # type: ignore[union-attr]
    assert address.startswith("http://127.0.0.1:")
    secret = variables["SALESFORCE_CLIENT_SECRET"]
    assert variables == {
        "SALESFORCE_CLIENT_ID": "concord", "SALESFORCE_CLIENT_SECRET": secret, "KEPT": "kept",
    }  # fmt: skip
    assert len(secret) == 32
    assert secret not in repr(vars(simulators))
    form = {"grant_type": "client_credentials", "client_id": "concord", "client_secret": secret}
    token = f"{address}/services/oauth2/token"
    # Asked at once: the first answer waits until the simulator has loaded.
    assert requests.post(token, data=form, timeout=SECONDS).status_code == 200
    wrong = {**form, "client_secret": "of a real org"}
    assert requests.post(token, data=wrong, timeout=SECONDS).status_code == 400
    other = source("other")
    assert simulators.of(other, environment) == (other.connector, environment)
    (process,) = processes(f"--listening\0{_number(simulators)}")
    known = Path(f"/proc/{process}/environ").read_bytes()
    assert b"planted" not in known
    assert secret.encode() not in Path(f"/proc/{process}/cmdline").read_bytes()


@pytest.mark.parametrize(
    ("loader", "required"),
    [
        ("google_ads", {"login_customer_id": "999-000-0000", "api_version": "v26"}),
        ("meta_ads", {}),
        ("linkedin_ads", {}),
    ],
)
def test_an_advertising_platform_is_read_with_made_up_credentials_only(
    loader: str, required: dict[str, Any], tmp_path: Path
) -> None:
    """Whatever the environment holds; the second pull finds nothing new."""
    options = {"start_date": "2026-10-01", "base_url": "http://127.0.0.1", **required}
    entry = {"loader": loader, "options": options}
    ads = source_from_mapping("ads", entry, company_folder=ROOT, deliveries_folder=tmp_path)
    found: Any = SimpleNamespace(
        sources=SimpleNamespace(sources={"ads": ads}, simulated=("ads",)),
    )
    assert ads.connector is not None
    named = [getattr(ads.connector.options, name) for name in SIMULATED[loader].credentials]
    environment = dict.fromkeys(named, "of a real account") | {f"{named[-1]}_FILE": "/nowhere"}
    started = Simulators(found, {})
    try:
        connector, variables = started.of(ads, environment)
        assert connector is not None
        assert "of a real account" not in variables.values()
        assert f"{named[-1]}_FILE" not in variables
        addresses = [getattr(connector.options, name) for name in SIMULATED[loader].addresses("")]
        assert all(address.startswith("http://127.0.0.1:") for address in addresses)
        changed = []
        for _ in range(2):
            context = PullContext(
                source="ads",
                state=StateStore(tmp_path / "state.sqlite"),
                deliveries=tmp_path / "ads",
                raw_pages=tmp_path / "pages",
                variables=variables,
                deadline=time.monotonic() + SECONDS,
            )
            result = vendors.pull(context, connector)
            assert (result.problems, result.notes) == ([], [])
            changed.append(result.changed["ad_spend"])
        assert changed[0] >= 31
        assert changed[1] == 0
        assert result.request_count <= 12
    finally:
        started.close()


def _number(simulators: Simulators) -> str:
    arguments = simulators._by_source["crm"].process.args
    assert isinstance(arguments, list)
    return str(arguments[arguments.index("--listening") + 1]) + f"\0--still\0--tied\0{os.getpid()}"


def test_nobody_is_started_unless_named_and_all_end(simulators: Simulators) -> None:
    assert Simulators(company(), {}).names == ()
    process = simulators._by_source["crm"].process
    assert process.poll() is None
    simulators.close()
    assert process.poll() is not None
    simulators.close()


def test_a_simulator_that_fails_says_why(simulators: Simulators) -> None:
    assert simulators.failure(source()) is None
    simulators._by_source["crm"].process.kill()
    simulators._by_source["crm"].process.wait()
    assert simulators.failure(source()) == "its simulator ended: it said nothing"
    assert simulators.failure(source("other")) is None


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_when_its_parent_dies(death: signal.Signals, tmp_path: Path) -> None:
    script = (
        "import time\n"
        "from tests.orchestration.test_started_simulators import Simulators, company\n"
        "simulators = Simulators(company('crm'), {})\n"
        "print(simulators._by_source['crm'].process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert Path(f"/proc/{child}").exists()
        parent.send_signal(death)
    wait_until(lambda: child not in processes("sample_company.simulators"))


def test_another_story_is_read_from_its_start(tmp_path: Path) -> None:
    settings = Settings(company_dir=ROOT / "company", home=tmp_path)
    state = StateStore(settings.state_path)
    entry = {"loader": "salesforce", "options": {"instance_url": "http://127.0.0.1"}}
    crm = source_from_mapping(
        "crm", entry, company_folder=ROOT, deliveries_folder=settings.deliveries_dir
    )
    told = settings.sample_dir / "made_from.txt"
    told.parent.mkdir(parents=True)
    places = [crm.options.folder / "accounts", settings.raw_pages_dir / "crm" / "Account"]

    def read() -> None:
        for place in places:
            place.mkdir(parents=True, exist_ok=True)
        for name in ("crm", "other"):
            state.save_connector_object(ConnectorObject(name, "Account", note="read"))

    def known() -> list[str]:
        return [item.source for item in state.connector_objects()]

    for story, is_kept in (("one", False), ("one", True), ("two", False), ("two", True)):
        told.write_text(story)
        read()
        forget_other_story(settings, state, crm)
        assert [place.exists() for place in places] == [is_kept, is_kept]
        assert known() == (["crm", "other"] if is_kept else ["other"])
