"""Pulls an org into a home once, as a process that can be killed.

    python -m tests.connectors.simulated.pulling_process HOME URL OPTIONS [full]

Belongs here: the process. Does not: killing it (soak).
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from orchestration.company.sources import source_from_mapping
from orchestration.connectors import limits
from orchestration.connectors.context import PullContext
from orchestration.connectors.salesforce.pull import pull
from orchestration.state import StateStore


def main(home: Path, url: str, options: dict[str, Any], *, is_full: bool) -> int:
    """Pull; 1 with the problems on standard error when something could not be read."""
    limits.MANY_DELIVERIES = 4
    entry = {"loader": "salesforce", "options": {"instance_url": url, **options}}
    folder = home / "deliveries"
    source = source_from_mapping("crm", entry, company_folder=home, deliveries_folder=folder)
    assert source.connector is not None
    context = PullContext(
        source="crm",
        state=StateStore(home / "state.sqlite"),
        deliveries=source.options.folder,
        raw_pages=home / "raw_pages" / "crm",
        variables=os.environ,
        deadline=time.monotonic() + 120,
        is_full=is_full,
    )
    result = pull(context, source.connector)
    sys.stderr.write("\n".join(result.problems))
    sys.stdout.write(f"{sum(result.changed.values())} {result.request_count}\n")
    return 1 if result.problems else 0


if __name__ == "__main__":
    sys.exit(
        main(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]), is_full="full" in sys.argv)
    )
