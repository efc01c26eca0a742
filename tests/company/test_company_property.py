"""Whatever stands in a file: the folder loads, or it is refused with problems."""

from __future__ import annotations

from pathlib import Path

import pytest
from company_folder import FILES, KPI_LEADS, write_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.company import Company, CompanyInvalid, load_company, rules_tables

SYNTAX = st.text(
    alphabet="-:,;[]{}|>&*!?#%@`'\"\\\n\t\r ~<$0179.ae_\0\u00e4\ufeff\u2028", max_size=60
)
PIECES = st.one_of(
    st.text(max_size=40),
    SYNTAX,
    st.sampled_from(["null", "*", "${X}", "${", "- a", "{a: b}", "9" * 400, "2026-02-30", "1e999"]),
)


@st.composite
def changed_texts(draw: st.DrawFn, original: str) -> bytes:
    """A file's text with a part replaced, or something else altogether."""
    piece = draw(PIECES)
    if draw(st.booleans()):
        return piece.encode("utf-8", "surrogatepass")
    words = original.split(" ")
    lines = original.split("\n")
    if draw(st.booleans()):
        words[draw(st.integers(0, len(words) - 1))] = piece
        return " ".join(words).encode("utf-8", "surrogatepass")
    cells = lines[draw(st.integers(0, len(lines) - 1))]
    return original.replace(cells, piece).encode("utf-8", "surrogatepass")


def load_or_refuse(folder: Path, kpis: Path) -> None:
    try:
        company = load_company(folder, {"CRM_DIR": str(folder), "X": "x"}, kpi_folder=kpis)
    except CompanyInvalid as invalid:
        assert invalid.problems
        for problem in invalid.problems:
            assert problem.message
            assert problem.fix
            str(problem).encode("utf-8")
    else:
        assert isinstance(company, Company)
        assert rules_tables(company)


@pytest.fixture(scope="module")
def company_parts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    base = tmp_path_factory.mktemp("property")
    (base / "company" / "drop").mkdir(parents=True)
    (base / "kpis").mkdir()
    return base / "company", base / "kpis"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_text_in_any_file_gives_a_company_or_problems(
    company_parts: tuple[Path, Path], data: st.DataObject
) -> None:
    folder, kpis = company_parts
    write_files(folder, FILES)
    write_files(kpis, {"leads.yml": KPI_LEADS})
    name = data.draw(st.sampled_from([*FILES, "kpi"]))
    original = KPI_LEADS if name == "kpi" else FILES[name]
    path = kpis / "leads.yml" if name == "kpi" else folder / name
    path.write_bytes(data.draw(changed_texts(original)))
    load_or_refuse(folder, kpis)


@settings(max_examples=50, deadline=None)
@given(content=st.binary(max_size=200), name=st.sampled_from(list(FILES)))
def test_any_bytes_in_any_file_give_a_company_or_problems(
    company_parts: tuple[Path, Path], content: bytes, name: str
) -> None:
    folder, kpis = company_parts
    write_files(folder, FILES)
    write_files(kpis, {"leads.yml": KPI_LEADS})
    (folder / name).write_bytes(content)
    load_or_refuse(folder, kpis)
