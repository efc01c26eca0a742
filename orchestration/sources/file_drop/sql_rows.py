"""SQL that turns a staged file (all text) into typed rows and finds those that cannot be used.

Layer by layer, for every field `i` of the plan: `x<i>` text and `y<i>` plain text after aliases
and constants, `p<i>` the parts of a number, `q<i>` the number written plainly, `v<i>` the value.
`faults` holds the numbers of the fields that make the row unusable, or NULL.

Belongs here: how the columns of one file become an entity's fields. Does not: single types
(sql_values.py) or running anything.
"""

from __future__ import annotations

import json

from orchestration.canonical import duckdb_type
from orchestration.sources.file_drop import sql_values as values
from orchestration.sources.file_drop.plan import DatasetPlan, FieldPlan
from orchestration.sources.file_drop.sql_values import literal, literals

_NUMBERS = frozenset({"money", "decimal", "integer"})


def staged_columns(plan: DatasetPlan) -> list[str]:
    """Return the text columns of the staged table."""
    kinds = "tn" if plan.is_typed else "t"
    return [f"{kind}{i}" for i in range(len(plan.wanted)) for kind in kinds]


def create_staged(plan: DatasetPlan) -> str:
    """Return SQL for the table that a reader's batches go to."""
    columns = "".join(f", {name} varchar" for name in staged_columns(plan))
    return f"create or replace temp table staged (row_number bigint, line bigint{columns})"


def create_parsed(plan: DatasetPlan) -> str:
    """Return SQL for the typed rows of the staged file."""
    given = [(i, field) for i, field in enumerate(plan.fields) if _is_given(field)]
    numbers = [(i, field) for i, field in given if field.type in _NUMBERS]
    parts = "".join(
        f", {values.number_parts(f'x{i}', plan.decimal, plan.thousands)} as p{i}"
        for i, _ in numbers
    )
    plain = "".join(
        f", {values.plain_number(f'x{i}', f'y{i}', f'p{i}', plan.decimal, plan.thousands)} as q{i}"
        for i, _ in numbers
    )
    currencies = "".join(
        f", {_currency(i, field, plan)} as v{i}"
        for i, field in enumerate(plan.fields)
        if field.type == "currency"
    )
    typed = "".join(
        f", {_value(i, field, plan)} as v{i}"
        for i, field in enumerate(plan.fields)
        if field.type != "currency"
    )
    outputs = "".join(f", v{i}" for i in range(len(plan.fields)))
    return f"""
        create or replace temp table parsed as
        with cells as (select row_number, line{_cells(plan)} from staged),
        chosen as (select * from cells where {_where(plan)}),
        picked as (select *, {_attributes(plan)} as attributes{_picked(plan)} from chosen),
        parted as (select *{parts} from picked),
        numbered as (select *{plain}{currencies} from parted),
        typed as (select *{typed} from numbered)
        select row_number, line, attributes{outputs}, {_faults(plan)} as faults from typed
        """  # noqa: S608 - names are numbered; texts of sources.yml are literals


def _is_given(field: FieldPlan) -> bool:
    return field.column is not None or field.constant is not None


def _cells(plan: DatasetPlan) -> str:
    columns = [f"{values.trimmed(name)} as {name}" for name in staged_columns(plan)]
    return "".join(f", {column}" for column in columns)


def _delivered(plan: DatasetPlan, column: int) -> str:
    return f"coalesce(n{column}, t{column})" if plan.is_typed else f"t{column}"


def _where(plan: DatasetPlan) -> str:
    conditions = [
        f"coalesce({_delivered(plan, column)}, '') in ({literals(allowed) or 'null'})"
        for column, allowed in plan.where
    ]
    return " and ".join(conditions) or "true"


def _attributes(plan: DatasetPlan) -> str:
    if not plan.attributes:
        return "cast(null as varchar)"
    members = ", ".join(
        f"{literal(_json_key(plan.wanted[column]))} || to_json({_delivered(plan, column)})::varchar"
        for column in plan.attributes
    )
    # concat_ws leaves NULLs out, so blank attributes are not there at all.
    return f"nullif('{{' || concat_ws(',', {members}) || '}}', '{{}}')"


def _json_key(name: str) -> str:
    return json.dumps(name, ensure_ascii=False) + ":"


def _picked(plan: DatasetPlan) -> str:
    columns = []
    for i, field in enumerate(plan.fields):
        if _is_given(field):
            text, plain = _sources(plan, field)
            columns.append(f", {text} as x{i}, {plain} as y{i}")
    return "".join(columns)


def _sources(plan: DatasetPlan, field: FieldPlan) -> tuple[str, str]:
    constant = "cast(null as varchar)" if field.constant is None else literal(field.constant)
    if field.column is None:
        return "cast(null as varchar)", constant
    text = f"t{field.column}"
    plain = f"n{field.column}" if plan.is_typed else "cast(null as varchar)"
    if field.aliases:
        delivered = f"coalesce({_delivered(plan, field.column)}, '')"
        known = literals(tuple(value for value, _ in field.aliases))
        cases = " ".join(
            f"when {literal(value)} then {literal(replacement) if replacement else 'null'}"
            for value, replacement in field.aliases
        )
        text = (
            f"case when {delivered} in ({known}) then case {delivered} {cases} end else {text} end"
        )
        plain = f"case when {delivered} not in ({known}) then {plain} end"
    if field.constant is not None:
        plain = f"coalesce({plain}, case when {text} is null then {constant} end)"
    return text, plain


def _currency(i: int, field: FieldPlan, plan: DatasetPlan) -> str:
    default = literal(plan.currency)
    if not _is_given(field):
        return default
    code = values.currency_code(f"x{i}", f"y{i}")
    return f"case when coalesce(x{i}, y{i}) is null then {default} else {code} end"


def _value(i: int, field: FieldPlan, plan: DatasetPlan) -> str:
    sql_type = duckdb_type(field.type)
    if not _is_given(field):
        return f"cast(null as {sql_type})"
    text, plain, number, parts = f"x{i}", f"y{i}", f"q{i}", f"p{i}"
    if field.type == "money":
        return values.money(number, parts, _row_currency(plan))
    if field.type == "decimal":
        return values.decimal_number(number, parts)
    if field.type == "integer":
        return values.integer(number, parts)
    if field.type == "boolean":
        return values.boolean(text, plain)
    if field.type == "timestamp":
        return values.moment(text, plain, plan.date_formats, plan.time_zone)
    if field.type == "date":
        return values.day(text, plain, plan.date_formats, plan.time_zone, plan.company_time_zone)
    return values.words(text, plain, refuse_excel_errors=plan.format == "xlsx")


def _row_currency(plan: DatasetPlan) -> str:
    codes = [f"v{i}" for i, field in enumerate(plan.fields) if field.type == "currency"]
    return codes[0] if codes else literal(plan.currency)


def _faults(plan: DatasetPlan) -> str:
    """A field is at fault when a value was delivered but is unusable, or a required one is not."""
    cases = []
    for i, field in enumerate(plan.fields):
        if field.required:
            cases.append(f"case when v{i} is null then '{i}' end")
        elif _is_given(field):
            cases.append(
                f"case when v{i} is null and coalesce(x{i}, y{i}) is not null then '{i}' end"
            )
    return f"nullif(concat_ws(' ', {', '.join(cases)}), '')" if cases else "cast(null as varchar)"
