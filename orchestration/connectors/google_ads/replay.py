"""Makes the spend's deliveries anew from the pages that were kept, without asking Google.

Belongs here: pages to deliveries. Does not: keeping pages (raw_pages.py).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import date
from pathlib import Path

from orchestration.company.google_ads_source import DATASET, GoogleAdsSource
from orchestration.connectors.ads.slices import DaySlices
from orchestration.connectors.ads.spend import in_cents
from orchestration.connectors.context import PullContext
from orchestration.connectors.durable import sync_folder
from orchestration.connectors.google_ads.pull import Account, typed_days
from orchestration.connectors.raw_pages import PullPages, finished_pulls


def replay(context: PullContext, source: GoogleAdsSource) -> dict[str, int]:  # noqa: ARG001
    """Go through every pull that ended, in order; return the rows of the dataset.

    Raises:
        ConnectorError: When a kept value does not have its type any more.
    """
    target = context.deliveries / DATASET
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".replay", dir=context.deliveries) as folder:
        slices = DaySlices(Path(folder))
        accounts = sorted(path for path in context.raw_pages.glob("*") if path.is_dir())
        for account in accounts:
            for pull in finished_pulls(account):
                _replay_pull(account.name, pull, slices)
        for path in sorted(Path(folder).glob("*.parquet")):
            shutil.move(path, target / path.name)
        sync_folder(target)
        return {DATASET: slices.row_count(target)}


def _replay_pull(account_id: str, pull: PullPages, slices: DaySlices) -> None:
    facts = pull.facts()
    account = Account(account_id, facts["currency_code"], facts["time_zone"])
    for _, body in pull.pages():
        page = json.loads(body)
        days = typed_days(account, page["campaigns"], page["totals"])
        start, end = date.fromisoformat(page["start"]), date.fromisoformat(page["end"])
        slices.replace(account_id, start, end, in_cents(days))
