"""Collects the rows of one file that cannot be used, in the order of its lines.

Belongs here: from DuckDB's marks to rows for people. Does not: the marks (sql_rows.py,
loading.py) or the wording (reasons.py).
"""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.sources.file_drop.engine import first_row
from orchestration.sources.file_drop.model import QuarantinedRow
from orchestration.sources.file_drop.plan import DatasetPlan
from orchestration.sources.file_drop.reading import ReadLog, require_few_faults
from orchestration.sources.file_drop.reasons import (
    duplicate_reason,
    field_reason,
    mask_value,
    payload,
    payload_of_cells,
)
from orchestration.sources.file_drop.sql_rows import staged_columns


def collect_quarantine(
    connection: duckdb.DuckDBPyConnection, plan: DatasetPlan, file: str, log: ReadLog
) -> list[QuarantinedRow]:
    """Return the bad rows of the file just parsed.

    Raises:
        FileRefusedError: When there are more than a file may have.
    """
    return _Quarantine(connection, plan, file).collect(log)


class _Quarantine:
    """Collects the bad rows of one file in the order of its lines."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, plan: DatasetPlan, file: str) -> None:
        self._connection = connection
        self._plan = plan
        self._file = file
        self._emails = frozenset(
            plan.wanted[field.column]
            for field in plan.fields
            if field.type == "email" and field.column is not None
        )

    def collect(self, log: ReadLog) -> list[QuarantinedRow]:
        rows = [
            self._row(fault.line, fault.reason, payload_of_cells(fault.cells))
            for fault in log.faults
        ]
        rows.extend(self._faulty())
        rows.extend(self._repeated())
        require_few_faults(len(rows))
        return sorted(rows, key=lambda row: row.line)

    def _row(
        self, line: int, reason: str, shown: str, column: str | None = None, value: Any = None
    ) -> QuarantinedRow:
        plan = self._plan
        return QuarantinedRow(
            source=plan.source,
            dataset=plan.dataset,
            entity=plan.entity,
            file=self._file,
            line=line,
            reason=reason,
            payload=shown,
            column=column,
            value=value,
        )

    def _faulty(self) -> list[QuarantinedRow]:
        self._refuse_too_many("parsed where faults is not null")
        columns = staged_columns(self._plan)
        cells = "".join(f", {name}" for name in columns)
        found = self._connection.execute(
            f"select parsed.line, parsed.faults{cells} from parsed join staged "  # noqa: S608
            "using (row_number) where faults is not null order by row_number"
        ).fetchall()
        rows = []
        for line, faults, *texts in found:
            row = self._delivered(dict(zip(columns, texts, strict=True)))
            fields = [self._plan.fields[int(i)] for i in faults.split()]
            reasons = []
            for field in fields:
                value = self._value(row, field.column, field.constant)
                reasons.append(field_reason(field, self._plan, value))
            first = fields[0]
            column = first.name if first.column is None else self._plan.wanted[first.column]
            value = mask_value(self._value(row, first.column, first.constant), first.type)
            shown = payload(row, self._emails)
            rows.append(self._row(line, "; ".join(reasons), shown, column, value))
        return rows

    def _repeated(self) -> list[QuarantinedRow]:
        self._refuse_too_many("repeated where not is_same")
        names = [field.name for field in self._plan.fields]
        key = "".join(f", cast(v{names.index(name)} as varchar)" for name in self._plan.key)
        columns = staged_columns(self._plan)
        cells = "".join(f", staged.{name}" for name in columns)
        found = self._connection.execute(
            f"select repeated.line, first_line{key}{cells} from repeated "  # noqa: S608
            "join parsed using (row_number) join staged using (row_number) "
            "where not is_same order by row_number"
        ).fetchall()
        rows = []
        for line, first_line, *rest in found:
            values = rest[: len(self._plan.key)]
            texts = rest[len(self._plan.key) :]
            row = self._delivered(dict(zip(columns, texts, strict=True)))
            reason = duplicate_reason(dict(zip(self._plan.key, values, strict=True)), first_line)
            shown = payload(row, self._emails)
            rows.append(self._row(line, reason, shown, self._plan.key[0], values[0]))
        return rows

    def _refuse_too_many(self, condition: str) -> None:
        row = first_row(self._connection, f"select count(*) from {condition}")  # noqa: S608
        require_few_faults(row[0] if row is not None else 0)

    def _delivered(self, texts: dict[str, str | None]) -> dict[str, str | None]:
        row: dict[str, str | None] = {}
        for i, name in enumerate(self._plan.wanted):
            plain = texts.get(f"n{i}")
            row[name] = plain if plain is not None else texts.get(f"t{i}")
        return row

    def _value(
        self, row: dict[str, str | None], column: int | None, constant: str | None
    ) -> str | None:
        if column is None:
            return constant
        value = row[self._plan.wanted[column]]
        return value if value is not None and value.strip() else constant
