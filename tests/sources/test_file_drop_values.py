"""How a cell becomes a typed value, and which cells cannot."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

_at = datetime.fromisoformat  # UTC without a zone, as raw tables hold it


def _one_value(drop: Any, column: str, text: str) -> Any:
    """Load one deal whose column has this text; None when it went to quarantine."""
    cells = {"id": "1", "stage": "Won", "value": "", "closed": "", column: text}
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells.values())
    drop.write("deals.csv", ",".join(cells) + "\n" + quoted + "\n")
    drop.extract()
    assert not drop.result.refusals
    rows = drop.rows()
    if not rows:
        assert drop.result.quarantined[0].column == column
        return "quarantined"
    return rows[0][
        {"value": "amount", "closed": "close_date", "stage": "sales_stage", "id": "opportunity_id"}[
            column
        ]
    ]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1054", Decimal("1054.00")),
        ("0.1", Decimal("0.10")),
        ("1054.5000", Decimal("1054.50")),
        ("-12.30", Decimal("-12.30")),
        ("12.30-", Decimal("-12.30")),
        ("\u221212.30", Decimal("-12.30")),
        ("+5", Decimal("5.00")),
        (".5", Decimal("0.50")),
        ("(7.25)", Decimal("-7.25")),
        ("$ 7.25", Decimal("7.25")),
        ("-$7.25", Decimal("-7.25")),
        ("7.25 USD", Decimal("7.25")),
        ("9999999999999999.99", Decimal("9999999999999999.99")),
        ("", None),
        ("  ", None),
    ],
)
def test_amounts_are_exact(drop: Any, text: str, amount: Decimal | None) -> None:
    assert _one_value(drop, "value", text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "1.005",
        "1,054",
        "1e3",
        "abc",
        "5 %",
        "--5",
        "(-5)",
        "(5",
        "1.2.3",
        "$5 USD",
        "5 €",
        "5 EUR",
        "99999999999999999",
        "NaN",
        "=1+1",
    ],
)
def test_amounts_that_are_not_exact_go_to_quarantine(drop: Any, text: str) -> None:
    assert _one_value(drop, "value", text) == "quarantined"


@pytest.mark.parametrize(
    ("thousands", "text", "amount"),
    [
        (".", "1.234,50 €", Decimal("1234.50")),
        (".", "1.234.567,5", Decimal("1234567.50")),
        (".", "€ 12,5", Decimal("12.50")),
        (".", "1234,50", Decimal("1234.50")),
        (" ", "1 234,50", Decimal("1234.50")),
        (" ", "1\u202f234,50\u00a0€", Decimal("1234.50")),
        ("'", "1'234,50", Decimal("1234.50")),
        (".", "12.34,50", "quarantined"),
        (".", "12.34", "quarantined"),
        (".", "1 234,50", "quarantined"),
        ("", "1.234,50", "quarantined"),
        (".", "12,345", "quarantined"),
    ],
)
def test_decimal_comma_and_thousands(drop: Any, thousands: str, text: str, amount: Any) -> None:
    drop.options = {"decimal": ",", "thousands": thousands, "currency": "EUR"}

    assert _one_value(drop, "value", text) == amount


def test_indian_grouping(drop: Any) -> None:
    drop.options = {"thousands": ","}

    assert _one_value(drop, "value", "12,34,567.80") == Decimal("1234567.80")


def test_the_currency_is_the_rows_else_the_options_else_the_companys(drop: Any) -> None:
    drop.deals(columns={**drop.datasets["deals"]["columns"], "currency_code": "currency"})
    drop.write("deals.csv", "id,stage,value,closed,currency\n1,W,1,,eur\n2,W,1 EUR,,EUR\n3,W,1,,\n")
    drop.extract()
    assert drop.column("currency_code") == ["EUR", "EUR", "USD"]

    drop.options = {"currency": "CHF"}
    drop.extract()
    assert drop.column("currency_code") == ["EUR", "EUR", "CHF"]

    drop.write("deals.csv", "id,stage,value,closed,currency\n1,W,1,,Euro\n2,W,1 EUR,,CHF\n")
    drop.extract()
    assert [row.column for row in drop.result.quarantined] == ["currency", "value"]


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("2024-02-29 17:30:00", date(2024, 2, 29)),
        ("2024-02-29T23:30:00Z", date(2024, 3, 1)),
        ("2023-02-29", "quarantined"),
        ("0000-00-00", "quarantined"),
        ("0017-01-01", "quarantined"),
        ("29.02.2024", "quarantined"),
        ("20240229", "quarantined"),
        ("43132", "quarantined"),
    ],
)
def test_dates_are_iso_when_nothing_is_declared(drop: Any, text: str, closed: Any) -> None:
    drop.company_time_zone = "Europe/Berlin"

    assert _one_value(drop, "closed", text) == closed


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("2018-06-01 02:32:00", date(2018, 5, 31)),
        ("2018-06-01T02:32:00Z", date(2018, 5, 31)),
        ("2018-06-01 03:00:00", date(2018, 6, 1)),
        ("2018-06-01T00:32:00+02:00", date(2018, 5, 31)),
        # Nothing but a day, however it is written.
        ("2018-06-01", date(2018, 6, 1)),
        ("2018-06-01 00:00:00", date(2018, 6, 1)),
        ("2018-06-01T00:00:00.000Z", date(2018, 6, 1)),
    ],
)
def test_a_moment_of_another_zone_is_a_day_of_the_company(
    drop: Any, text: str, closed: Any
) -> None:
    drop.options = {"time_zone": "UTC"}
    drop.company_time_zone = "America/Sao_Paulo"

    assert _one_value(drop, "closed", text) == closed


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("01/02/2024", date(2024, 2, 1)),
        ("13/02/2024", date(2024, 2, 13)),
        ("02/13/2024", date(2024, 2, 13)),
        ("5 Feb 2024", date(2024, 2, 5)),
        ("1/2/24", "quarantined"),
        ("2024-02-01", "quarantined"),
    ],
)
def test_the_first_declared_format_that_fits_wins(drop: Any, text: str, closed: Any) -> None:
    drop.options = {"date_formats": ["%d/%m/%Y", "%m/%d/%Y", "%d %b %Y"]}

    assert _one_value(drop, "closed", text) == closed


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-15 10:00:00", _at("2024-01-15 09:00:00")),
        ("2024-01-15T10:00", _at("2024-01-15 09:00:00")),
        ("2024-01-15T10:00:00.123456", _at("2024-01-15 09:00:00.123456")),
        ("2024-01-15T10:00:00Z", _at("2024-01-15 10:00:00")),
        ("2024-01-15 10:00:00 UTC", _at("2024-01-15 10:00:00")),
        ("2024-01-15 10:00:00 +0200", _at("2024-01-15 08:00:00")),
        ("2024-01-15T10:00:00-05:30", _at("2024-01-15 15:30:00")),
        # Only a date: that day's midnight in the zone.
        ("2024-07-15", _at("2024-07-14 22:00:00")),
        # The clocks skip 02:00 to 03:00: moved on by the gap (03:30 summer time).
        ("2024-03-31 02:30:00", _at("2024-03-31 01:30:00")),
        # The clocks repeat 02:00 to 03:00: the second one (standard time).
        ("2024-10-27 02:30:00", _at("2024-10-27 01:30:00")),
        ("2024-10-27T02:30:00+02:00", _at("2024-10-27 00:30:00")),
        ("2024-01-15 25:00:00", "quarantined"),
        ("yesterday", "quarantined"),
    ],
)
def test_timestamps_become_utc(drop: Any, text: str, moment: Any) -> None:
    drop.options = {"time_zone": "Europe/Berlin"}
    drop.deals(columns={"opportunity_id": "id", "sales_stage": "stage", "created_at": "value"})
    drop.write("deals.csv", f"id,stage,value\n1,Won,{text}\n")
    drop.extract()

    found = drop.column("created_at") or ["quarantined"]
    assert found == [moment]


def test_a_declared_format_with_a_zone(drop: Any) -> None:
    drop.options = {"time_zone": "Europe/Berlin", "date_formats": ["%d.%m.%Y %H:%M:%S %z"]}
    drop.deals(columns={"opportunity_id": "id", "sales_stage": "stage", "created_at": "value"})
    drop.write("deals.csv", "id,stage,value\n1,Won,15.01.2024 10:00:00 +0300\n")
    drop.extract()

    assert drop.column("created_at") == [_at("2024-01-15 07:00:00")]


def test_booleans_whole_numbers_and_decimals(drop: Any) -> None:
    drop.datasets = {
        "lines": {
            "entity": "opportunity_lines",
            "files": "*.csv",
            "columns": {
                "opportunity_line_id": "id",
                "opportunity_id": "deal",
                "amount": "amount",
                "quantity": "quantity",
                "term_months": "months",
                "is_deleted": "deleted",
            },
        }
    }
    drop.write(
        "lines.csv",
        "id,deal,amount,quantity,months,deleted\n"
        "1,a,1,0.3333333333,12,TRUE\n2,a,1,2,12.0,n\n3,a,1,,,0\n4,a,1,,,Yes\n"
        "5,a,1,,12.5,\n6,a,1,$2,,\n7,a,1,,,maybe\n",
    )
    drop.extract()

    rows = drop.rows("opportunity_lines")
    assert [row["quantity"] for row in rows] == [Decimal("0.333333"), Decimal(2), None, None]
    assert [row["term_months"] for row in rows] == [12, 12, None, None]
    assert [row["is_deleted"] for row in rows] == [True, False, False, True]
    assert [row.column for row in drop.result.quarantined] == ["months", "quantity", "deleted"]


def test_text_is_trimmed_and_blank_is_null(drop: Any) -> None:
    drop.deals(columns={"opportunity_id": "id", "sales_stage": "stage", "opportunity_name": "name"})
    drop.write(
        "deals.csv", "id,stage,name\n 1\u00a0, Won\t,  \n2,Won,\"a\nb \"\n3,Won,=cmd|' /C'!A0\n"
    )
    drop.extract()

    assert drop.column("opportunity_id") == ["1", "2", "3"]
    assert drop.column("opportunity_name") == [None, "a\nb", "=cmd|' /C'!A0"]


def test_aliases_constants_and_attributes(drop: Any) -> None:
    drop.deals(
        constants={"opportunity_type": "new", "sales_stage": "Open", "probability": "0.5"},
        value_aliases={
            "sales_stage": {"Gewonnen": "Won", "k. A.": None},
            "amount": {"unbekannt": "", "fünf": "5"},
        },
        attributes=["note", "other"],
    )
    drop.write(
        "deals.csv",
        'id,stage,value,closed,note,other\n1,Gewonnen,unbekannt,,"a ""b""",\n'
        "2,k. A.,fünf,,,\n3,,7,,x,y\n",
    )
    drop.extract()

    assert not drop.result.quarantined
    assert drop.column("sales_stage") == ["Won", "Open", "Open"]
    assert drop.column("amount") == [None, Decimal(5), Decimal(7)]
    assert drop.column("opportunity_type") == ["new"] * 3
    assert drop.column("attributes") == ['{"note":"a \\"b\\""}', None, '{"note":"x","other":"y"}']


def test_an_unusable_constant_is_refused_once(drop: Any) -> None:
    drop.deals(constants={"probability": "half", "created_at": "2024-13-01"})
    drop.write("deals.csv", "id,stage,value,closed\n1,Won,1,\n")
    drop.extract()

    assert "probability: half" in drop.refusal()
    assert "created_at: 2024-13-01" in drop.refusal()


def test_one_mark_for_decimals_and_thousands_is_refused(drop: Any) -> None:
    drop.options = {"decimal": ",", "thousands": ","}
    drop.write("deals.csv", "id,stage,value,closed\n1,Won,1,\n")
    drop.extract()

    assert "decimal and thousands" in drop.refusal()
