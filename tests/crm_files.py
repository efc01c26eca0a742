"""The sample company with its CRM and letters, or its ad spend, read from files.

Belongs here: putting its folder together. Does not: running it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

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
AD_EXAMPLE = ROOT / "examples" / "ad_files" / "sources.yml"
AD_PLATFORMS = ("google_ads", "meta_ads", "linkedin_ads")


def write_crm_files_company(place: Path) -> Path:
    """Write the company's folder and its exports below a place; returns the folder.

    As the example's README says: its `crm` stands where `crm` and `refund_list` stood. Letters are
    read from the generator's Parquet.
    """
    folder, content = _company(place)
    by_file = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    for name in ("crm", "letters"):
        content["simulated"].remove(name)
    del content["sources"]["refund_list"]
    del content["system_of_record"]["record_merges"]
    content["sources"] |= {**by_file["sources"], "letters": LETTERS}
    content["system_of_record"] |= by_file["system_of_record"]
    return _write(folder, content)


def write_ad_files_company(place: Path) -> Path:
    """Write a company that has the weekly file of ad spend, and the CRM's files, and no more."""
    folder, _ = _company(place)
    examples = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (EXAMPLE, AD_EXAMPLE)]
    return _write(folder, {"sources": examples[0]["sources"] | examples[1]["sources"]})


def with_ad_files(folder: Path) -> Path:
    """As the example's README says: its `marketing` stands where the three platforms stood."""
    content = yaml.safe_load((folder / "sources.yml").read_text(encoding="utf-8"))
    by_file = yaml.safe_load(AD_EXAMPLE.read_text(encoding="utf-8"))
    for name in AD_PLATFORMS:
        del content["sources"][name]
        content["simulated"].remove(name)
    content["sources"] |= by_file["sources"]
    return _write(folder, content)


def _company(place: Path) -> tuple[Path, dict[str, Any]]:
    folder = place / "company"
    shutil.copytree(ROOT / "company", folder)
    shutil.copytree(ROOT / "sample_company" / "exports", place / "sample_company" / "exports")
    return folder, yaml.safe_load((folder / "sources.yml").read_text(encoding="utf-8"))


def _write(folder: Path, content: dict[str, Any]) -> Path:
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    (folder / "sources.yml").write_text(text, encoding="utf-8")
    return folder
