"""Files that are refused whole, each with a message that says what to do."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

HEADER = "id,stage,value,closed\n"
GOOD = HEADER + "1,Won,5,\n2,Won,6,2024-01-01\n"


def _refused(drop: Any, *parts: str) -> None:
    drop.extract()
    text = drop.refusal()
    assert not drop.result.files
    for part in parts:
        assert part in text


def test_an_empty_file(drop: Any) -> None:
    drop.write("deals.csv", "")

    _refused(drop, "deals.csv", "0 bytes", "export it again", "optional: true")


@pytest.mark.parametrize("blank", ["\n\n", "\ufeff", "  \n"])
def test_a_file_without_a_header(drop: Any, blank: str) -> None:
    drop.write("deals.csv", blank)

    _refused(drop, "no header line")


@pytest.mark.parametrize("header", [HEADER, HEADER.strip(), "\ufeff" + HEADER])
def test_header_only_is_fine(drop: Any, header: str) -> None:
    drop.write("deals.csv", header)
    drop.extract()

    assert not drop.result.refusals
    assert drop.result.files[0].row_count == 0
    assert drop.rows() == []


@pytest.mark.parametrize(("mark", "shown"), [(";", '";"'), ("\t", '"\\t"'), ("|", '"|"')])
def test_a_wrong_delimiter_names_the_one_seen(drop: Any, mark: str, shown: str) -> None:
    drop.write("deals.csv", GOOD.replace(",", mark))

    _refused(drop, "the delimiter is comma ','", f"set `delimiter: {shown}`")


def test_a_duplicated_header(drop: Any) -> None:
    drop.write("deals.csv", "id,stage,value,closed,value \n1,Won,5,,6\n")

    _refused(drop, "the header has 'value' more than once", "its own name")


def test_a_missing_column_lists_those_present_and_the_close_one(drop: Any) -> None:
    drop.write("deals.csv", "id,stage,Value,closed_on\n1,Won,5,\n")

    _refused(
        drop,
        "column 'value' (close: 'Value'), 'closed' (close: 'closed_on') is missing",
        "'id', 'stage', 'Value', 'closed_on'",
        "correct `columns`",
    )


def test_extra_columns_are_noted(drop: Any) -> None:
    drop.write("deals.csv", "id,stage,value,closed,secret,\n1,Won,5,,x,\n")
    drop.extract()

    assert len(drop.rows()) == 1
    assert [note.text for note in drop.result.notes] == ["columns ignored: 'secret'"]


def test_bytes_that_are_not_utf8_name_the_line(drop: Any) -> None:
    drop.write("deals.csv", HEADER.encode() + b"1,Won,5,\n2,Gagn\xe9,6,\n")

    _refused(drop, "line 3 holds byte 0xe9", "latin-1")


def test_utf16_without_a_mark_is_recognised(drop: Any) -> None:
    drop.write("deals.csv", GOOD.encode("utf-16-le"))

    _refused(drop, "NUL bytes", "encoding: utf-16-le")


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"PK\x03\x04xxxx", "workbook"), (b"\x1f\x8bxxxx", "gzip"), (b"PAR1xxxx", "Parquet")],
)
def test_files_that_are_no_text(drop: Any, content: bytes, kind: str) -> None:
    drop.write("deals.csv", content)

    _refused(drop, kind, "`format`")


@pytest.mark.parametrize(
    "content",
    [
        GOOD + '3,"Wo',
        GOOD + "3,Wo",
        GOOD + '3,Won,5,"2024',
        GOOD + "3,Won,5,2024-0",
        GOOD + "3",
    ],
)
def test_a_cut_csv_file(drop: Any, content: str) -> None:
    drop.write("deals.csv", content)

    _refused(drop, "truncated", "export it again")


def test_a_file_cut_inside_a_character(drop: Any) -> None:
    drop.write("deals.csv", (GOOD + "3,Gagné").encode()[:-1])

    _refused(drop, "line 4", "truncated")


def test_a_last_line_without_a_line_end_is_no_sign_of_a_cut(drop: Any) -> None:
    drop.write("deals.csv", GOOD.strip())
    drop.extract()

    assert len(drop.rows()) == 2


def test_a_line_and_a_cell_beyond_the_limits(drop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.sources.file_drop.text_encoding.MAX_LINE_CHARACTERS", 1000)
    drop.write("deals.csv", GOOD + "3," + "x" * 2000 + ",5,\n")
    _refused(drop, "longer than 1,000 characters")

    monkeypatch.setattr("orchestration.sources.file_drop.delimited.MAX_CELL_CHARACTERS", 100)
    drop.write("deals.csv", GOOD + "3," + "x" * 200 + ",5,\n")
    _refused(drop, "line 4", "more than 100 characters")


def test_a_file_beyond_the_size_limit(drop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.sources.file_drop.discovery.MAX_FILE_BYTES", 10)
    drop.write("deals.csv", GOOD)

    _refused(drop, "the limit is 10", "several files")


def test_a_cut_jsonl_file(drop: Any) -> None:
    drop.deals(files="*.jsonl")
    drop.write("deals.jsonl", '{"id": 1, "stage": "Won"}\n{"id": 2, "sta')

    _refused(drop, "last line (2)", "truncated")


def test_bad_jsonl_lines_go_to_quarantine(drop: Any) -> None:
    drop.deals(files="*.jsonl")
    nested = "[" * 100_000
    drop.write(
        "deals.jsonl",
        '{"id": 1, "stage": "Won"}\n{"id": 2, "sta\n[1]\n{"id": NaN}\n{"id": "\\ud800"}\n'
        f'{nested}\n\n{{"id": 3, "stage": "Won", "value": 0.10}}\n',
    )
    drop.extract()

    assert drop.column("opportunity_id") == ["1", "3"]
    assert [row.line for row in drop.result.quarantined] == [2, 3, 4, 5, 6]


def test_a_long_word_takes_no_quadratic_time(drop: Any) -> None:
    drop.write("deals.csv", GOOD + "3,Won," + "a." * 500_000 + ",\n4,Won,b@x.example,\n")
    drop.extract()

    long, short = drop.result.quarantined
    assert "more characters]" in long.payload
    assert len(long.payload) < 20_000
    assert short.value == "***@x.example"


def test_a_jsonl_file_that_never_has_a_required_key(drop: Any) -> None:
    drop.deals(files="*.jsonl")
    drop.write("deals.jsonl", '{"ID": 1, "stage": "Won"}\n')

    _refused(drop, "column 'id' (close: 'ID') is missing")


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


@pytest.mark.parametrize("cut", [0, 10, 300])
def test_a_cut_parquet_file(drop: Any, cut: int) -> None:
    drop.deals(files="*.parquet")
    content = _parquet(pa.table({"id": ["1"], "stage": ["Won"], "value": [1], "closed": ["x"]}))
    drop.write("deals.parquet", content[:cut])

    _refused(drop, "deals.parquet", "export it again")


def test_no_file_names_folder_and_pattern(drop: Any) -> None:
    _refused(drop, str(drop.folder), "'*.csv'", "optional: true")

    drop.deals(optional=True)
    drop.extract()
    assert not drop.result.refusals


def test_a_missing_folder(drop: Any) -> None:
    drop.folder.rmdir()

    _refused(drop, "does not exist", "options.folder")


def test_an_unknown_suffix(drop: Any) -> None:
    drop.deals(files="deals*")
    drop.write("deals.dat", GOOD)

    _refused(drop, "'.dat'", "`format`")


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_fine(drop: Any) -> None:
    secret = drop.root / "secret.csv"
    secret.write_text(GOOD)
    (drop.folder / "deals.csv").symlink_to(secret)
    _refused(drop, "out of the drop folder", "put the file itself")

    (drop.folder / "deals.csv").unlink()
    drop.write("store/deals.txt", GOOD)
    (drop.folder / "deals.csv").symlink_to(drop.folder / "store" / "deals.txt")
    drop.extract()
    assert not drop.result.refusals
    assert len(drop.rows()) == 2


def test_a_link_of_a_folder_and_links_to_nowhere(drop: Any) -> None:
    outside = drop.root / "outside"
    outside.mkdir()
    (outside / "deals.csv").write_text(GOOD)
    drop.deals(files="*/*.csv")
    (drop.folder / "linked").symlink_to(outside, target_is_directory=True)
    _refused(drop, "linked/deals.csv", "out of the drop folder")

    drop.deals(files="*.csv")
    (drop.folder / "a.csv").symlink_to(drop.folder / "a.csv")
    (drop.folder / "b.csv").symlink_to(drop.folder / "gone.csv")
    drop.extract()
    assert [refusal.file for refusal in drop.result.refusals] == ["a.csv", "b.csv"]


def test_a_pattern_out_of_the_folder(drop: Any) -> None:
    from orchestration.sources.file_drop.discovery import find_files
    from orchestration.sources.file_drop.model import FileRefusedError

    for pattern in ("../*.csv", "/etc/*.csv", "a/../../*.csv"):
        with pytest.raises(FileRefusedError, match="out of the drop folder"):
            find_files(drop.folder, pattern)


def test_unfinished_files_are_left_alone(drop: Any) -> None:
    drop.deals(files="*")
    for name in ("~$deals.csv", ".deals.csv", "deals.csv.part", "deals.csv.tmp"):
        drop.write(name, "half")
    drop.write("deals.csv", GOOD)
    drop.extract()

    assert not drop.result.refusals
    assert [version.file for version in drop.result.files] == ["deals.csv"]


def test_a_file_that_changes_while_it_is_read(drop: Any) -> None:
    path = Path(drop.write("deals.csv", GOOD))

    def append(progress: Any) -> None:
        if progress.rows:
            with path.open("a") as stream:
                stream.write("9,Won,5,\n")

    drop.extract(on_progress=append)

    assert "changed while it was read" in drop.refusal()
    assert "try again" in drop.refusal()


def test_a_change_explains_a_file_that_looks_broken(drop: Any) -> None:
    path = Path(drop.write("deals.csv", GOOD + "3,W"))

    def finish(progress: Any) -> None:
        if progress.rows == 0:
            seen.append(progress)

    seen: list[Any] = []
    from orchestration.sources.file_drop import single_file

    load = single_file.load_file

    def finish_then_load(*args: Any) -> Any:
        try:
            return load(*args)
        finally:
            path.write_text(GOOD + "3,Won,5,\n")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(single_file, "load_file", finish_then_load)
        drop.extract(on_progress=finish)

    assert "changed while it was read" in drop.refusal()
    assert seen


def test_all_refusals_are_told_at_once(drop: Any) -> None:
    drop.write("a.csv", "")
    drop.write("b.csv", "x\n")
    drop.write("c.csv", GOOD)
    drop.extract()

    assert [refusal.file for refusal in drop.result.refusals] == ["a.csv", "b.csv"]
    assert [version.file for version in drop.result.files] == ["c.csv"]
