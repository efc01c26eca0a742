"""What a company's own models must be: named, described, checked, and no reader of what is raw.

Belongs here: the rules that the files themselves can be held to, without dbt. What only the
compiled statement shows is held to them again in transform/company_reads.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from orchestration.company.company_models import (
    COMPONENTS,
    DIMENSIONS,
    GROUP,
    CompanyModel,
    ModelFolder,
    ModelNotes,
)
from orchestration.company.problems import Problem
from orchestration.company.suggestions import did_you_mean, listed
from orchestration.settings import PROJECT_ROOT

DBT_FOLDER = PROJECT_ROOT / "dbt_project"
GROUPS = ("core", "demand", "pipeline", "attribution", "unit_economics")
# Of Concord's models a company may read those that readers get, and the conformed ones.
READABLE_FOLDERS = ("marts/core", "marts/funnel", "marts/attribution", "marts/kpi", "conformed")
# They say what the macros at hand read.
SETTINGS_MODELS = ("stg_company__settings", "stg_company__as_of")
# Personal pay stays where finance reads it.
PAY_MODELS = frozenset({"conformed_plan_assignments", "conformed_employee_absences"})
# What each component model may say of where a row belongs; `unknown` where it does not.
CELL = ("channel_name", "team", "segment", "region", "product_name")
NEEDED = ("component", "component_date", "quantity")
_YAML_KEYS = ("version", "models", "unit_tests")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# They would let a secret or the key of personal data into a table.
_SECRETS = ("env_var", "getvariable")


@cache
def concord_models() -> dict[str, str]:
    """Every model of Concord: its name, and its folder inside `models`."""
    root = DBT_FOLDER / "models"
    return {path.stem: path.parent.relative_to(root).as_posix() for path in root.rglob("*.sql")}


@cache
def readable_models() -> frozenset[str]:
    """The models of Concord that a company may read."""
    return frozenset(
        name
        for name, folder in concord_models().items()
        if folder.startswith(READABLE_FOLDERS) and name not in PAY_MODELS
    )


@cache
def usable_names() -> frozenset[str]:
    """What a template may use: `ref`, and Concord's macros."""
    macros = "\n".join(path.read_text() for path in (DBT_FOLDER / "macros").rglob("*.sql"))
    found = re.findall(r"\{%-?\s*macro\s+(\w+)\(", macros)
    public = (name for name in found if "__" not in name and name != "generate_schema_name")
    return frozenset({"ref", *public})


def model_problems(folder: ModelFolder) -> list[Problem]:
    """Everything that is wrong with the models, in the order of the files."""
    problems = list(folder.problems)
    own = {model.name for model in folder.models}
    for yaml in folder.yamls:
        for key in yaml.data if isinstance(yaml.data, dict) else ():
            if key not in _YAML_KEYS:
                fix = "remove it"
                problems.append(
                    yaml.problem((key,), "has no place here", allowed=listed(_YAML_KEYS), fix=fix)
                )
    for notes in folder.unnamed:
        name = str(notes.content.get("name"))
        fix = did_you_mean(name, own) or f"add {name}.sql, or remove the entry"
        problems.append(notes.problem(("name",), "there is no such model of the company", fix))
    for path, text in folder.files.items():
        problems += _secrets(f"models/{path}", text)
    seen: dict[str, str] = {}
    for model in folder.models:
        problems += [*_name(model), *_reads(model, own), *_described(model)]
        problems += _components(model, seen)
    return problems


def _problem(model: CompanyModel, message: str, allowed: str | None, fix: str) -> Problem:
    return Problem(model.sql.file, None, "", repr(model.name), message, allowed, fix)


def _name(model: CompanyModel) -> Iterator[Problem]:
    if not _NAME.fullmatch(model.name):
        allowed = "lower-case letters, digits and underscores"
        yield _problem(model, "is no name of a model", allowed, "rename the file")
    # Those that Concord makes for a company are named so, too.
    elif model.name in concord_models() or model.name.startswith(("int_kpi_", "stg_", "ops_")):
        message = "Concord has a model of this name, or keeps such names for itself"
        yield _problem(model, message, "a name of your own", f"rename it, e.g. own_{model.name}")


def _secrets(file: str, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.splitlines(), start=1):
        for word in _SECRETS:
            if word in line:
                message = "may not be used: it could bring a secret into a table"
                yield Problem(file, number, "", repr(word), message, None, "write it without")


def _reads(model: CompanyModel, own: Collection[str]) -> Iterator[Problem]:
    allowed = "the company's models, Concord's marts and conformed_… models"
    for name, line in model.sql.refs.items():
        if name in own or name in readable_models():
            continue
        if name in concord_models():
            message = f"{name} may not be read: it may hold raw or personal data, or may change"
            near = f"conformed_{name.partition('__')[2]}"
            fix = f"read {near!r}" if near in readable_models() else "read a mart instead"
        else:
            message = f"there is no model {name}"
            fix = did_you_mean(name, [*own, *readable_models()]) or "correct the name"
        yield Problem(model.sql.file, line, "ref", repr(name), message, allowed, fix)
    for name in sorted(model.sql.names - usable_names()):
        message = "may not be used in a template"
        fix = did_you_mean(name, usable_names()) or "write it as SQL"
        if name == "source":
            fix = "read the conformed model by ref: sources hold raw data"
        shown = "ref and Concord's macros (dbt_project/macros)"
        yield Problem(model.sql.file, None, "", repr(name), message, shown, fix)


def _described(model: CompanyModel) -> Iterator[Problem]:
    """Like any mart: words, a tested grain, columns with types."""
    notes = model.notes
    if notes is None:
        fix = f"add it to a .yml beside it: models: [{{name: {model.name}, …}}]"
        yield _problem(model, "is not described", "description, columns, a sound_table test", fix)
        return
    if not notes.content.get("description"):
        yield notes.problem((), "has no description", "add description: what one row is")
    tests = notes.content.get("data_tests")
    if not any("sound_table" in test for test in tests or () if isinstance(test, dict)):
        fix = "add data_tests: [sound_table: {arguments: {key: […]}}]"
        yield notes.problem((), "its grain is not tested", fix)
    if not notes.columns:
        yield notes.problem((), "has no columns", "list them with name, data_type and description")
    for number, column in enumerate(notes.columns):
        given = column if isinstance(column, dict) else {}
        for key in ("name", "data_type", "description"):
            if not given.get(key):
                yield notes.problem(("columns", number), f"has no {key}", f"add {key}")
    group = notes.meta.get(GROUP)
    if group is not None and group not in GROUPS:
        place = ("config", "meta", GROUP)
        fix = did_you_mean(str(group), GROUPS) or "choose one of them"
        yield notes.problem(place, "is no publish group of a company", fix, listed(GROUPS))


def _components(model: CompanyModel, seen: dict[str, str]) -> Iterator[Problem]:
    notes = model.notes
    if notes is None:
        return
    place = ("config", "meta")
    for name in model.components:
        if name in seen:
            message, fix = f"{seen[name]} counts a component of this name", "rename one of them"
            yield notes.problem((*place, COMPONENTS), f"{name!r}: {message}", fix)
        elif not _NAME.fullmatch(name):
            fix = "write lower-case letters, digits and underscores"
            yield notes.problem((*place, COMPONENTS), f"{name!r} is no name", fix)
        seen.setdefault(name, model.name)
    if model.components:
        missing = [name for name in NEEDED if name not in model.column_names]
        if missing:
            message = f"counts components, and has no column {', '.join(missing)}"
            yield notes.problem(("columns",), message, "add it to the model and to its columns")
    elif model.dimensions:
        message, fix = "dimensions of no component", f"add {COMPONENTS}, or remove it"
        yield notes.problem((*place, DIMENSIONS), message, fix)
    yield from _dimensions(model, notes)


def _dimensions(model: CompanyModel, notes: ModelNotes) -> Iterator[Problem]:
    taken = (*CELL, *NEEDED, "all", "channel", "product", "member", "dimension")
    for name in model.dimensions:
        place = ("config", "meta", DIMENSIONS)
        if name in taken or not _NAME.fullmatch(name):
            message = f"{name!r} is no name of a dimension of your own"
            yield notes.problem(place, message, "rename the column", "a name that Concord has not")
        elif name not in model.column_names:
            fix = did_you_mean(name, model.column_names) or "add the column"
            message = f"the model has no column {name!r}"
            yield notes.problem(place, message, fix, listed(model.column_names))
