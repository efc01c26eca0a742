"""The sample company's folder, with all its systems delivering Parquet at a scale.

Belongs here: the copy and its sources.yml. Does not: generating (sample_company).
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import yaml

from sample_company.tiles import entity_of

COMPANY = Path(__file__).resolve().parent.parent / "company"


def write_company(folder: Path, delivered: Path) -> None:
    """Write a company folder whose only source is the generated one.

    Args:
        folder: Where to write.
        delivered: Folder with one folder per dataset.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(COMPANY, folder)
    datasets = {}
    for place in sorted(path for path in delivered.iterdir() if path.is_dir()):
        columns = pq.read_schema(next(iter(sorted(place.glob("*.parquet"))))).names
        datasets[place.name] = {
            "entity": entity_of(place.name),
            "files": f"{place.name}/*.parquet",
            "columns": {name: name for name in columns},
        }
    source = {"loader": "file_drop", "options": {"folder": str(delivered)}, "datasets": datasets}
    sources = {"sources": {"crm": source}}
    (folder / "sources.yml").write_text(yaml.safe_dump(sources, sort_keys=False))
    # The generated CRM is the one that funnel.yml speaks of; the others are not there.
    funnel = (folder / "funnel.yml").read_text()
    (folder / "funnel.yml").write_text(re.sub(r"source: (?!crm\b)\w+", "source: crm", funnel))
