"""Writes the generated documentation: `make docs`.

Belongs here: calling the generators. A test fails when what they write is not what lies in docs/.
"""

from __future__ import annotations

from orchestration.company import write_json_schemas
from orchestration.settings import PROJECT_ROOT

SCHEMA_FOLDER = PROJECT_ROOT / "docs" / "schema"

if __name__ == "__main__":
    write_json_schemas(SCHEMA_FOLDER)
