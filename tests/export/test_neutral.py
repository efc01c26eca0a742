"""No text that is exported can act as a formula, and nothing else of it changes."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestration.export.neutral import neutral, neutral_row

SIGNS = "=+-@\t\r\n"
TEXTS = st.one_of(
    st.text(),
    st.builds(lambda sign, rest: sign + rest, st.sampled_from(SIGNS), st.text()),
    st.builds(lambda gap, rest: gap + "=" + rest, st.text(" \u00a0"), st.text()),
)


@given(TEXTS)
@example("\x00=1+1")
@example(" =1+1")
@example("＝1+1")
def test_no_text_begins_as_a_formula(text: str) -> None:
    made = neutral(text)
    begins = made.lstrip(" \u00a0")[:1]
    assert made[:1] not in SIGNS or not made
    assert begins not in SIGNS or not begins
    assert begins not in "＝＋－＠" or not begins


@given(TEXTS)
def test_it_is_the_same_text(text: str) -> None:
    made = neutral(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    written = "".join(sign for sign in lines if ord(sign) >= 32 or sign in "\t\n")
    assert made in (written, f"'{written}")
    assert neutral(made) == made


@given(st.lists(TEXTS))
@example(["x\r=1+1"])
def test_a_reader_of_csv_sees_no_formula(texts: list[str]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerow(neutral_row(["x", *texts]))
    [row] = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert not [cell for cell in row if cell.startswith(tuple(SIGNS))]


@pytest.mark.parametrize("text", ["", "Ada", "it's", "a=b", "1-2", "'=1"])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text
