"""Makes the deliveries anew from the pages that were kept, without asking the platform.

Belongs here: pages to deliveries. Does not: keeping pages (raw_pages.py), what is in them.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import date
from pathlib import Path

from orchestration.connectors.ads.by_ad import in_cents_by_ad
from orchestration.connectors.ads.platform import Account, Rows
from orchestration.connectors.ads.pull import REACH_PAGE
from orchestration.connectors.ads.reach import REACH_DATASET, ReachFiles
from orchestration.connectors.ads.slices import DaySlices
from orchestration.connectors.ads.spend import SPEND_DATASET
from orchestration.connectors.context import PullContext
from orchestration.connectors.raw_pages import PullPages, finished_pulls
from orchestration.durable import sync_folder


def replay_ads(context: PullContext, rows: Rows, has_reach: bool) -> dict[str, int]:
    """Go through every part that was delivered, in order; return dataset to its rows.

    Raises:
        ConnectorError: When a kept value does not have its type any more.
    """
    datasets = [SPEND_DATASET, *([REACH_DATASET] if has_reach else [])]
    context.deliveries.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = {}
    with tempfile.TemporaryDirectory(prefix=".replay", dir=context.deliveries) as name:
        folder = Path(name)
        slices, files = DaySlices(folder / SPEND_DATASET), ReachFiles(folder / REACH_DATASET)
        for account in sorted(path for path in context.raw_pages.glob("*") if path.is_dir()):
            for pull in finished_pulls(account):
                _replay_pull(account.name, pull, rows, slices, files)
        for dataset in datasets:
            target = context.deliveries / dataset
            target.mkdir(parents=True, exist_ok=True, mode=0o700)
            for path in sorted((folder / dataset).glob("*.parquet")):
                shutil.move(path, target / path.name)
            sync_folder(target)
            found[dataset] = DaySlices.row_count(target)
    return found


def _replay_pull(
    account_id: str, pull: PullPages, rows: Rows, slices: DaySlices, files: ReachFiles
) -> None:
    facts = pull.facts()
    account = Account(account_id, facts["currency_code"], facts["time_zone"])
    for kind, body in pull.pages():
        page = json.loads(body)
        first, last = date.fromisoformat(page["start"]), date.fromisoformat(page["end"])
        if kind == REACH_PAGE:
            files.replace(account_id, first, last, rows.reach(account, page))
        else:
            told = rows.spend(account, page)
            slices.replace(account_id, first, last, in_cents_by_ad(told.days, told.ads))
