"""What the browser tests hold in hand: an opened page.

Here: looking at a page and waiting for it. Not here: starting the browser (conftest.py).
"""

from dataclasses import dataclass, field

from playwright.sync_api import Page


@dataclass
class Opened:
    """A page in the browser, and what it complained about or asked the network for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        """The visible text of the first match."""
        return self.page.locator(selector).first.inner_text()

    def ready(self) -> None:
        """Waits until every section is drawn."""
        self.page.wait_for_selector("html[data-ready]")

    def click(self, selector: str) -> None:
        """Clicks, and waits until every section is drawn again."""
        self.page.click(selector)
        self.ready()
