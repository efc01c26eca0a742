"""Turns the errors of a model into problems that name line, value, what is allowed and a fix.

Belongs here: wording for each kind of pydantic error, and validating one YAML file. Does not:
any rule of the company folder.
"""

from __future__ import annotations

import re
import types
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from orchestration.company.problems import Problem
from orchestration.company.suggestions import did_you_mean, listed
from orchestration.company.variables import holds_variable
from orchestration.company.yaml_file import YamlFile

Model = TypeVar("Model", bound=BaseModel)

SHAPES = {
    "string_type": "a text",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping of keys and values",
    "model_type": "a mapping of keys and values",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "date_type": "a date as YYYY-MM-DD",
    "decimal_type": "a number",
    "path_type": "a path",
}
BOUNDS = {
    "greater_than": ("is too small", "more than {gt}"),
    "greater_than_equal": ("is too small", "{ge} or more"),
    "less_than": ("is too large", "less than {lt}"),
    "less_than_equal": ("is too large", "{le} or less"),
    "too_short": ("has too few entries", "{min_length} or more entries"),
    "too_long": ("has too many entries", "at most {max_length} entries"),
}


def error_text(error: ErrorDetails) -> tuple[str, str | None, str]:
    """Return message, what is allowed and what to do, for one error of a model.

    Args:
        error: One of the errors of a pydantic ValidationError.
    """
    kind, context = error["type"], error.get("ctx", {})
    if kind == "concord":
        return str(context["problem"]), str(context["allowed"]), str(context["fix"])
    if kind == "literal_error":
        return _choice_text(error["input"], str(context["expected"]))
    if kind in BOUNDS:
        message, allowed = BOUNDS[kind]
        return message, allowed.format(**context), "correct it"
    if kind == "missing":
        return "missing", None, f"add {str(error['loc'][-1])!r}"
    if kind == "string_too_short" or error["input"] is None:
        shape = SHAPES.get(kind, "a text")
        return "is blank", f"{shape}, not blank", "give a value"
    if kind in SHAPES:
        allowed = SHAPES[kind]
        return "has the wrong form", allowed, f"write {allowed} here"
    return error["msg"][:1].lower() + error["msg"][1:], None, "correct it"


def _choice_text(value: Any, expected: str) -> tuple[str, str, str]:
    names = re.findall(r"'([^']*)'", expected) or [expected]
    allowed = listed(names)
    if value is None:
        return "is blank", allowed, "choose one of them"
    hint = did_you_mean(str(value), names)
    return "is not allowed here", allowed, hint or "choose one of them"


def validate_yaml(
    file: YamlFile, model: type[Model], data: Any
) -> tuple[Model | None, list[Problem]]:
    """Validate the content of a YAML file.

    Args:
        file: The file, for lines and for values as they were written.
        model: Model of the whole file.
        data: The content to validate (the file's, variables replaced).

    Returns:
        The model, or None when there are problems, and the problems.
    """
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [_yaml_problem(file, model, item) for item in error.errors(include_url=False)]


def _yaml_problem(file: YamlFile, model: type[BaseModel], error: ErrorDetails) -> Problem:
    tagged = [part for part in error["loc"] if part != "[key]"]
    location = _without_tags(file, tagged)
    if error["type"] in ("union_tag_not_found", "union_tag_invalid"):
        return _wrong_tag(file, location, error)
    if error["type"] == "extra_forbidden":
        names = _keys_at(model, tagged[:-1])
        hint = did_you_mean(str(location[-1]), names) or "remove it"
        return file.problem(location, "unknown key", allowed=listed(names), fix=hint)
    message, allowed, fix = error_text(error)
    written = file.value_at(location)
    if isinstance(written, str) and holds_variable(written):
        # A fix may quote the value, and the value of a variable is never shown.
        fix = "check the value of the variable"
    return file.problem(location, message, allowed=allowed, fix=fix)


def _without_tags(file: YamlFile, location: Sequence[str | int]) -> list[str | int]:
    """Leave out the name of a chosen model, which stands in an error's place but not in the file.

    It stands below the mapping that chose it, and is the value of one of its keys.
    """
    shown: list[str | int] = []
    for part in location:
        above = file.value_at(shown)
        is_tag = isinstance(above, dict) and part not in above and part in above.values()
        if not is_tag:
            shown.append(part)
    return shown


def _wrong_tag(file: YamlFile, location: Sequence[str | int], error: ErrorDetails) -> Problem:
    key = error["ctx"]["discriminator"].strip("'")
    place = [*location, key]
    if error["type"] == "union_tag_not_found" and file.value_at(place) is None:
        return file.problem(place, "missing", fix=f"add {key!r}")
    message, allowed, fix = _choice_text(file.value_at(place), error["ctx"]["expected_tags"])
    return file.problem(place, message, allowed=allowed, fix=fix)


def _keys_at(annotation: Any, location: Sequence[str | int]) -> list[str]:
    """Return the keys that the model at a location below `annotation` has."""
    annotation = _without_wrapping(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields
        if not location:
            return list(fields)
        field = fields.get(str(location[0]))
        return _keys_at(field.annotation, location[1:]) if field else []
    if isinstance(annotation, dict):
        return _keys_at(annotation.get(location[0]), location[1:]) if location else []
    inner = get_args(annotation)
    return _keys_at(inner[-1], location[1:]) if inner and location else []


def _without_wrapping(annotation: Any) -> Any:
    """Return the type inside Annotated[...] and `... | None`."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            inner = [item for item in get_args(annotation) if item is not type(None)]
            models = [
                item for item in inner if isinstance(item, type) and issubclass(item, BaseModel)
            ]
            if len(models) > 1:
                return {
                    get_args(item.model_fields["loader"].annotation)[0]: item for item in models
                }
            annotation = (models or inner)[0]
        else:
            return annotation


def _tag(model: type[BaseModel]) -> Any:
    """Return the loader by which a model of a source is chosen."""
    return get_args(model.model_fields["loader"].annotation)[0]
