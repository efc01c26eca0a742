r"""SQL that turns one cell into one typed value; NULL where that cannot be done exactly.

Each function takes two SQL expressions: `text`, the cell as the source wrote it, and `plain`, the
cell written plainly (ISO dates, a point for decimals). At most one of the two is not NULL.

The rules:
- A number must be written exactly in the declared dialect: thousands are grouped, one sign or
  accounting brackets. Money may carry one currency mark that fits the row's currency, and at most
  two significant decimals. Never a float, never rounded. `decimal` is rounded at six decimals.
- Dates and timestamps: the declared formats in order, the first that fits; ISO 8601 when none is
  declared. Years from 1000 to 9999.
- A timestamp without a zone is wall time in the dataset's zone. A wall time that the clocks skip
  is moved on by the gap; one that they repeat is the second of the two (standard time).
- A timestamp in a date field is its date in the company's zone. Where the dataset's zone is
  another one, midnight there is no moment but a day, and stays it.

Belongs here: types. Does not: columns, aliases, quarantine.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

Wrap = Callable[[str], str]

SPACES = (
    " \t\r\n\x0b\x0c\u00a0\u1680\u2000\u2001\u2002"
    "\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
)
TRUE_WORDS = ("true", "yes", "1", "t", "y")
FALSE_WORDS = ("false", "no", "0", "f", "n")
EXCEL_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
# Marks that mean one currency; `$` and the like mean several, so the row's code decides.
CURRENCY_OF_MARK = MappingProxyType({"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₺": "TRY"})
SHARED_MARKS = ("$", "¥")

_FIRST_YEAR, _LAST_YEAR = 1000, 9999
_DAY = r"\d{4}-\d{2}-\d{2}"
_TIME = r"\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
_ZONE = r" ?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?)"
_ISO = f"^{_DAY}(?:[T ]{_TIME}(?:{_ZONE})?)?$"
_ISO_ZONED = f"^{_DAY}[T ]{_TIME}{_ZONE}$"
_PARTS = ("opened", "sign_1", "mark_1", "sign_2", "number", "mark_2", "sign_3", "closed")


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: tuple[str, ...]) -> str:
    """Return several texts as a list of SQL literals."""
    return ", ".join(literal(text) for text in texts)


def trimmed(text: str) -> str:
    """Return SQL for a text without white space around it; a blank is NULL."""
    # Trimming by a set of characters is slow, so it is done only where there is something to trim.
    spaces = literal(SPACES)
    return (
        f"case when {text} = '' then null "
        f"when contains({spaces}, {text}[1]) or contains({spaces}, {text}[-1]) "
        f"then nullif(trim({text}, {spaces}), '') else {text} end"
    )


def number_parts(text: str, decimal: str, thousands: str) -> str:
    """Return SQL that takes a number of the declared dialect apart.

    NULL for the common case, bare digits; `number` is '' for what is no number.
    """
    cleaned = f"replace({text}, '\u2212', '-')"
    for space in "\u00a0\u202f\u2009":
        cleaned = f"replace({cleaned}, '{space}', ' ')"
    mark = "[" + "".join((*CURRENCY_OF_MARK, *SHARED_MARKS)) + "]|[A-Za-z]{3}"
    point = _escaped(decimal)
    whole = r"\d+"
    if thousands:
        group = _escaped(_group_mark(thousands))
        whole = rf"(?:\d{{1,3}}(?:{group}\d{{2,3}})*{group}\d{{3}}|\d+)"
    pattern = (
        rf"^(\()?\s?([+-])?\s?({mark})?\s?([+-])?\s?"
        rf"({whole}(?:{point}\d*)?|{point}\d+)"
        rf"\s?({mark})?\s?([+-])?\s?(\))?$"
    )
    bare = rf"^-?\d+(?:{point}\d+)?$"
    return (
        f"case when not regexp_matches({text}, {literal(bare)}) "
        f"then regexp_extract({cleaned}, {literal(pattern)}, [{literals(_PARTS)}]) end"
    )


def plain_number(text: str, plain: str, parts: str, decimal: str, thousands: str) -> str:
    """Return SQL for the number as `-1234.5`, or NULL when it is not written in the dialect."""
    signs = f"({parts}.sign_1 || {parts}.sign_2 || {parts}.sign_3)"
    digits = f"{parts}.number"
    if thousands:
        digits = f"replace({digits}, {literal(_group_mark(thousands))}, '')"
    if decimal != ".":
        digits = f"replace({digits}, {literal(decimal)}, '.')"
    return f"""
        case
            when {plain} is not null then {plain}
            when {parts} is null then replace({text}, {literal(decimal)}, '.')
            when {parts}.number = '' then null
            when length({signs}) > 1 or length({parts}.opened) <> length({parts}.closed) then null
            when {parts}.opened <> '' and {signs} <> '' then null
            when {parts}.mark_1 <> '' and {parts}.mark_2 <> '' then null
            when {signs} = '-' or {parts}.opened <> '' then '-' || {digits}
            else {digits}
        end"""


def money(number: str, parts: str, currency: str) -> str:
    """Return SQL for an amount: at most two significant decimals, a mark that fits."""
    mark = f"upper({parts}.mark_1 || {parts}.mark_2)"
    cases = " ".join(
        f"when {literal(m)} then {currency} = {literal(code)}"
        for m, code in CURRENCY_OF_MARK.items()
    )
    free = literals(("", *SHARED_MARKS))
    fits = f"case when {mark} in ({free}) then true else case {mark} {cases} " + (
        f"else {mark} = {currency} end end"
    )
    decimals = f"length(rtrim(split_part({number}, '.', 2), '0'))"
    return (
        f"case when {decimals} <= 2 and ({parts} is null or {fits}) "
        f"then try_cast({number} as decimal(18, 2)) end"
    )


def decimal_number(number: str, parts: str) -> str:
    """Return SQL for a decimal; a currency mark is no part of one."""
    return f"case when {_without_mark(parts)} then try_cast({number} as decimal(18, 6)) end"


def integer(number: str, parts: str) -> str:
    """Return SQL for a whole number; `5.0` is one, `5.5` is none."""
    whole = f"regexp_matches({number}, '^-?[0-9]+([.]0*)?$')"
    return (
        f"case when {whole} and {_without_mark(parts)} "
        f"then try_cast(split_part({number}, '.', 1) as bigint) end"
    )


def boolean(text: str, plain: str) -> str:
    """Return SQL for a truth value."""
    word = f"lower(coalesce({text}, {plain}))"
    return (
        f"case when {word} in ({literals(TRUE_WORDS)}) then true "
        f"when {word} in ({literals(FALSE_WORDS)}) then false end"
    )


def currency_code(text: str, plain: str) -> str:
    """Return SQL for an ISO 4217 code."""
    code = f"upper(coalesce({text}, {plain}))"
    return f"case when regexp_matches({code}, '^[A-Z]{{3}}$') then {code} end"


def words(text: str, plain: str, refuse_excel_errors: bool) -> str:
    """Return SQL for a text."""
    value = f"coalesce({text}, {plain})"
    if not refuse_excel_errors:
        return value
    return f"case when {value} not in ({literals(EXCEL_ERRORS)}) then {value} end"


def moment(text: str, plain: str, formats: tuple[str, ...], zone: str) -> str:
    """Return SQL for a timestamp in UTC, without a zone."""
    to_utc = "timezone('UTC', {})".format
    wall = f"timezone('UTC', timezone({literal(zone)}, {{}}))".format
    tries = [_iso(plain, to_utc, wall)]
    tries += [_by_format(text, f, to_utc, wall) for f in formats] or [_iso(text, to_utc, wall)]
    return within_years(f"coalesce({', '.join(tries)})")


def day(text: str, plain: str, formats: tuple[str, ...], zone: str, company_zone: str) -> str:
    """Return SQL for a date."""

    def local(value: str) -> str:
        here = f"cast(timezone({literal(company_zone)}, {value}) as date)"
        return here if zone == company_zone else _day_of(_in(zone, value), here)

    def wall(value: str) -> str:
        if zone == company_zone:
            return f"cast({value} as date)"
        return _day_of(value, f"cast({_in(company_zone, _in(zone, value))} as date)")

    tries = [_iso(plain, local, wall)]
    tries += [_by_format(text, f, local, wall) for f in formats] or [_iso(text, local, wall)]
    return within_years(f"coalesce({', '.join(tries)})")


def _in(zone: str, value: str) -> str:
    return f"timezone({literal(zone)}, {value})"


def _day_of(wall: str, day_here: str) -> str:
    is_midnight = f"date_trunc('day', {wall}) = {wall}"
    return f"case when {is_midnight} then cast({wall} as date) else {day_here} end"


def _iso(value: str, zoned: Wrap, wall: Wrap) -> str:
    tight = f"replace(replace({value}, ' UTC', 'Z'), 'UTC', 'Z')"
    tight = rf"regexp_replace({tight}, ' ([Z+-][0-9:]*)$', '\1')"
    return (
        f"case when regexp_matches({value}, {literal(_ISO_ZONED)}) "
        f"then {zoned(f'try_cast({tight} as timestamptz)')} "
        f"when regexp_matches({value}, {literal(_ISO)}) "
        f"then {wall(f'try_cast({value} as timestamp)')} end"
    )


def _by_format(text: str, format_: str, zoned: Wrap, wall: Wrap) -> str:
    parsed = f"try_strptime({text}, {literal(format_)})"
    return zoned(parsed) if "%z" in format_ else wall(parsed)


def within_years(value: str) -> str:
    """Return SQL for a date or timestamp, NULL outside the years that are believed."""
    return f"case when year({value}) between {_FIRST_YEAR} and {_LAST_YEAR} then {value} end"


def _without_mark(parts: str) -> str:
    return f"({parts} is null or {parts}.mark_1 || {parts}.mark_2 = '')"


def _group_mark(thousands: str) -> str:
    return " " if thousands in SPACES else thousands


def _escaped(character: str) -> str:
    return f"[{character}]"
