"""Rows that a run hands to the guards, because no table of the warehouse holds them.

Belongs here: the name, columns and types of each input. Does not: where the run gets them from.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

InputRow = tuple[str | int | None, ...]

# The run registers each input under its name before it runs a suite's SELECT.
INPUTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        # One row per canonical entity: files that are active, good rows in them, rejected rows.
        "guard_input_entity_load": MappingProxyType(
            {
                "entity": "varchar",
                "file_count": "bigint",
                "row_count": "bigint",
                "quarantined_count": "bigint",
            }
        ),
        # One row per table (schema.table) that is about to be published; rpt_kpi once per group.
        # previous_row_count comes from the version that readers see; NULL when there is none.
        "guard_input_table_count": MappingProxyType(
            {
                "table_name": "varchar",
                "kpi_group": "varchar",
                "row_count": "bigint",
                "previous_row_count": "bigint",
            }
        ),
    }
)


def input_frame(name: str, rows: Sequence[InputRow]) -> pd.DataFrame:
    """Return an input's rows as the frame that its suites select from."""
    import pandas as pd

    types = INPUTS[name]
    frame = pd.DataFrame(list(rows), columns=list(types))
    whole = {column: "Int64" for column, kind in types.items() if kind == "bigint"}
    return frame.astype(whole)
