"""Checks of sources.yml against the canonical entities and against itself.

Belongs here: entities, fields, folders, who is right about what. Does not: the form of a single
value (sources) or reading any export.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path

from orchestration.canonical import Entity
from orchestration.company import hubspot_source, landed_source, salesforce_source
from orchestration.company.connector_options import FieldProblem
from orchestration.company.funnel_checks import unknown_name
from orchestration.company.problems import Location, Problem
from orchestration.company.simulated import simulated_problems
from orchestration.company.sources import ConnectorSource, Dataset, Source, Sources, SourcesFile
from orchestration.company.suggestions import did_you_mean, listed
from orchestration.company.variables import holds_variable
from orchestration.company.yaml_file import YamlFile


def check_sources(
    sources: SourcesFile, file: YamlFile, entities: Mapping[str, Entity], company_folder: Path
) -> list[Problem]:
    """Find everything in sources.yml that could not be loaded.

    Args:
        sources: The file's content, variables replaced.
        file: The file as written.
        entities: The canonical entities.
        company_folder: Folder that relative drop folders start from.
    """
    problems: list[Problem] = []
    for name, source in sources.sources.items():
        if isinstance(source, ConnectorSource):
            problems += [
                file.problem(("sources", name, *location), text, allowed=allowed, fix="correct it")
                for location, text, allowed in _company_field_problems(source)
            ]
            continue
        problems += _folder_problems(source, ("sources", name), file, company_folder)
        problems += _precedence_problems(source, ("sources", name), file)
        for dataset_name, dataset in source.datasets.items():
            location = ("sources", name, "datasets", dataset_name)
            problems += _dataset_problems(dataset, location, file, entities)
    problems += _record_problems(sources, file)
    problems += simulated_problems(sources.sources, sources.simulated, file)
    problems += _undecided_entities(sources, file)
    return problems


def _company_field_problems(source: ConnectorSource) -> list[FieldProblem]:
    if isinstance(source, hubspot_source.HubSpotSource):
        return hubspot_source.company_field_problems(source)
    if isinstance(source, landed_source.LandedSource):
        return landed_source.company_field_problems(source)
    if isinstance(source, salesforce_source.SalesforceSource):
        return salesforce_source.company_field_problems(source)
    return []


def _folder_problems(
    source: Source, location: Location, file: YamlFile, company_folder: Path
) -> list[Problem]:
    folder = company_folder / source.options.folder
    all_optional = all(dataset.optional for dataset in source.datasets.values())
    if all_optional or holds_variable(str(source.options.folder)):
        return []
    try:
        is_there = folder.is_dir()
    except OSError:
        is_there = False
    if is_there:
        return []
    return [
        file.problem(
            (*location, "options", "folder"),
            f"no such folder: {folder}",
            allowed="a folder; relative paths start from the company folder",
            fix="create the folder, correct the path, or mark all its datasets `optional: true`",
        )
    ]


def _precedence_problems(source: Source, location: Location, file: YamlFile) -> list[Problem]:
    taken: dict[tuple[str, int], str] = {}
    problems = []
    for position, (name, dataset) in enumerate(source.datasets.items(), start=1):
        key = (dataset.entity, dataset.precedence or position)
        if key in taken:
            problems.append(
                file.problem(
                    (*location, "datasets", name, "precedence"),
                    f"datasets {taken[key]!r} and {name!r} deliver {dataset.entity} with the "
                    f"same precedence {key[1]}",
                    allowed="another number for each dataset of an entity",
                    fix="give each of them its own precedence",
                )
            )
        taken.setdefault(key, name)
    return problems


def _dataset_problems(
    dataset: Dataset, location: Location, file: YamlFile, entities: Mapping[str, Entity]
) -> list[Problem]:
    entity = entities.get(dataset.entity)
    if entity is None:
        return unknown_name(file, (*location, "entity"), dataset.entity, entities, "entity")
    problems: list[Problem] = []
    for section in ("columns", "constants", "value_aliases"):
        for name in getattr(dataset, section):
            if name not in entity.fields:
                problems.append(_unknown_field(file, (*location, section, name), entity))
    filled = {*dataset.columns, *dataset.constants}
    for name in sorted(set(dataset.columns) & set(dataset.constants)):
        problems.append(
            file.problem(
                (*location, "constants", name),
                "the field is filled by `columns` already",
                fix="remove it from columns or from constants",
            )
        )
    all_known = not problems
    for name in dataset.value_aliases:
        if all_known and name not in filled:
            problems.append(
                file.problem(
                    (*location, "value_aliases", name),
                    "no column fills this field, so its aliases have no effect",
                    fix=f"add {name} to columns, or remove the aliases",
                )
            )
    problems += _missing_fields(file, location, entity, filled)
    return problems


def _unknown_field(file: YamlFile, location: Location, entity: Entity) -> Problem:
    return file.problem(
        location,
        f"entity {entity.name!r} has no such field",
        allowed=listed(entity.fields),
        fix=did_you_mean(str(location[-1]), entity.fields)
        or "keep the column under `attributes` instead",
    )


def _missing_fields(
    file: YamlFile, location: Location, entity: Entity, filled: Collection[str]
) -> list[Problem]:
    return [
        file.problem(
            (*location, "columns"),
            f"entity {entity.name!r} needs the field {name!r}, and nothing fills it",
            fix=f"add `{name}: <column of the file>` to columns, or a value to constants",
        )
        for name, field in entity.fields.items()
        if field.required and name not in filled
    ]


def deliveries(sources: SourcesFile | Sources) -> dict[str, list[str]]:
    """Return for each entity the sources that deliver it, in the order of the file."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, source in sources.sources.items():
        for dataset in source.datasets.values():
            if name not in found[dataset.entity]:
                found[dataset.entity].append(name)
    return dict(found)


def _record_problems(sources: SourcesFile, file: YamlFile) -> list[Problem]:
    delivered = deliveries(sources)
    problems: list[Problem] = []
    for entity, source in sources.system_of_record.items():
        location = ("system_of_record", entity)
        if entity not in delivered:
            fix = did_you_mean(entity, delivered) or "remove it, or add a dataset of this entity"
            problems.append(
                file.problem(
                    location,
                    "no source delivers this entity",
                    allowed=listed(sorted(delivered)),
                    fix=fix,
                )
            )
        elif source not in sources.sources:
            problems += unknown_name(file, location, source, sources.sources, "source")
        elif source not in delivered[entity]:
            problems.append(
                file.problem(
                    location,
                    f"the source does not deliver {entity}",
                    allowed=listed(delivered[entity]),
                    fix="name a source that has a dataset of this entity",
                )
            )
    return problems


def _undecided_entities(sources: SourcesFile, file: YamlFile) -> list[Problem]:
    problems = []
    for entity, names in deliveries(sources).items():
        if len(names) < 2 or entity in sources.system_of_record:
            continue
        second = sources.sources[names[1]]
        dataset = next(name for name, item in second.datasets.items() if item.entity == entity)
        location: Location = ("sources", names[1], "loader")
        if not isinstance(second, ConnectorSource):
            location = ("sources", names[1], "datasets", dataset, "entity")
        problems.append(
            file.problem(
                location,
                f"{listed(names)} all deliver {entity}, and nothing says which one is right",
                allowed=f"an entry of system_of_record: {listed(names)}",
                fix=f"add `{entity}: {names[0]}` (or another of them) to system_of_record",
            )
        )
    return problems
