"""A random history of deliveries: late, changed, deleted, missing, re-identified, other rules.

Belongs here: what systems may do between two runs. Does not: building, or what must hold then.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from random import Random

from orchestration.canonical import Entity, load_entities
from tests.laws.small_company import (
    AS_OF,
    Row,
    entity_of,
    set_as_of,
    small_rows,
    write_company,
    write_delivery,
)

# Rows of these come late; nothing works without the others.
HELD_BACK = 0.25
PROMPT = ("campaigns", "products", "content_assets", "accounts")
# Without these others go to quarantine; when too many do, no run goes on.
LASTING = (*PROMPT, "opportunities")
CHANGED_ROWS, LATE_ROWS = 3, 8
OF_ANOTHER_ROW = 0.7
FLAGS = ("is_deleted", "is_test", "is_duplicate")

File = tuple[str, str]  # dataset, name


@dataclass
class History:
    """The company's folder and deliveries in a place, and what has happened to them.

    Attributes:
        place: Holds the folder and, beside it, the deliveries.
        random: Decides everything.
        files: The rows of each delivered file.
        held: Rows that are still to come, by dataset.
        arriving: Rows that come at the end of the day, by dataset.
        told: What has happened, in words.
        as_of: The company's day.
    """

    place: Path
    random: Random
    files: dict[File, list[Row]] = field(default_factory=dict)
    held: dict[str, list[Row]] = field(default_factory=dict)
    arriving: dict[str, list[Row]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    as_of: date = AS_OF

    @property
    def company(self) -> Path:
        """The company's folder."""
        return self.place / "company"

    def begin(self) -> None:
        """Write the folder and the first delivery, from which some rows are missing."""
        write_company(self.company)
        for dataset, rows in small_rows().items():
            share = 0 if dataset in PROMPT else HELD_BACK
            is_late = [self.random.random() < share for _ in rows]
            self.held[dataset] = [row for row, late in zip(rows, is_late, strict=True) if late]
            self._deliver(
                dataset, [row for row, late in zip(rows, is_late, strict=True) if not late]
            )
        self.end_of_day()

    def happen(self, seed: int, is_gentle: bool = False) -> str:
        """Let one of each kind of thing happen in random order; return what did.

        Args:
            seed: Decides everything.
            is_gentle: Leave out what makes guards hold a group back.
        """
        self.random = Random(seed)
        self.told.clear()
        kinds = [self.late, self.recognised, self.other_rules, self.next_day]
        if not is_gentle:
            kinds += [self.changed, self.flagged, self.missing, self.withdrawn]
        for event in self.random.sample(kinds, len(kinds)):
            event()
        self.end_of_day()
        return f"seed {seed}: {', '.join(self.told)}"

    def late(self) -> None:
        """Rows of old days arrive."""
        for dataset, rows in self.held.items():
            self.random.shuffle(rows)
            arriving = [rows.pop() for _ in range(min(LATE_ROWS, len(rows)))]
            if arriving:
                self._deliver(dataset, arriving)
        self.told.append("late rows")

    def changed(self) -> None:
        """Rows are delivered again with another value in one or two fields."""
        for dataset in self._datasets():
            rows = self._current(dataset)
            entity = load_entities()[entity_of(dataset)]
            again = [
                self._other_values(dict(row), rows, entity)
                for row in self.random.sample(rows, min(CHANGED_ROWS, len(rows)))
            ]
            self._deliver(dataset, again)
        self.told.append("values changed")

    def flagged(self) -> None:
        """Rows are delivered again as deleted, as tests or as duplicates, or no longer so."""
        for dataset in self._datasets():
            rows = self._current(dataset)
            flags = [flag for flag in FLAGS if flag in load_entities()[entity_of(dataset)].fields]
            if flags:
                row = self.random.choice(rows)
                flag = self.random.choice(flags)
                self._deliver(dataset, [{**row, flag: not row.get(flag)}])
                self.told.append(f"{flag} toggled in {dataset}")

    def missing(self) -> None:
        """A file is delivered anew without some of its rows."""
        for (dataset, name), rows in self.files.items():
            if len(rows) > 1 and dataset not in LASTING and self.random.random() < 0.5:
                gone = self.random.randrange(len(rows))
                self._write(dataset, name, rows[:gone] + rows[gone + 1 :])
        self.told.append("rows missing")

    def withdrawn(self) -> None:
        """A file that once came is there no more, or comes a second time."""
        datasets = [
            dataset
            for dataset, name in sorted(self.files)
            if dataset not in LASTING and not name.endswith("-00.parquet")
        ]
        if datasets:
            dataset = self.random.choice(datasets)
            name = max(name for kind, name in self.files if kind == dataset)
            del self.files[dataset, name]
            (self.place / "delivered" / dataset / name).unlink()
            self.told.append(f"{dataset}/{name} withdrawn")
        (dataset, name), rows = self.random.choice(sorted(self.files.items(), key=str))
        self._deliver(dataset, rows)
        self.told.append(f"{dataset}/{name} delivered twice")

    def recognised(self) -> None:
        """Visitors become known, leads get their contact, two leads turn out to be one person."""
        touches, leads = self._current("touches"), self._current("leads")
        people = self._current("people")
        strangers = [row for row in touches if row["anonymous_id"] and not row.get("lead_id")]
        visits = self.random.sample(strangers, min(4, len(strangers)))
        self._deliver(
            "touches",
            [{**visit, "lead_id": self.random.choice(leads)["lead_id"]} for visit in visits],
        )
        one, other, third, fourth = self.random.sample(leads, 4)
        contact = self.random.choice(people)
        known = {name: contact[name] for name in ("person_id", "account_id")}
        self._deliver("leads", [{**one, **known}, {**other, **known}])
        self._deliver("leads", [{**third, "email": fourth["email"]}])
        self.told.append("visitors and leads recognised")

    def other_rules(self) -> None:
        """The company decides otherwise: rates, costs, targets, teams, channels, chances."""
        self._decide("fx_rates.csv", "rate", lambda text: f"{Decimal(text) + Decimal('0.0123')}")
        self._decide("costs.csv", "amount", lambda text: f"{Decimal(text) + Decimal('10.01')}")
        self._decide("targets.csv", "target_value", lambda text: f"{Decimal(text) + 7}")
        self._decide("people.csv", "team", None)
        self._decide("channels.csv", "utm_campaign", lambda text: text or "*")
        file = self.company / "funnel.yml"
        chance = f'probability: "0.{self.random.randrange(10, 90)}"'
        text = re.sub(r'probability: "0\.\d+"', chance, file.read_text(), count=1)
        days = f"to_stage: mql, window_days: {self.random.randrange(5, 60)}"
        file.write_text(re.sub(r"to_stage: mql, window_days: \d+", days, text))
        self.told.append("other rules")

    def next_day(self) -> None:
        """Days pass."""
        self.as_of += timedelta(days=self.random.choice((1, 30, 100)))
        set_as_of(self.company, self.as_of)
        self.told.append(f"as of {self.as_of}")

    def _datasets(self) -> list[str]:
        return sorted({dataset for dataset, _ in self.files if self._current(dataset)})

    def _current(self, dataset: str) -> list[Row]:
        """What is delivered of a dataset by now: the newest row of each key."""
        files = [rows for (kind, _), rows in sorted(self.files.items()) if kind == dataset]
        return _newest(dataset, [*chain(*files), *self.arriving.get(dataset, [])])

    def _deliver(self, dataset: str, rows: list[Row]) -> None:
        self.arriving.setdefault(dataset, []).extend(rows)

    def end_of_day(self) -> None:
        """Write what arrives into one new file for each dataset."""
        for dataset, rows in self.arriving.items():
            numbers = [int(name[-10:-8]) for kind, name in self.files if kind == dataset]
            name = f"{dataset}-{max(numbers, default=-1) + 1:02}.parquet"
            self._write(dataset, name, _newest(dataset, rows))
        self.arriving.clear()

    def _write(self, dataset: str, name: str, rows: list[Row]) -> None:
        self.files[dataset, name] = rows
        write_delivery(self.place / "delivered" / dataset / name, dataset, rows)

    def _other_values(self, row: Row, rows: list[Row], entity: Entity) -> Row:
        free = [name for name in entity.fields if name not in entity.key]
        for name in self.random.sample(free, 2):
            kind, old = entity.fields[name].type, row.get(name)
            if self.random.random() < OF_ANOTHER_ROW:
                row[name] = self.random.choice(rows).get(name)
            elif kind in ("money", "decimal", "integer") and old is not None:
                row[name] = abs(old + self.random.randrange(-5, 9))
            elif not entity.fields[name].required:
                row[name] = None
        return row

    def _decide(self, file: str, column: str, change: Callable[[str], str] | None) -> None:
        """Change a value of one row, or give it another row's."""
        path = self.company / file
        with path.open(newline="") as stream:
            rows = list(csv.DictReader(stream))
        row = self.random.choice(rows)
        row[column] = change(row[column]) if change else self.random.choice(rows)[column]
        with path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _newest(dataset: str, rows: list[Row]) -> list[Row]:
    """The last row of each key."""
    key = load_entities()[entity_of(dataset)].key
    return list({tuple(row.get(name) for name in key): row for row in rows}.values())
