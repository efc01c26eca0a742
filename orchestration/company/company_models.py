"""The company's own dbt models: what its folder `models` holds, as its files say it.

Belongs here: reading the SQL and YAML files, without dbt. Does not: judging them (model_checks.py),
or what dbt is given (transform/company_project.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
import jinja2.nodes

from orchestration.company.problems import Location, Problem
from orchestration.company.text_file import FileRefusedError, read_text
from orchestration.company.yaml_file import YamlFile, read_yaml

MODEL_FOLDER = "models"
# Below it: models that are steps on the way; readers do not get them.
INTERNAL_FOLDER = "internal"
COMPONENTS, DIMENSIONS, GROUP = "kpi_components", "kpi_dimensions", "publish_group"


@dataclass(frozen=True)
class ModelText:
    """A SQL file.

    Attributes:
        file: Its name in messages, from the company folder.
        text: What it holds.
        is_internal: Whether readers do not get its table.
        refs: The models that it reads, as far as the text names them, with their lines.
        names: What else it uses in its templates: macros and the like.
    """

    file: str
    text: str
    is_internal: bool
    refs: Mapping[str, int] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ModelNotes:
    """What a YAML file says of a model."""

    yaml: YamlFile
    location: Location
    content: Mapping[str, Any]

    @property
    def columns(self) -> list[Any]:
        """Its columns as written."""
        return _list(self.content.get("columns"))

    @property
    def meta(self) -> Mapping[str, Any]:
        """`config.meta`."""
        return _mapping(_mapping(self.content.get("config")).get("meta"))

    def names(self, key: str) -> tuple[str, ...]:
        """A list of names in `config.meta`."""
        return tuple(str(name) for name in _list(self.meta.get(key)))

    def problem(self, inside: Location, message: str, fix: str, allowed: str | None = None) -> Any:
        """A problem at a place below the model."""
        return self.yaml.problem((*self.location, *inside), message, allowed=allowed, fix=fix)


@dataclass(frozen=True)
class CompanyModel:
    """A model with what is said of it."""

    name: str
    sql: ModelText
    notes: ModelNotes | None

    @property
    def column_names(self) -> tuple[str, ...]:
        """Its columns, as its YAML file lists them."""
        found = self.notes.columns if self.notes else []
        return tuple(str(_mapping(column).get("name")) for column in found)

    @property
    def components(self) -> tuple[str, ...]:
        """Components of KPIs that it counts."""
        return self.notes.names(COMPONENTS) if self.notes else ()

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Its columns that its components can be reported by, beside Concord's dimensions."""
        return self.notes.names(DIMENSIONS) if self.notes else ()


@dataclass
class ModelFolder:
    """All that was read of the folder; `files` goes to dbt as it is."""

    models: list[CompanyModel] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    yamls: list[YamlFile] = field(default_factory=list)
    unnamed: list[ModelNotes] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_models(company_folder: Path) -> ModelFolder:
    """Read every model of a company folder; one without the folder has none."""
    found = ModelFolder()
    root = company_folder / MODEL_FOLDER
    texts: dict[str, list[ModelText]] = {}
    for path in sorted(root.rglob("*")):
        shown = path.relative_to(company_folder).as_posix()
        inside = path.relative_to(root)
        if path.is_dir() or path.name.startswith("."):
            continue
        if path.suffix not in (".sql", ".yml"):
            fix = "remove it, or call it .sql or .yml"
            found.problems.append(
                Problem(shown, None, "", None, "is no model", ".sql and .yml files", fix)
            )
            continue
        try:
            text = read_text(path, shown)
        except FileRefusedError as refusal:
            found.problems.append(refusal.problem)
            continue
        found.files[inside.as_posix()] = text
        if path.suffix == ".sql":
            is_internal = inside.parts[0] == INTERNAL_FOLDER
            texts.setdefault(path.stem, []).append(_model_text(found, shown, text, is_internal))
        else:
            yaml, problems = read_yaml(path, shown)
            found.problems += problems
            if yaml is not None:
                found.yamls.append(yaml)
    _join(found, texts)
    return found


def _model_text(found: ModelFolder, shown: str, text: str, is_internal: bool) -> ModelText:
    environment = jinja2.Environment(autoescape=False)  # noqa: S701  writes SQL, no page
    try:
        tree = environment.parse(text)
    except jinja2.TemplateSyntaxError as error:
        message = f"its template cannot be read: {error.message}"
        found.problems.append(
            Problem(shown, error.lineno, "", None, message, None, "correct the braces there")
        )
        return ModelText(shown, text, is_internal)
    refs = {
        str(call.args[-1].value): call.lineno
        for call in tree.find_all(jinja2.nodes.Call)
        if isinstance(call.node, jinja2.nodes.Name)
        and call.node.name == "ref"
        and call.args
        and isinstance(call.args[-1], jinja2.nodes.Const)
    }
    names = frozenset(jinja2.meta.find_undeclared_variables(tree))
    return ModelText(shown, text, is_internal, refs, names)


def _join(found: ModelFolder, texts: Mapping[str, list[ModelText]]) -> None:
    notes: dict[str, ModelNotes] = {}
    for yaml in found.yamls:
        for number, content in enumerate(_list(_mapping(yaml.data).get("models"))):
            item = ModelNotes(yaml, ("models", number), _mapping(content))
            name = str(item.content.get("name"))
            if name in notes:
                fix = "keep one of them"
                found.problems.append(item.problem(("name",), "is described twice", fix))
            elif name not in texts:
                found.unnamed.append(item)
            notes[name] = item
    for name, own in texts.items():
        for other in own[1:]:
            message = f"{own[0].file} has the same name"
            found.problems.append(
                Problem(other.file, None, "", None, message, None, "rename one of them")
            )
        found.models.append(CompanyModel(name, own[0], notes.get(name)))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
