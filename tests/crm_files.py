"""The sample company with its CRM read from export files, for the tests that need a drop folder.

Belongs here: putting its folder together. Does not: running it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "crm_files" / "sources.yml"


def write_crm_files_company(place: Path) -> Path:
    """Write the company's folder and its exports below a place; returns the folder.

    As the example's README says: its `crm` stands where `crm` and `refund_list` stood.
    """
    folder = place / "company"
    shutil.copytree(ROOT / "company", folder)
    shutil.copytree(ROOT / "sample_company" / "exports", place / "sample_company" / "exports")
    content = yaml.safe_load((folder / "sources.yml").read_text(encoding="utf-8"))
    by_file = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    del content["simulated"], content["sources"]["refund_list"]
    del content["system_of_record"]["record_merges"]
    content["sources"] |= by_file["sources"]
    content["system_of_record"] |= by_file["system_of_record"]
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    (folder / "sources.yml").write_text(text, encoding="utf-8")
    return folder
