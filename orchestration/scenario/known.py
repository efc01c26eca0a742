"""Pay as it was on an earlier day: by what its inputs knew then.

What was known is told by models (models/intermediate/known) from the sources' own stamps: when a
state of a deal was recorded, when a row was made, when a plan was approved. Here their answers
take the place of the tables that the models of pay read.

Belongs here: which table each answer stands for, and putting it there. Does not: what was known
(SQL), running models (scratch.py), locking (ledger/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import duckdb

from orchestration.ledger.close import PayOn
from orchestration.ledger.columns import TABLES
from orchestration.ledger.source import SCHEMA as LEDGER_SCHEMA
from orchestration.ledger.source import write_ledger
from orchestration.ledger.store import LedgerError
from orchestration.publish.sql import identifier
from orchestration.scenario.scratch import (
    PayModels,
    Place,
    build,
    copy_from_home,
    opened,
    pay_models,
    place_name,
    scratch_home,
)
from orchestration.settings import Settings
from orchestration.transform.nodes import Project

TARGETS = ("comp_pending_posting", "comp_period")
AS_OF: Place = ("staging", "stg_company__as_of")
# Follows from the as-of date alone, so it is computed again with it.
PERIODS = "int_reporting_periods"
# The table that each answer stands for. It has the key of the table, the rows that were known, and
# those columns that may have been others then.
KNOWN: Mapping[str, Place] = {
    "int_known_opportunities": ("core", "fct_opportunity"),
    "int_known_refunds": ("core", "fct_refund"),
    "int_known_opportunity_splits": ("conformed", "conformed_opportunity_splits"),
    "int_known_overrides": ("conformed", "conformed_compensation_overrides"),
    "int_known_quotas": ("conformed", "conformed_quotas"),
    "int_known_plan_assignments": ("conformed", "conformed_plan_assignments"),
    "int_known_employee_absences": ("conformed", "conformed_employee_absences"),
    "int_known_plan_versions": ("staging", "stg_company__plan_versions"),
}
_WHOLE, _ANSWERS = "whole", "answers"


@dataclass(frozen=True)
class MonthModels:
    """What closes a month.

    Attributes:
        pay: The models of pay down to its postings, on a ledger that is given and not copied.
        known: dbt ids of the models that say what was known.
        inputs: Schema and table of what all of them read.
    """

    pay: PayModels
    known: tuple[str, ...]
    inputs: tuple[Place, ...]


def month_models(project: Project) -> MonthModels:
    """Find the models that close a month."""
    ids = {model.name: model.unique_id for model in project.models.values()}
    found = pay_models(project, TARGETS, [(LEDGER_SCHEMA, table) for table in TABLES])
    periods = project.models[ids[PERIODS]]
    pay = PayModels(
        (*found.chosen, periods.unique_id),
        tuple(
            place
            for place in found.inputs
            if place[0] != LEDGER_SCHEMA and place != (periods.schema, periods.name)
        ),
    )
    known = tuple(ids[name] for name in KNOWN)
    read = [item for name in known for item in project.models[name].reads]
    places = {
        (project.models[item].schema, project.models[item].name)
        if item in project.models
        else project.sources[item]
        for item in [*read, *periods.reads]
    }
    return MonthModels(pay, known, tuple(sorted({*pay.inputs, *places})))


def restate(scratch: Settings, project: Project, models: MonthModels, day: date) -> None:
    """Let the inputs of a scratch be what was known on a day; any day, one after another.

    Raises:
        ScenarioError: When a model could not be built.
    """
    with opened(scratch) as connection:
        make_whole(connection)
        connection.execute(
            f"create or replace table {place_name(AS_OF)} as select $day as as_of_date",
            {"day": day},
        )
    build(scratch, project, PayModels(models.known, ()))
    keys = {project.models[item].name: project.keys[item] for item in models.known}
    with opened(scratch) as connection:
        put_answers(connection, keys)


def make_whole(connection: duckdb.DuckDBPyConnection) -> None:
    """Let every table that answers stand for have all its rows; keep them, the first time."""
    connection.execute(f"create schema if not exists {_WHOLE}")
    for name, place in KNOWN.items():
        kept = f"{_WHOLE}.{identifier(name)}"
        connection.execute(f"create table if not exists {kept} as from {place_name(place)}")
        connection.execute(f"create or replace table {place_name(place)} as from {kept}")


def put_answers(connection: duckdb.DuckDBPyConnection, keys: Mapping[str, tuple[str, ...]]) -> None:
    """Put the answers in the place of the tables; all are read before the first is put."""
    connection.execute(f"create schema if not exists {_ANSWERS}")
    for name in KNOWN:
        connection.execute(f"create or replace table {_ANSWERS}.{name} as from intermediate.{name}")
    for name, place in KNOWN.items():
        found = connection.execute(f"from {_ANSWERS}.{name} limit 0").description or ()
        others = [column[0] for column in found if column[0] not in keys[name]]
        changed = ", ".join(f"answers.{column} as {column}" for column in others)
        connection.execute(
            f"""
            create or replace table {place_name(place)} as
            select whole.* {f"replace ({changed})" if changed else ""}
            from {_WHOLE}.{identifier(name)} as whole
            inner join {_ANSWERS}.{name} as answers using ({", ".join(keys[name])})
            """  # noqa: S608
        )


@contextmanager
def pay_as_known(settings: Settings, project: Project) -> Iterator[PayOn]:
    """Give a function that computes pay as of a day, on the ledger as it then is.

    The home is only read, once, before the first day.

    Raises:
        ScenarioError: When the inputs cannot be read, or a model cannot be built.
    """
    models = month_models(project)
    with scratch_home(settings) as scratch:
        copy_from_home(settings, scratch, models.inputs)

        @contextmanager
        def pay_on(day: date) -> Iterator[duckdb.DuckDBPyConnection]:
            restate(scratch, project, models, day)
            with opened(scratch) as connection:
                guard = write_ledger(connection, settings.ledger_path)
            if guard.status != "passed":
                raise LedgerError(guard.message)
            build(scratch, project, models.pay)
            with opened(scratch) as connection:
                yield connection

        yield pay_on
