"""Writes the sample company's exports and truth: `python -m sample_company.make_exports`.

Belongs here: file formats, one per system, and the command. Does not: the story (story), columns
(exports) or figures (truth). The same seed writes the same bytes on every machine.
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook

from sample_company.exports import BROKEN_ROWS, Row, export_rows
from sample_company.story import tell_story
from sample_company.truth import planted_truth

HERE = Path(__file__).resolve().parent
AD_SPEND_TYPES = {
    "date": pa.date32(),
    "impressions": pa.int64(),
    "clicks": pa.int64(),
    "cost": pa.decimal128(18, 2),
}


def write_all(folder: Path) -> dict[str, Any]:
    """Write every export below `folder`/exports and the truth beside it; return the truth."""
    world = tell_story()
    rows = export_rows(world)
    crm, marketing = folder / "exports" / "crm", folder / "exports" / "marketing"
    for path in (crm, marketing):
        path.mkdir(parents=True, exist_ok=True)
    for entity in ("accounts", "opportunities", "opportunity_lines", "activities", "refunds"):
        _write_csv(crm / f"{entity}.csv", rows[entity])
    _write_csv(crm / "campaigns.csv", rows["campaigns"])
    _write_csv(crm / "leads.csv", rows["leads"], delimiter=";", encoding="latin-1")
    _write_csv(crm / "opportunity_history.tsv", rows["opportunity_history"], delimiter="\t")
    _write_jsonl(crm / "contacts.jsonl", rows["people"])
    _write_xlsx(crm / "products.xlsx", rows["products"])
    _write_parquet(marketing / "ad_spend.parquet", rows["ad_spend"])
    truth = {"rows": _row_counts(rows), "broken_rows": BROKEN_ROWS, **planted_truth(world)}
    text = json.dumps(truth, indent=1, ensure_ascii=False) + "\n"
    (folder / "truth.json").write_text(text, encoding="utf-8")
    return truth


def _row_counts(rows: dict[str, list[Row]]) -> dict[str, dict[str, int]]:
    bad = Counter(entity for entity, _, _ in BROKEN_ROWS)
    return {
        entity: {
            "delivered": len(delivered),
            "good": len(delivered) - bad[entity],
            "quarantined": bad[entity],
        }
        for entity, delivered in rows.items()
    }


def _write_csv(path: Path, rows: list[Row], delimiter: str = ",", encoding: str = "utf-8") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_jsonl(path: Path, rows: list[Row]) -> None:
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8")


def _write_parquet(path: Path, rows: list[Row]) -> None:
    schema = pa.schema([(name, AD_SPEND_TYPES.get(name, pa.string())) for name in rows[0]])
    pq.write_table(pa.Table.from_pylist(rows, schema), path, compression="none")


def _write_xlsx(path: Path, rows: list[Row]) -> None:
    """Write a workbook; openpyxl stamps the clock into it, so it is packed a second time."""
    book, packed = Workbook(), BytesIO()
    sheet = book.active
    if sheet is None:
        raise AssertionError("a new workbook has a sheet")
    sheet.title = "Price list"
    for cells in (list(rows[0]), *(list(row.values()) for row in rows)):
        sheet.append(cells)
    book.save(packed)
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            part = re.sub(
                rb"(<dcterms:\w+[^>]*>)[^<]+", rb"\g<1>2026-10-31T00:00:00Z", source.read(name)
            )
            target.writestr(zipfile.ZipInfo(name, (2026, 10, 31, 0, 0, 0)), part)


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=HERE, help="Where to write.")
def main(folder: Path) -> None:
    """Write the sample company's exports and truth.json."""
    truth = write_all(folder)
    click.echo(f"{sum(x['delivered'] for x in truth['rows'].values())} rows below {folder}")


if __name__ == "__main__":
    main()
