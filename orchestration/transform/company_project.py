"""What dbt is given of the company's own models: a project in the home, made of links to Concord's.

Concord's project is never written to. Its dbt_project.yml names a second folder of models and of
tests, `extension`, which there has nothing to add. A home whose company adds something has links to
all of Concord's project but that folder, and writes its own in its place. (A folder elsewhere would
not do: beside a model with an absolute path dbt writes what it compiled over the model.)

Belongs here: those files. Does not: reading the company folder (company/extensions.py), compiling.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from orchestration.company.company_models import INTERNAL_FOLDER, CompanyModel
from orchestration.company.extensions import Extensions, read_extensions
from orchestration.company.kpis import KpiDefinition, read_kpis
from orchestration.company.model_checks import CELL
from orchestration.kpi.semantic_layer import metrics
from orchestration.settings import Settings
from orchestration.transform.shared import PROJECT_DIR

EXTENSION = "extension"
# Folders of models, and the schemas of the same names.
PUBLISHED, INTERNAL = "company", "company_internal"
_KPI_FOLDER = f"{EXTENSION}/models/intermediate/kpi"
_PROJECT_FILE = "dbt_project.yml"
_LINKED = ("macros", "models", "tests")
_ADDRESS = r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}|\+[0-9][0-9 ()./-]{7,}"


def company_files(settings: Settings) -> dict[str, str]:
    """Return the files by path: the company's models and what joins them to Concord's.

    Empty without any; also while they are wrong, for what is wrong is said where the company folder
    is checked, and all else must go on working.
    """
    extensions = extensions_of(settings)
    if extensions.is_empty:
        return {}
    found = {
        path.relative_to(PROJECT_DIR).as_posix(): path.read_text()
        for path in sorted((PROJECT_DIR / EXTENSION).rglob("*"))
        if path.is_file()
    }
    found[_PROJECT_FILE] = _project_file()
    for path, text in extensions.files.items():
        own = path.removeprefix(f"{INTERNAL_FOLDER}/")
        found[f"{EXTENSION}/models/{PUBLISHED if own == path else INTERNAL}/{own}"] = text
    counting = [model for model in extensions.models if model.components]
    if counting:
        found[f"{_KPI_FOLDER}/int_kpi_components_company.sql"] = _components(counting)
        name = f"{EXTENSION}/tests/assert_company_components_are_declared.sql"
        found[name] = _undeclared(counting)
    if any(model.dimensions for model in counting):
        found[f"{_KPI_FOLDER}/int_kpi_dimensions_company.sql"] = _dimensions(counting)
    for model in extensions.models:
        if not model.sql.is_internal:
            name = f"{EXTENSION}/tests/assert_{model.name}_holds_no_addresses.sql"
            found[name] = _addresses(model)
    if entries := metrics(extensions.kpis):
        text = yaml.safe_dump({"version": 2, "metrics": entries}, sort_keys=False)
        found[f"{_KPI_FOLDER}/_company_metrics.yml"] = text
    return found


def extensions_of(settings: Settings) -> Extensions:
    """What the company adds, if nothing of it is wrong."""
    extensions, problems = read_extensions(settings.company_dir, _concord_kpis())
    return Extensions() if problems else extensions


def project_dir(settings: Settings) -> Path:
    """The project that dbt is run in."""
    own = settings.dbt_company_dir
    return own if own.is_dir() else PROJECT_DIR


def write_company_project(settings: Settings, files: dict[str, str]) -> None:
    """Let the home's project hold these files of the company; without any there is none."""
    shutil.rmtree(settings.dbt_company_dir, ignore_errors=True)
    if not files:
        return
    settings.dbt_company_dir.mkdir(parents=True)
    for name in _LINKED:
        (settings.dbt_company_dir / name).symlink_to(PROJECT_DIR / name)
    for name, text in files.items():
        path = settings.dbt_company_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _project_file() -> str:
    """Concord's, with a place for the company's tables."""
    content = yaml.safe_load((PROJECT_DIR / _PROJECT_FILE).read_text())
    for schema in (PUBLISHED, INTERNAL):
        content["models"]["concord"][schema] = {
            "+materialized": "table",
            "+schema": schema,
            "+contract": {"enforced": True},
        }
    return str(yaml.safe_dump(content, sort_keys=False))


@cache
def _concord_kpis() -> dict[str, KpiDefinition]:
    return read_kpis(PROJECT_DIR / "kpis", "kpis")[0]


def _texts(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _ref(model: CompanyModel) -> str:
    return f"{{{{ ref('{model.name}') }}}}"


def _components(models: list[CompanyModel]) -> str:
    """The union of all component models, under the dimensions that Concord has."""
    parts = []
    for model in models:
        columns = [
            f"cast({name} as varchar)" if name in model.column_names else "cast(null as varchar)"
            for name in CELL
        ]
        cell = ",\n        ".join(
            f"coalesce({column}, 'unknown') as {name}"
            for column, name in zip(columns, CELL, strict=True)
        )
        parts.append(
            f"    select\n        component,\n        {cell},\n        quantity,\n"
            f"        cast(component_date as date) as component_date\n    from {_ref(model)}\n"
            f"    where component in ({_texts(model.components)})"
        )
    return _summed(parts, ", ".join(("component", *CELL)))


def _dimensions(models: list[CompanyModel]) -> str:
    """Every component by every dimension of its own."""
    parts = [
        f"    select\n        component,\n        '{name}' as dimension,\n"
        f"        coalesce(cast({name} as varchar), 'unknown') as member,\n        quantity,\n"
        f"        cast(component_date as date) as component_date\n    from {_ref(model)}\n"
        f"    where component in ({_texts(model.components)})"
        for model in models
        for name in model.dimensions
    ]
    return _summed(parts, "component, dimension, member")


def _summed(parts: list[str], key: str) -> str:
    union = "\n    union all\n".join(parts)
    return (
        "-- Made by Concord from the company's own models; change those.\n"
        f"with counted as (\n\n{union}\n\n),\n\nfinal as (\n\n    select\n        {key},\n"
        "        cast(sum(quantity) as decimal(38, 6)) as quantity,\n        component_date\n"
        "    from counted\n    where component_date <= {{ as_of_date() }}\n"
        f"    group by {key}, component_date\n\n)\n\nselect * from final\n"
    )


def _undeclared(models: list[CompanyModel]) -> str:
    """A test: a model counts what it says and nothing else."""
    return "\nunion all\n".join(
        f"select '{model.name}' as model_name, component, count(*) as row_count\n"
        f"from {_ref(model)}\nwhere component is null or component not in "
        f"({_texts(model.components)})\ngroup by component"
        for model in models
    )


def _addresses(model: CompanyModel) -> str:
    """A test: no e-mail address and no telephone number reaches readers; it shows none, either."""
    return "\nunion all\n".join(_address_rows(model))


def _address_rows(model: CompanyModel) -> Iterator[str]:
    for name in model.column_names:
        yield (
            f"select '{name}' as column_name, count(*) as row_count\nfrom {_ref(model)}\n"
            f"where regexp_matches(cast({name} as varchar), '{_ADDRESS}')\nhaving count(*) > 0"
        )
