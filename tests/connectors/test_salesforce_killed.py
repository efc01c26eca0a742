"""kill -9 at random moments of real processes: afterwards no gap and no double.

CONCORD_KILLS=50 makes it a soak.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from tests.connectors.conftest import Pulling
from tests.connectors.fake_salesforce import FakeOrg

KILLS = int(os.environ.get("CONCORD_KILLS", "4"))
SCRIPT = Path(__file__).with_name("pull_once.py")


def test_a_killed_pull_leaves_neither_gap_nor_double(org: FakeOrg, pulling: Pulling) -> None:
    chance = random.Random(7)
    org.batch = 10
    lasts = _seconds(pulling)
    for turn in range(KILLS):
        for number in range(40):
            record = f"001{chance.randrange(150):012d}AAA"
            org.add("Account", record, Name=f"{turn}.{number}")
            role = f"00K{chance.randrange(150):012d}AAA"
            org.add("OpportunityContactRole", role, OpportunityId="006", ContactId="003")
        for name in ("Account", "OpportunityContactRole"):
            org.purge(name, chance.choice(sorted(org.records[name])))
        org.pass_time(days=chance.choice([0, 8]), minutes=10)
        process = _start(pulling)
        time.sleep(chance.random() * lasts)
        process.kill()
        process.wait()
    org.pass_time(days=8)
    assert _start(pulling).wait(timeout=60) == 0
    live = sorted((row["Id"], row["Name"]) for row in org.records["Account"].values())
    found = pulling.rows("accounts", "account_id, account_name, is_deleted")
    assert [row[:2] for row in found if not row[2]] == live
    roles = [(record,) for record in sorted(org.records["OpportunityContactRole"])]
    assert pulling.rows("opportunity_contact_roles", "contact_role_id") == roles


def _start(pulling: Pulling) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), pulling.org.url, str(pulling.home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    return process


def _seconds(pulling: Pulling) -> float:
    """How long a whole pull takes, so that kills fall on all of it."""
    process = _start(pulling)
    begun = time.monotonic()
    assert process.wait(timeout=60) == 0
    return time.monotonic() - begun
