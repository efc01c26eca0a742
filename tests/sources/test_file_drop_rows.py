"""Rows that cannot be used: each lands in quarantine with line and reason, none is lost."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from orchestration.sources.file_drop import loading
from orchestration.sources.file_drop.loading import Counts, LostRowsError

HEADER = "id,stage,value,closed\n"


def test_a_bad_row_names_line_column_value_and_reason(drop: Any) -> None:
    drop.write("deals.csv", HEADER + "1,Won,5,\n2,Won,many,2024-13-01\n,Won,1,\n3,Won,7,\n")
    drop.extract()

    assert drop.column("opportunity_id") == ["1", "3"]
    many, blank = drop.result.quarantined
    assert (many.file, many.line, many.column, many.value) == ("deals.csv", 3, "value", "many")
    assert "amount (column 'value') is 'many', no amount" in many.reason
    assert "close_date (column 'closed') is '2024-13-01', no date" in many.reason
    assert json.loads(many.payload) == {
        "id": "2",
        "stage": "Won",
        "value": "many",
        "closed": "2024-13-01",
    }
    assert (blank.line, blank.column, blank.value) == (4, "id", None)
    assert "blank but required" in blank.reason


def test_the_line_is_where_the_record_starts(drop: Any) -> None:
    drop.deals(attributes=["note"])
    drop.write(
        "deals.csv",
        "id,stage,value,closed,note\r\n"
        '1,Won,5,,"one\r\ntwo\r\nthree"\r\n'
        "\r\n"
        '2,Won,x,,"a\nb"\r\n'
        "3,Won,y,,c\r\n",
    )
    drop.extract()

    assert [row.line for row in drop.result.quarantined] == [6, 8]
    assert drop.rows()[0]["attributes"] == '{"note":"one\\r\\ntwo\\r\\nthree"}'
    assert drop.rows()[0]["_row_number"] == 1


def test_rows_with_a_wrong_number_of_cells(drop: Any) -> None:
    drop.write("deals.csv", HEADER + "1,Won,5\n2,Won,5,,a@b.example\n3,Won,5,\n")
    drop.extract()

    assert drop.column("opportunity_id") == ["3"]
    assert [row.line for row in drop.result.quarantined] == [2, 3]
    assert "3 cells, fewer than the header's 4" in drop.result.quarantined[0].reason
    assert "5 cells, more than" in drop.result.quarantined[1].reason
    assert json.loads(drop.result.quarantined[1].payload) == {
        "record": ["2", "Won", "5", "", "***@b.example"]
    }


def test_broken_quotes_keep_the_text_they_swallow(drop: Any) -> None:
    drop.write("deals.csv", HEADER + '1,"Won,5,\n2,"Won",5,\n3,Won,5,\n')
    drop.extract()

    assert drop.column("opportunity_id") == ["3"]
    row = drop.result.quarantined[0]
    assert row.line == 2
    assert '2,"Won",5' in json.loads(row.payload)["record"]


def test_identical_repetitions_collapse_and_others_are_quarantined(drop: Any) -> None:
    drop.write(
        "deals.csv",
        HEADER + "1,Won,5,\n2,Won,6,\n1,Won,5.00,\n1,Won,7,\n1,Lost,5,\n2,Won,6,\n1,Won,x,\n",
    )
    drop.extract()

    version = drop.result.files[0]
    assert (version.read_count, version.row_count) == (7, 2)
    assert (version.duplicate_count, version.quarantined_count) == (2, 3)
    assert [row.line for row in drop.result.quarantined] == [5, 6, 8]
    assert "opportunity_id '1' is already in line 2" in drop.result.quarantined[0].reason
    assert drop.column("amount") == [Decimal(5), Decimal(6)]


def test_a_key_of_several_fields_of_which_some_are_blank(drop: Any) -> None:
    drop.datasets = {
        "targets": {
            "entity": "targets",
            "files": "*.csv",
            "columns": {
                "kpi": "kpi",
                "team": "team",
                "target_month": "month",
                "target_value": "value",
            },
        }
    }
    drop.write(
        "t.csv",
        "kpi,team,month,value\nwin_rate,,2024-01-01,1\nwin_rate,,2024-01-01,2\n"
        "win_rate,East,2024-01-01,2\nwin_rate,,2024-02-01,1\nwin_rate,,2024-02-01,1\n",
    )
    drop.extract()

    version = drop.result.files[0]
    assert (version.row_count, version.duplicate_count, version.quarantined_count) == (3, 1, 1)


def test_rows_that_rows_where_leaves_out_are_counted(drop: Any) -> None:
    drop.deals(rows_where={"kind": ["deal", ""]})
    drop.write("deals.csv", "id,stage,value,closed,kind\n1,W,1,,deal\n2,W,x,,task\n3,W,1,, \n")
    drop.extract()

    version = drop.result.files[0]
    assert (version.read_count, version.row_count, version.filtered_count) == (3, 2, 1)
    assert not drop.result.quarantined


def test_email_addresses_are_masked_wherever_they_stand(drop: Any) -> None:
    drop.datasets = {
        "leads": {
            "entity": "leads",
            "files": "*.csv",
            "columns": {"lead_id": "id", "email": "mail", "score": "score"},
            "attributes": ["note"],
        }
    }
    drop.write("l.csv", "id,mail,score,note\n1,ann@x.example,bob@y.example,ask c.d@z.example\n")
    drop.write("m.csv", "id,mail,score,note,phone\n2,ann at home,high,,555\n")
    drop.extract()

    text = json.dumps([row.__dict__ for row in drop.result.quarantined])
    assert "***@x.example" in text
    for secret in ("ann", "bob", "c.d@", "at home", "555"):
        assert secret not in text
    stored = "".join(path.read_text() for path in drop.raw.rglob("*.jsonl"))
    assert "ann" not in stored


def _deals_and_lines(drop: Any) -> None:
    drop.deals(files="deals*.csv")
    drop.datasets["lines"] = {
        "entity": "opportunity_lines",
        "files": "lines*.csv",
        "columns": {"opportunity_line_id": "id", "opportunity_id": "deal", "amount": "amount"},
    }
    drop.write("deals.csv", HEADER + "1,Won,5,\n2,Won,x,\n")
    drop.write("lines.csv", "id,deal,amount\na,1,5\nb,2,6\nc,3,7\n")


def test_unknown_required_references_follow_the_other_files(drop: Any) -> None:
    _deals_and_lines(drop)
    drop.extract()

    assert drop.column("opportunity_line_id", "opportunity_lines") == ["a"]
    orphans = [row for row in drop.result.quarantined if row.dataset == "lines"]
    assert [(row.file, row.line, row.column, row.value) for row in orphans] == [
        ("lines.csv", 3, "opportunity_id", "2"),
        ("lines.csv", 4, "opportunity_id", "3"),
    ]
    assert "not among the loaded opportunities" in orphans[0].reason
    assert [(f.row_count, f.quarantined_count) for f in drop.result.files] == [(1, 1), (1, 2)]

    drop.write("deals_2.csv", HEADER + "2,Won,5,\n3,Won,5,\n")
    drop.extract()

    assert drop.result.files[-1].status == "unchanged"
    assert drop.result.files[-1].row_count == 3
    assert drop.column("opportunity_line_id", "opportunity_lines") == ["a", "b", "c"]

    (drop.folder / "deals_2.csv").unlink()
    drop.extract()
    assert drop.column("opportunity_line_id", "opportunity_lines") == ["a"]


def test_references_are_not_checked_where_the_source_has_no_such_files(drop: Any) -> None:
    _deals_and_lines(drop)
    del drop.datasets["deals"]
    drop.extract()

    assert len(drop.rows("opportunity_lines")) == 3


def test_optional_references_are_not_enforced(drop: Any) -> None:
    columns = drop.datasets["deals"]["columns"]
    drop.deals(columns={**columns, "account_id": "account"}, files="deals.csv")
    drop.datasets["accounts"] = {
        "entity": "accounts",
        "files": "accounts.csv",
        "columns": {"account_id": "id", "account_name": "id"},
    }
    drop.write("accounts.csv", "id\nA\n")
    drop.write("deals.csv", "id,stage,value,closed,account\n1,Won,5,,nobody\n")
    drop.extract()

    assert drop.column("account_id") == ["nobody"]


def test_a_lost_row_stops_the_run(drop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LostRowsError):
        Counts(read=3, loaded=1, quarantined=1, duplicate=0, filtered=0).require_complete()

    monkeypatch.setattr(loading, "collect_quarantine", lambda *_: [])
    drop.write("deals.csv", HEADER + "1,Won,x,\n")
    with pytest.raises(LostRowsError):
        drop.extract()


def test_too_many_bad_rows_mean_a_wrong_description(
    drop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.sources.file_drop.reading.MAX_QUARANTINED_ROWS", 3)
    drop.write("deals.csv", HEADER + "".join(f"{i},Won,x,\n" for i in range(4)))
    drop.extract()

    assert "more than 3 of its rows cannot be used" in drop.refusal()
    assert not drop.result.files
