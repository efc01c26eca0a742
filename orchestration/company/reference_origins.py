"""Whose ids a source uses when it names another record.

Belongs here: the one rule that says which source a reference leads to. A source that delivers an
entity itself means its own records; otherwise it means those of the entity's system of record;
otherwise those of the only source that delivers it; otherwise nobody's but its own.
"""

from __future__ import annotations

import pyarrow as pa

from orchestration.canonical import load_entities
from orchestration.company import Company

# Must be the separator of macros/keys.sql: an origin and an id make a key.
SEPARATOR = "\x1f"


def reference_origins(company: Company) -> pa.Table:
    """One row per source: for every canonical entity, the origin that its references lead to."""
    sources = company.sources.sources
    delivered_by: dict[str, list[str]] = {}
    for name, source in sources.items():
        for dataset in source.datasets.values():
            names = delivered_by.setdefault(dataset.entity, [])
            if name not in names:
                names.append(name)

    def origin(source_name: str, entity: str) -> str:
        deliverers = delivered_by.get(entity, [])
        target = source_name
        if source_name not in deliverers:
            if entity in company.sources.system_of_record:
                target = company.sources.system_of_record[entity]
            elif len(deliverers) == 1:
                target = deliverers[0]
        return f"{sources[target].loader}{SEPARATOR}{target}"

    columns = {"source_name": pa.array(list(sources), pa.string())}
    for entity in sorted(load_entities()):
        columns[f"{entity}_origin"] = pa.array(
            [origin(name, entity) for name in sources], pa.string()
        )
    return pa.table(columns)
