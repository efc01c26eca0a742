"""scoring.yml: what it may say, what is said when it is wrong, and its rows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from company_folder import Folder

from orchestration.company import rules_tables

SCORING = """\
fit:
  cap: 50
  rules:
    - {rule: large, field: segment, in: [Large, middle], points: 20}
    - {rule: many, field: employee_count, at_least: 250, points: 5}
    - {rule: silent, field: email, is_present: false, points: -10}
engagement:
  cap: 40
  half_life_days: 30
  rules:
    - {rule: guide, touch_type: Form_Fill, content_type: ebook, points: 10, half_life_days: 60}
    - {rule: form, touch_type: form_fill, points: 8}
bands:
  - {band: hot, at_least: 50}
  - {band: cold, at_least: 0}
"""


@pytest.fixture
def scored(folder: Folder) -> Folder:
    folder.file("scoring.yml").write_text(SCORING, encoding="utf-8")
    return folder


def test_a_company_may_score_nothing(folder: Folder) -> None:
    company = folder.load()
    assert company.scoring is None
    tables = rules_tables(company)
    for name in ("score_cap", "fit_rule", "engagement_rule", "score_band"):
        assert tables[name].num_rows == 0


def test_the_rules_are_rows(scored: Folder) -> None:
    tables = {name: table.to_pylist() for name, table in rules_tables(scored.load()).items()}
    assert tables["score_cap"] == [{"fit_cap": Decimal(50), "engagement_cap": Decimal(40)}]
    assert [tuple(row.values()) for row in tables["fit_rule"]] == [
        ("large", "segment", "in", "large,middle", None, Decimal(20)),
        ("many", "employee_count", "at_least", "250", Decimal(250), Decimal(5)),
        ("silent", "email", "is_present", "false", None, Decimal(-10)),
    ]
    assert [tuple(row.values()) for row in tables["engagement_rule"]] == [
        ("guide", 1, "form_fill", None, "ebook", Decimal(10), Decimal(60)),
        ("form", 2, "form_fill", None, None, Decimal(8), Decimal(30)),
    ]
    assert [tuple(row.values()) for row in tables["score_band"]] == [
        ("cold", Decimal(0), 1),
        ("hot", Decimal(50), 2),
    ]


@pytest.mark.parametrize(
    ("old", "new", "key", "message", "fix"),
    [
        ("field: segment", "field: segmnt", "fit.rules[0].field", "not allowed", "'segment'"),
        ("at_least: 250", "equals: 250", "fit.rules[1]", "cannot be asked", "another way"),
        ("is_present: false", "equals: x", "fit.rules[2]", "cannot be asked", "another way"),
        ("points: 20", "points: many", "fit.rules[0].points", "", ""),
        ("points: 8", "points: 0", "engagement.rules[1].points", "too small", "correct"),
        ("half_life_days: 30", "half_life_days: 0", "engagement.half_life_days", "small", ""),
        ("cap: 40", "cap: -1", "engagement.cap", "too small", "correct"),
        ("rule: many", "rule: large", "fit.rules[1].rule", "stands twice", "rename"),
        ("band: hot", "band: cold", "bands[1].band", "stands twice", "rename"),
        ("at_least: 50", "at_least: 90.5", "bands[0].at_least", "no score is that", "raise a cap"),
        ("{band: cold, at_least: 0}", "{band: cold, at_least: 1}", "bands", "no band", "lower"),
        (
            "touch_type: form_fill, points: 8",
            "points: 8",
            "engagement.rules[1]",
            "fits every touch",
            "say which",
        ),
        (
            "{rule: form, touch_type: form_fill,",
            "{rule: form, touch_type: form_fill, content_type: ebook, channel: null,",
            "engagement.rules[1].rule",
            "never counts",
            "move it above",
        ),
        (
            "touch_type: form_fill, points: 8",
            "channel: nowhere, points: 8",
            "engagement.rules[1].channel",
            "no such channel",
            "",
        ),
    ],
)
def test_what_is_not_allowed(
    scored: Folder, old: str, new: str, key: str, message: str, fix: str
) -> None:
    scored.replace("scoring.yml", old, new)
    problem = scored.problem()
    assert (problem.file, problem.key) == ("scoring.yml", key), str(problem)
    assert problem.line, str(problem)
    assert message in problem.message, str(problem)
    assert fix in problem.fix, str(problem)


def test_everything_is_said_at_once(scored: Folder) -> None:
    scored.replace("scoring.yml", "cap: 50", "cap: none")
    scored.replace("scoring.yml", "points: 5", "points: x")
    scored.replace("scoring.yml", "bands:", "band:")
    keys = {problem.key for problem in scored.problems()}
    assert keys == {"fit.cap", "fit.rules[1].points", "bands", "band"}
