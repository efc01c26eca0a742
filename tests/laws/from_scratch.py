"""The marts as plain SQL makes them from raw, in a new file: what every build has to equal.

dbt's own materialisations have no part in it: each model's compiled query is run once, in order.

Belongs here: running those queries. Does not: compiling them.
"""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter

from orchestration.ingest.warehouse import warehouse
from orchestration.settings import Settings
from orchestration.transform.nodes import Project
from orchestration.transform.python_models import query_of_python
from orchestration.transform.statements import PYTHON

Queries = Mapping[str, str]  # by model


def compiled_queries(project: Project) -> dict[str, str]:
    """The query of each model as dbt compiled it."""
    return {model.name: model.sql for model in project.models.values()}


def make_from_scratch(settings: Settings, project: Project, queries: Queries) -> None:
    """Run every model's query on the home's raw views and rules."""
    reads = {
        unique_id: [item for item in model.reads if item in project.models]
        for unique_id, model in project.models.items()
    }
    with warehouse(settings) as connection:
        connection.execute("set variable concord_hash_key = $1", [settings.hash_key])
        connection.execute("begin")
        for unique_id in TopologicalSorter(reads).static_order():
            model = project.models[unique_id]
            connection.execute(f'create schema if not exists "{model.schema}"')
            is_python = model.language == PYTHON
            query = query_of_python(connection, model) if is_python else queries[model.name]
            connection.execute(f'create table "{model.schema}"."{model.name}" as ({query})')
        connection.execute("commit")
