"""Types of single values in sources.yml: encodings, delimiters, date formats, file patterns.

Belongs here: how one value of sources.yml is read. Does not: the models that use them (sources).
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema

from orchestration.company.value_types import Text, refuse

DATE_DIRECTIVES = frozenset("YymdbBjHIpMSfzaA%")

Format = Literal["csv", "tsv", "jsonl", "parquet", "xlsx"]


def _check_encoding(value: str) -> str:
    try:
        codecs.lookup(value)
        "a".encode(value)
    except (LookupError, ValueError):
        raise refuse(
            "is no text encoding",
            allowed="an encoding such as utf-8, utf-16, latin-1 or cp1252",
            fix="write the encoding that the export was saved in",
        ) from None
    return value


def _check_delimiter(value: str) -> str:
    named = {"\\t": "\t", "tab": "\t"}.get(value.lower(), value)
    if len(named) != 1 or named in '"\r\n':
        raise refuse(
            "is not one character",
            allowed='one character such as ",", ";", "|" or "\\t"',
            fix="write the character that stands between two cells",
        )
    return named


def _check_date_format(value: str) -> str:
    directives = re.findall(r"%(.?)", value)
    unknown = [item for item in directives if item not in DATE_DIRECTIVES or not item]
    has_month = {"m", "b", "B", "j"} & set(directives)
    if unknown or not {"Y", "y"} & set(directives) or not has_month:
        raise refuse(
            "is no date format",
            allowed="Python's date directives with year and month, for example %d/%m/%Y",
            fix="write the format that the export's dates have",
        )
    return value


def _check_file_pattern(value: str) -> str:
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or "\\" in value:
        raise refuse(
            "leads out of the drop folder",
            allowed='a file name pattern inside the folder such as "deals*.csv"',
            fix="give the folder in options.folder and only the file names here",
        )
    return value


def _blank_for_null(value: Any) -> Any:
    return "" if value is None else value


def _folder_text(value: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        raise refuse("is blank", allowed="a folder", fix="write the folder that the exports lie in")
    return value


Encoding = Annotated[Text, AfterValidator(_check_encoding)]
# Strings that blanks matter in: a delimiter may be a tab, a thousands separator a space.
Delimiter = Annotated[
    str, StringConstraints(strip_whitespace=False), AfterValidator(_check_delimiter)
]
DateFormat = Annotated[Text, AfterValidator(_check_date_format)]
FilePattern = Annotated[Text, AfterValidator(_check_file_pattern)]
DecimalMark = Literal[".", ","]
Thousands = Literal["", ",", ".", " ", "'", "_", "\u00a0", "\u202f"]
MaybeBlank = Annotated[
    str,
    BeforeValidator(_blank_for_null),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]
DropFolder = Annotated[Path, BeforeValidator(_folder_text)]
