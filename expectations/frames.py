"""Runs the SELECT of each suite and collects the frames.

Belongs here: reading frames from DuckDB. Does not: deciding which suites run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from expectations.inputs import INPUTS, InputRow, input_frame
from expectations.model import Suite

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class FrameSource:
    """Where the frames of some suites come from; small, so that it can be sent to a process.

    Attributes:
        database: A DuckDB file that nobody writes to meanwhile.
        config: DuckDB settings to open it with.
        inputs: The rows that `expectations.inputs` names.
    """

    database: str
    config: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, Sequence[InputRow]] = field(default_factory=dict)


def read_frames(
    source: FrameSource, suites: Sequence[Suite]
) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Open the database and run the suites' SELECTs; returns what `build_frames` returns."""
    import duckdb

    inputs = {name: input_frame(name, rows) for name, rows in source.inputs.items()}
    with duckdb.connect(source.database, read_only=True, config=dict(source.config)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return build_frames(connection, suites, inputs)


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
    given = dict(inputs or {})
    frames: dict[str, pd.DataFrame] = {}
    errors: dict[str, str] = {}
    for name, frame in given.items():
        connection.register(name, frame)
    try:
        for suite in suites:
            if problem := _input_problem(suite, given):
                errors[suite.suite] = problem
                continue
            try:
                frames[suite.suite] = connection.execute(suite.frame).df()
            except Exception as error:  # whatever the database says, the guards did not run
                errors[suite.suite] = f"its SELECT failed: {' '.join(str(error).split())[:300]}"
    finally:
        for name in given:
            connection.unregister(name)
    return frames, errors


def _input_problem(suite: Suite, given: Mapping[str, pd.DataFrame]) -> str:
    for name in suite.inputs:
        if name not in given:
            return f"its input {name} was not handed in"
        if missing := [column for column in INPUTS[name] if column not in given[name].columns]:
            return f"its input {name} has no column {', '.join(missing)}"
    return ""
