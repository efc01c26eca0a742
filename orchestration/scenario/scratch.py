"""A place of its own in which the models of pay run once more over inputs that were copied there.

The models are the ones that a run builds, as dbt compiled them, so there is no second way to
compute pay. What they read from elsewhere is copied; nothing is written outside the place.

Belongs here: which models and inputs these are, copying and running. Does not: what is changed
between the two (what_if.py), or what is asked afterwards.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.ingest.warehouse import warehouse
from orchestration.publish.sql import identifier, literal
from orchestration.settings import Settings
from orchestration.transform.compiled import run_compiled
from orchestration.transform.nodes import Project
from orchestration.transform.project import MANIFEST_FILE, ensure_parsed, is_parsed

PAY_SCHEMA = "compensation"
PAY_PREFIX = "int_comp_"
# Credits of deals: computed anew with the deals.
CREDITS = "int_opportunity_credits"
SCRATCH = "scratch"

Place = tuple[str, str]


class ScenarioError(Exception):
    """Why pay cannot be computed here; the words are meant for the user."""


@dataclass(frozen=True)
class PayModels:
    """What is built, and what that reads.

    Attributes:
        chosen: dbt ids of the models that are built.
        inputs: Schema and table of what they read and that is not built.
    """

    chosen: tuple[str, ...]
    inputs: tuple[Place, ...]


def read_project(settings: Settings) -> Project:
    """The project as the home compiled it; where that is not up to date, compiled elsewhere."""
    if is_parsed(settings):
        return Project(json.loads((settings.dbt_target_dir / MANIFEST_FILE).read_text()))
    with tempfile.TemporaryDirectory() as place:
        manifest = ensure_parsed(replace(settings, home=Path(place)))
        return Project(json.loads(manifest.read_text()))


def pay_models(
    project: Project, targets: Collection[str], changed: Collection[Place] = ()
) -> PayModels:
    """What must be built so that the targets are, when some tables are others.

    Args:
        project: The models.
        targets: Names of models.
        changed: Schema and table of sources whose rows are others than those of the run that
            made the inputs; everything between them and the targets is built.

    Returns:
        The models of pay and those between the changed sources and pay.
    """
    by_name = {model.name: model.unique_id for model in project.models.values()}
    above = _above(project, [by_name[name] for name in targets if name in by_name])
    touched = {unique_id for unique_id, place in project.sources.items() if place in set(changed)}
    grown = True
    while grown:
        more = {
            unique_id
            for unique_id in above - touched
            if unique_id in project.models and touched.intersection(project.models[unique_id].reads)
        }
        grown = bool(more)
        touched |= more
    chosen = {
        unique_id
        for unique_id in above & project.models.keys()
        if unique_id in touched
        or project.models[unique_id].schema == PAY_SCHEMA
        or project.models[unique_id].name.startswith(PAY_PREFIX)
        or project.models[unique_id].name == CREDITS
    }
    inputs = {
        _place(project, item) for unique_id in chosen for item in project.models[unique_id].reads
    } - {_place(project, unique_id) for unique_id in chosen}
    return PayModels(tuple(sorted(chosen)), tuple(sorted(inputs)))


def _above(project: Project, unique_ids: Iterable[str]) -> set[str]:
    """The nodes themselves and everything that they read, at any depth."""
    found: set[str] = set()
    waiting = list(unique_ids)
    while waiting:
        unique_id = waiting.pop()
        if unique_id not in found:
            found.add(unique_id)
            model = project.models.get(unique_id)
            waiting += model.reads if model else ()
    return found


def _place(project: Project, unique_id: str) -> Place:
    if unique_id in project.models:
        model = project.models[unique_id]
        return model.schema, model.name
    return project.sources[unique_id]


@contextmanager
def scratch_home(settings: Settings) -> Iterator[Settings]:
    """A home of its own for one calculation; only its owner reads it, and it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="concord_pay_") as place:
        yield replace(settings, home=Path(place))


def copy_from_home(settings: Settings, scratch: Settings, places: Iterable[Place]) -> None:
    """Copy tables of the last run's working file, each under its own name.

    Raises:
        ScenarioError: When there is no such file, it is in use, or it lacks a table.
    """
    path = settings.warehouse_path
    if not path.exists():
        raise ScenarioError("No run has computed pay in this home yet; `concord run` does.")
    with duckdb.connect() as connection:
        try:
            connection.execute(f"attach {literal(path)} as {identifier(path.stem)} (read_only)")
        except duckdb.IOException as error:
            raise ScenarioError(
                "The working file is in use: a run is under way, or another program has it."
            ) from error
        _copy(
            connection,
            scratch,
            [(place, f"{identifier(path.stem)}.{place_name(place)}") for place in places],
        )


def copy_from_folder(folder: Path, scratch: Settings, places: Iterable[Place]) -> None:
    """Copy tables of a folder with one Parquet file for each, `schema.table.parquet`.

    Raises:
        ScenarioError: When one is missing.
    """
    with duckdb.connect() as connection:
        _copy(
            connection,
            scratch,
            [
                (place, f"read_parquet({literal(folder / f'{place[0]}.{place[1]}.parquet')})")
                for place in places
            ],
        )


def _copy(
    connection: duckdb.DuckDBPyConnection, scratch: Settings, sources: Iterable[tuple[Place, str]]
) -> None:
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"attach {literal(scratch.warehouse_path)} as {SCRATCH}")
    scratch.warehouse_path.chmod(0o600)
    for place, source in sources:
        connection.execute(f"create schema if not exists {SCRATCH}.{identifier(place[0])}")
        try:
            connection.execute(f"create table {SCRATCH}.{place_name(place)} as from {source}")
        except (duckdb.CatalogException, duckdb.IOException) as error:
            raise ScenarioError(
                f"{'.'.join(place)} is not there: it was not built by the last run, or its file is "
                "missing. `concord run` builds it."
            ) from error


def place_name(place: Place) -> str:
    """A table as statements name it."""
    return f"{identifier(place[0])}.{identifier(place[1])}"


def build(scratch: Settings, project: Project, models: PayModels) -> None:
    """Build the models.

    Raises:
        ScenarioError: When one could not be built, with the database's words.
    """
    for result in run_compiled(scratch, project, models.chosen):
        if not result.is_good:
            name = result.unique_id.rsplit(".", 1)[-1]
            raise ScenarioError(f"{name} could not be computed: {result.message}")


@contextmanager
def opened(scratch: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The scratch's working file."""
    with warehouse(scratch) as connection:
        yield connection
