"""Fixtures of the dashboard's tests: built pages and a real browser without a network."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dashboard_browser import Opened
from dashboard_marts import Change, write_marts
from playwright.sync_api import Browser, sync_playwright

from dashboards.build import build_dashboard

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The busy company's marts, unchanged."""
    return write_marts(tmp_path_factory.mktemp("marts") / "marts.duckdb")


@pytest.fixture(scope="session")
def busy_page(marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The busy company's page."""
    return build_dashboard(marts, tmp_path_factory.mktemp("page"), "Northlight Instruments")


@pytest.fixture
def page_with(tmp_path: Path) -> Callable[..., Path]:
    """Builds a page from marts with changes."""

    def build(*changes: Change) -> Path:
        marts = write_marts(tmp_path / "marts.duckdb", *changes)
        return build_dashboard(marts, tmp_path / "page", "Northlight Instruments")

    return build


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of this machine."""
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=found, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Opened]]:
    """Opens a page from its file, offline; any complaint or request fails the test at its end."""
    visits: list[Opened] = []

    def go(index: Path, width: int = 1440, scheme: str = "light") -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            offline=True,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        opened = Opened(context.new_page())
        visits.append(opened)
        opened.page.on("console", lambda message: opened.complaints.append(message.text))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.on("dialog", lambda dialog: opened.complaints.append(dialog.message))
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.goto(index.as_uri())
        opened.ready()
        return opened

    yield go
    for opened in visits:
        opened.page.context.close()
        assert opened.complaints == []
        assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
