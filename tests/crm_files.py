"""The sample company with all its systems read from files, for the tests that need a drop folder.

Belongs here: putting its folder together. Does not: running it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
# The letters as their platform's export would have them, in place of the simulated HubSpot.
LETTERS = {
    "loader": "file_drop",
    "options": {"folder": "${CONCORD_HOME}/sample_company/delivered"},
    "datasets": {
        "message_sends": {
            "entity": "message_sends",
            "files": "message_sends/*.parquet",
            "columns": {
                name: name
                for name in (
                    "message_send_id", "sent_at", "programme", "rule", "campaign_id",
                    "content_asset_id", "person_id", "lead_id", "email", "is_delivered",
                    "clicked_at", "unsubscribed_at",
                )
            },
        }
    },
}  # fmt: skip
EXAMPLE = ROOT / "examples" / "crm_files" / "sources.yml"


def write_crm_files_company(place: Path) -> Path:
    """Write the company's folder and its exports below a place; returns the folder.

    As the example's README says: its `crm` stands where `crm` and `refund_list` stood. Letters are
    read from the generator's Parquet.
    """
    folder = place / "company"
    shutil.copytree(ROOT / "company", folder)
    shutil.copytree(ROOT / "sample_company" / "exports", place / "sample_company" / "exports")
    content = yaml.safe_load((folder / "sources.yml").read_text(encoding="utf-8"))
    by_file = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    del content["simulated"], content["sources"]["refund_list"]
    del content["system_of_record"]["record_merges"]
    content["sources"] |= {**by_file["sources"], "letters": LETTERS}
    content["system_of_record"] |= by_file["system_of_record"]
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    (folder / "sources.yml").write_text(text, encoding="utf-8")
    return folder
