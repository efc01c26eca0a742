"""attribution.yml: what it may say, what is said when it is wrong, and its rows."""

from __future__ import annotations

import pytest
from company_folder import Folder

from orchestration.company import rules_tables
from orchestration.company.attribution import PRESETS
from orchestration.company.attribution_tables import TABLES

ATTRIBUTION = """\
buying_group: explicit
lookback_days: {lead: 30, mql: 30, opportunity: 90, won: 0.5}
half_life_days: 7
direct_channels: [paid_search]
excluded_touch_types: [Page View]
preset: marketo_measure
weights:
  position_based: {first: 500, last: 500}
"""


@pytest.fixture
def attributed(folder: Folder) -> Folder:
    folder.file("attribution.yml").write_text(ATTRIBUTION, encoding="utf-8")
    return folder


def weights_of(folder: Folder, model: str, conversion_type: str) -> list[tuple[int, ...]]:
    return [
        tuple(row[f"{name}_weight"] for name in ("first", "lead", "opportunity", "last", "middle"))
        for row in rules_tables(folder.load())["attribution_model"].to_pylist()
        if (row["model"], row["conversion_type"]) == (model, conversion_type)
    ]


def test_a_company_may_attribute_nothing(folder: Folder) -> None:
    company = folder.load()
    assert company.attribution is None
    assert all(rules_tables(company)[name].num_rows == 0 for name in TABLES)


def test_the_rules_are_rows(attributed: Folder) -> None:
    tables = {name: table.to_pylist() for name, table in rules_tables(attributed.load()).items()}
    assert tables["attribution_setting"] == [
        {
            "buying_group": "explicit",
            "stops_at_previous_won": False,
            "half_life_seconds": 604_800,
            "has_one_touch_per_session": True,
            "platform_conversion_type": "lead",
        }
    ]
    lookbacks = {
        row["conversion_type"]: row["lookback_seconds"] for row in tables["attribution_lookback"]
    }
    day = 86_400
    assert lookbacks == {"lead": 30 * day, "mql": 30 * day, "opportunity": 90 * day, "won": 43_200}
    assert [tuple(row.values()) for row in tables["attribution_exclusion"]] == [
        ("direct_channel", "paid_search"),
        ("touch_type", "page view"),
    ]


def test_campaigns_are_told_apart_where_the_company_says_so(attributed: Folder) -> None:
    assert rules_tables(attributed.load())["attribution_campaign_period"].num_rows == 0
    attributed.replace(
        "attribution.yml",
        "preset:",
        "algorithmic_campaigns: {periods: [year, quarter], least_conversions: 7}\npreset:",
    )
    rows = rules_tables(attributed.load())["attribution_campaign_period"].to_pylist()
    assert [tuple(row.values()) for row in rows] == [("year", 7, 30, 10), ("quarter", 7, 30, 10)]


def test_weights_of_the_company_come_before_those_of_the_preset(attributed: Folder) -> None:
    assert weights_of(attributed, "position_based", "lead") == [(500, 0, 0, 500, 0)]
    assert weights_of(attributed, "u_shaped", "won") == [(500, 500, 0, 0, 0)]
    assert weights_of(attributed, "custom", "won") == []


def test_presets_are_the_published_ones() -> None:
    for preset, models in PRESETS.items():
        assert {sum(weights.values()) for weights in models.values()} == {1000}, preset
    assert PRESETS["hubspot"]["u_shaped"] == {"first": 400, "lead": 400, "middle": 200}
    assert PRESETS["hubspot"]["w_shaped"] == {
        "first": 300, "lead": 300, "opportunity": 300, "middle": 100,
    }  # fmt: skip
    assert PRESETS["marketo_measure"]["full_path"]["last"] == 225


@pytest.mark.parametrize(
    ("model", "present"),
    [
        ("linear", {"lead", "mql", "opportunity", "won", "refund"}),
        ("u_shaped", {"lead", "mql", "opportunity", "won", "refund"}),
        ("w_shaped", {"opportunity", "won", "refund"}),
        ("opportunity_creation", {"opportunity", "won", "refund"}),
        ("full_path", {"won", "refund"}),
    ],
)
def test_a_milestone_after_the_conversion_rules_a_model_out(
    attributed: Folder, model: str, present: set[str]
) -> None:
    rows = rules_tables(attributed.load())["attribution_model"].to_pylist()
    assert {row["conversion_type"] for row in rows if row["model"] == model} == present


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("last: 500}", "last: 400}", "weights.position_based", "the shares sum to 900"),
        ("last: 500}", "lead: 500}", "weights.position_based.lead", "has no share for this touch"),
        ("preset: marketo_measure\n", "", "weights", "u_shaped, w_shaped, full_path have no"),
        ("[paid_search]", "[nowhere]", "direct_channels[0]", "channel"),
        ("explicit", "everybody", "buying_group", ""),
        ("half_life_days: 7", "half_life_days: 0", "half_life_days", ""),
        (
            "preset:",
            "algorithmic_campaigns: {periods: [year, month]}\npreset:",
            "algorithmic_campaigns.periods[1]",
            "month is no period of algorithmic attribution",
        ),
        (
            "preset:",
            "algorithmic_campaigns: {most_campaigns: 41}\npreset:",
            "algorithmic_campaigns.most_campaigns",
            "",
        ),
    ],
)
def test_what_is_wrong_is_said(
    attributed: Folder, old: str, new: str, key: str, message: str
) -> None:
    attributed.replace("attribution.yml", old, new)
    [problem] = attributed.problems()
    assert (problem.file, problem.key) == ("attribution.yml", key), str(problem)
    assert message in str(problem)
