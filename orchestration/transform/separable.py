"""Which models fall apart by a key, and how a changed row of what they read leads to that key.

A model is separable when the rows of one key depend on a few rows of its inputs, and on no other
key's. One new day then concerns few keys, and only those need be worked out. Its yml says so:

    config:
      meta:
        separable:
          key: [journey_key]
          reached:                        # a changed row of this table concerns …
            int_journey_people: [[]]      # … the key that it holds itself
            fct_touch: [[int_journey_people.person_key]]  # … the keys of that table's rows which
                                          # have the person_key of the changed row
          restricted:                     # rows of other keys are not needed of these tables
            - [int_journey_people.journey_key]
          all_keys: int_journey_people    # may be left out: a table that holds every key, under
                                          # the same names; then a large one is made in parts
          parts_by: journey_key           # may be left out: a column of that table, one value for
                                          # each key, by ranges of which the parts are cut; the
                                          # rows of a part then lie together for who reads them

A path is a list of steps `table.column`, each from rows to the rows of a table with the same
column; `table.column=other` where the column has another name in the rows before, `a+b` for two
columns. Where more is to be said, a way is `{of: [names], through: [steps], key: [names]}`: `of`
are the columns that matter, the own key of the table among them: a row of which others changed
concerns nobody; `key` are those of the last rows that are the key, where they have other names.

A step may lead into the model itself, as it stands: its rows know what they were made from. A
changed row is looked up as it was and as it is; what a lookup reads may have changed too, so it has
to be among the tables reached. Of a raw view (`raw_file_drop.touches`) the changed rows are those
of new files. A table that changed and is not named, or of which nobody knows what changed, makes
the model be worked out whole.

Belongs here: the words of the yml, and paths as SQL. Does not: whether anything changed
(standing.py), working it out (scope.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """From rows to those of a table that have the same values.

    Attributes:
        table: Name of the model.
        columns: Its columns.
        before: Those of the rows before, in the same order.
    """

    table: str
    columns: tuple[str, ...]
    before: tuple[str, ...]


Path = tuple[Step, ...]


@dataclass(frozen=True)
class Reach:
    """From changed rows to keys.

    Attributes:
        path: To the rows that hold the keys.
        key: The columns of these rows that are the key, in its order.
        of: The columns that matter; empty for all.
    """

    path: Path
    key: tuple[str, ...]
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Separable:
    """How a model or test falls apart.

    Attributes:
        key: Columns of its rows.
        reached: By table, the ways from a changed row to keys.
        restricted: Paths from the keys to the rows of a table, the last step's, that they need;
            where there are several to a table, they need all of them.
        may_be_null: Whether rows without a key matter: to a test of the key, which no model lacks.
        all_keys: Name of a table that holds every key; None where no table is named.
        parts_by: Its column by ranges of which parts are cut; None where by the key's hash.
    """

    key: tuple[str, ...]
    reached: Mapping[str, tuple[Reach, ...]]
    restricted: tuple[Path, ...]
    may_be_null: bool = False
    all_keys: str | None = None
    parts_by: str | None = None


def read_separable(said: Mapping[str, Any]) -> Separable:
    """Read what a yml says.

    Raises:
        ValueError: When a step is not `table.column`, or parts are cut of no table.
        KeyError: When there is no key or nothing reached.
    """
    key = tuple(said["key"])
    if "parts_by" in said and "all_keys" not in said:
        raise ValueError(
            f"parts_by: {said['parts_by']} is a column of no table; "
            "name the table that holds every key with all_keys, or leave parts_by out"
        )
    return Separable(
        key,
        {table: tuple(_reach(way, key) for way in ways) for table, ways in said["reached"].items()},
        tuple(map(_path, said.get("restricted", []))),
        all_keys=said.get("all_keys"),
        parts_by=said.get("parts_by"),
    )


def separable_test(
    table: str, key: Iterable[str], references: Mapping[str, Mapping[str, str]]
) -> Separable:
    """How a test of a table's rows falls apart: by the table's key.

    Args:
        table: Name of the model.
        key: Its tested key.
        references: By column, the model `to` and the `field` there that it must be found in.
    """
    columns = tuple(key)
    reached: dict[str, tuple[Reach, ...]] = {table: (Reach((), columns),)}
    for column, target in references.items():
        way = Reach((Step(table, (column,), (target["field"],)),), columns)
        reached[target["to"]] = (*reached.get(target["to"], ()), way)
    restricted = ((Step(table, columns, columns),),)
    return Separable(columns, reached, restricted, may_be_null=True)


def rows_reached(rows: str, path: Path, place_of: Callable[[str], str], equals: str = "=") -> str:
    """The query of the rows at the end of a path.

    Args:
        rows: Where it begins, as SQL names it.
        path: The steps.
        place_of: Where a model's table lies.
        equals: `is not distinct from` where a value that is missing leads to those that miss it.
    """
    if not path:
        return f"select * from {rows}"  # noqa: S608
    return rows_needed(rows, [path], place_of, equals)


def rows_needed(
    rows: str, paths: Sequence[Path], place_of: Callable[[str], str], equals: str = "="
) -> str:
    """The query of the rows of one table at the end of any of some paths; arguments as above."""
    conditions = []
    for *steps, last in paths:
        same = " and ".join(
            f"there.{column} {equals} here.{before}"
            for column, before in zip(last.columns, last.before, strict=True)
        )
        before = rows_reached(rows, tuple(steps), place_of, equals)
        conditions.append(f"exists (select 1 from ({before}) as here where {same})")  # noqa: S608
    place = place_of(paths[0][-1].table)
    return f"select there.* from {place} as there where {' or '.join(conditions)}"  # noqa: S608


def _reach(way: Any, key: tuple[str, ...]) -> Reach:
    if isinstance(way, Mapping):
        steps, columns = way.get("through", []), way.get("of", [])
        return Reach(_path(steps), tuple(way.get("key", key)), tuple(columns))
    return Reach(_path(way), key)


def _path(steps: Iterable[str]) -> Path:
    return tuple(map(_step, steps))


def _step(text: str) -> Step:
    table, dot, columns = text.rpartition(".")
    here, _, before = columns.partition("=")
    if not (table and dot and here):
        raise ValueError(f"{text!r} is no step; allowed: table.column or table.column=other")
    return Step(table, tuple(here.split("+")), tuple((before or here).split("+")))
