"""Runs the SELECT of each suite and collects the frames, and the verdicts that still hold.

Belongs here: reading frames from DuckDB. Does not: deciding which suites run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from expectations.inputs import INPUTS, InputRow, input_frame
from expectations.model import Suite
from expectations.verdicts import Verdict, verdict_key

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True)
class FrameSource:
    """Where the frames of some suites come from; small, so that it can be sent to a process.

    Attributes:
        database: A DuckDB file that nobody writes to meanwhile.
        config: DuckDB settings to open it with.
        inputs: The rows that `expectations.inputs` names.
        known: Suite name -> what was found of it before.
    """

    database: str
    config: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, Sequence[InputRow]] = field(default_factory=dict)
    known: Mapping[str, Verdict] = field(default_factory=dict)


@dataclass(frozen=True)
class Frames:
    """What the SELECTs of some suites gave, by suite name.

    Attributes:
        frames: Rows to be judged.
        errors: Why there is no frame.
        keys: `verdict_key` of each frame.
        verdicts: What was found of the very same rows before; such a suite has no frame.
    """

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)


def read_frames(source: FrameSource, suites: Sequence[Suite]) -> Frames:
    """Open the database and run the suites' SELECTs."""
    import duckdb

    inputs = {name: input_frame(name, rows) for name, rows in source.inputs.items()}
    with duckdb.connect(source.database, read_only=True, config=dict(source.config)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return _read(connection, suites, inputs, source.known)


def build_frames(
    connection: Any, suites: Sequence[Suite], inputs: Mapping[str, pd.DataFrame] | None = None
) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Run the suites' SELECTs.

    Args:
        connection: An open DuckDB connection; reading is enough.
        suites: What `load_suites` returned.
        inputs: The frames that `expectations.inputs` names. A suite whose input is missing has
            no frame, so its guards did not run.

    Returns:
        Suite name -> frame, and suite name -> why there is no frame. Both go to `evaluate`.
    """
    found = _read(connection, suites, inputs or {}, {})
    return found.frames, found.errors


def _read(
    connection: Any,
    suites: Sequence[Suite],
    inputs: Mapping[str, pd.DataFrame],
    known: Mapping[str, Verdict],
) -> Frames:
    found = Frames()
    for name, frame in inputs.items():
        connection.register(name, frame)
    try:
        for suite in suites:
            if problem := _input_problem(suite, inputs):
                found.errors[suite.suite] = problem
                continue
            try:
                rows = connection.sql(suite.frame).to_arrow_table()
            except Exception as error:  # whatever the database says, the guards did not run
                words = " ".join(str(error).split())[:300]
                found.errors[suite.suite] = f"its SELECT failed: {words}"
            else:
                _sort_in(found, connection, suite, rows, known.get(suite.suite))
    finally:
        for name in inputs:
            connection.unregister(name)
    return found


def _sort_in(
    found: Frames, connection: Any, suite: Suite, rows: pa.Table, verdict: Verdict | None
) -> None:
    key = verdict_key(suite, rows)
    found.keys[suite.suite] = key
    if verdict is not None and verdict.key == key:
        found.verdicts[suite.suite] = verdict
    else:
        found.frames[suite.suite] = connection.from_arrow(rows).df()


def _input_problem(suite: Suite, given: Mapping[str, pd.DataFrame]) -> str:
    for name in suite.inputs:
        if name not in given:
            return f"its input {name} was not handed in"
        if missing := [column for column in INPUTS[name] if column not in given[name].columns]:
            return f"its input {name} has no column {', '.join(missing)}"
    return ""
