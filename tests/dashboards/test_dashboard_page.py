"""The page in a real browser, opened from its file without a network.

Every visit also fails when the page complains on the console or asks for anything but its files.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from dashboard_browser import Opened
from dashboard_company import KPIS
from dashboard_marts import sql, write_empty_marts

from dashboards.build import build_dashboard

pytestmark = pytest.mark.browser

Visit = Callable[..., Opened]
PageWith = Callable[..., Path]
CHARTS = (
    *("explore-trend", "reach-chart", "bookings-chart", "pipeline-chart", "win-rate-chart"),
    *("recurring-chart", "cac-chart", "retention-chart", "costs-function-chart"),
    *("costs-reach-chart", "maturity-chart"),
)


def card(kpi: str, part: str) -> str:
    return f'.card[data-kpi="{kpi}"] .card-{part}'


def value_in_marts(marts: Path, kpi: str, grain: str, start: str) -> float:
    with duckdb.connect(str(marts), read_only=True) as connection:
        found = connection.execute(
            "select value from kpi.rpt_kpi where kpi = ? and period_grain = ?"
            " and period_start = cast(? as date) and dimension = 'all'",
            [kpi, grain, start],
        ).fetchone()
    assert found
    return float(found[0])


def test_cards_show_the_marts_figures_in_headline_order(
    visit: Visit, busy_page: Path, marts: Path
) -> None:
    opened = visit(busy_page)
    headlines = [kpi.kpi for kpi in KPIS if kpi.is_headline]
    cards = opened.page.locator(".card")
    assert cards.evaluate_all("all => all.map((one) => one.dataset.kpi)") == headlines
    for kpi in headlines:
        shown = opened.page.locator(card(kpi, "value")).get_attribute("data-value")
        assert float(shown or "nan") == value_in_marts(marts, kpi, "month", "2026-11-01")
    leads = value_in_marts(marts, "leads", "month", "2026-11-01")
    assert opened.text(card("leads", "value")) == f"{leads:,.0f}"
    bookings = value_in_marts(marts, "bookings", "month", "2026-11-01")
    assert opened.text(card("bookings", "value")) == f"€{bookings / 1000:,.1f}K"
    win_rate = value_in_marts(marts, "win_rate", "month", "2026-11-01")
    assert opened.text(card("win_rate", "value")) == f"{win_rate:.1%}"


def test_all_charts_are_drawn(visit: Visit, busy_page: Path) -> None:
    opened = visit(busy_page)
    for chart in CHARTS:
        assert opened.page.locator(f"#{chart} svg path").count() > 5, chart
    assert opened.page.locator(".card svg.spark").count() == 12


def test_header_names_company_date_version_and_guard_state(visit: Visit, busy_page: Path) -> None:
    opened = visit(busy_page)
    assert opened.text("h1") == "Northlight Instruments"
    assert opened.text("#as-of") == "21 Nov 2026"
    assert opened.text("#publish-version") == "000042"
    assert "banner-amber" in (opened.page.locator("#banner").get_attribute("class") or "")
    assert "11 passed" in opened.text("#banner")


def test_grain_switch_changes_every_figure_and_keeps_the_day_in_view(
    visit: Visit, busy_page: Path, marts: Path
) -> None:
    opened = visit(busy_page)
    months = opened.text("#cards")
    opened.click('[data-grain="quarter"]')
    assert opened.text("#period-label").startswith("Q4 2026")
    assert opened.text("#cards") != months
    quarter = value_in_marts(marts, "leads", "quarter", "2026-10-01")
    assert opened.text(card("leads", "value")) == f"{quarter:,.0f}"
    opened.click('[data-grain="year"]')
    year = value_in_marts(marts, "leads", "year", "2026-01-01")
    assert opened.text(card("leads", "value")) == f"{year:,.0f}"
    opened.click("#earlier")
    opened.click('[data-grain="month"]')
    assert opened.text("#period-label") == "Dec 2025"


def test_earlier_and_later_end_where_the_figures_end(visit: Visit, busy_page: Path) -> None:
    opened = visit(busy_page)
    assert opened.page.locator("#later").is_disabled()
    opened.click("#earlier")
    assert opened.text("#period-label") == "Oct 2026"
    assert "Sep 2026" in opened.text("#headlines-prior")
    opened.click('[data-grain="year"]')
    opened.click("#earlier")
    opened.click("#earlier")
    assert opened.page.locator("#earlier").is_disabled()
    assert "no earlier period" in opened.text(card("leads", "change"))


def test_immature_figures_are_marked(visit: Visit, busy_page: Path) -> None:
    opened = visit(busy_page)
    assert "in progress, day 21 of 30" in opened.text("#headlines-note")
    opened.click("#earlier")
    assert opened.text("#headlines-note") == ""
    immature = opened.page.locator(".card-immature")
    assert "win_rate" in immature.evaluate_all("all => all.map((one) => one.dataset.kpi)")
    assert "leads" not in immature.evaluate_all("all => all.map((one) => one.dataset.kpi)")
    assert opened.page.locator('.card[data-kpi="win_rate"] .spark-hollow').count() == 1
    assert opened.page.locator('.card[data-kpi="leads"] .spark-hollow').count() == 0


def test_breakdown_follows_kpi_and_dimension(visit: Visit, busy_page: Path, marts: Path) -> None:
    opened = visit(busy_page)
    opened.page.select_option("#explore-kpi", "bookings")
    opened.click('[data-dimension="team"]')
    with duckdb.connect(str(marts), read_only=True) as connection:
        rows = connection.execute(
            "select member from kpi.rpt_kpi where kpi = 'bookings' and period_grain = 'month'"
            " and dimension = 'team' and period_start = date '2026-11-01' order by value desc"
        ).fetchall()
    assert opened.page.locator(".member-name").all_inner_texts() == [row[0] for row in rows]
    opened.click('[data-dimension="product"]')
    assert "Atlas Pro" in opened.text("#explore-members")
    opened.page.select_option("#explore-kpi", "leads")
    assert opened.page.locator('[data-dimension="product"]').is_disabled()


def test_funnel_counts_the_period_and_pools_mature_cohorts(
    visit: Visit, busy_page: Path, marts: Path
) -> None:
    opened = visit(busy_page)
    opened.click('[data-grain="quarter"]')
    with duckdb.connect(str(marts), read_only=True) as connection:
        entered = connection.execute(
            "select sum(entered_count) from funnel.rpt_funnel_flow"
            " where stage = 'mql' and flow_month >= date '2026-10-01'"
        ).fetchone()
        cohort = connection.execute(
            "select sum(converted_count), sum(entered_count) from funnel.rpt_funnel_cohort"
            " where from_stage = 'known' and to_stage = 'mql' and is_mature and cohort_month >"
            " (select max(cohort_month) - interval 12 month from funnel.rpt_funnel_cohort"
            " where from_stage = 'known' and to_stage = 'mql' and is_mature)"
        ).fetchone()
    assert entered
    assert cohort
    assert opened.text('[data-stage="mql"] .stage-count') == f"{entered[0]:,}"
    assert f"{cohort[0] / cohort[1]:.1%} go on to MQL within 60 days" in opened.text(".step")
    assert f"{cohort[0]:,} of {cohort[1]:,}" in opened.text(".step")
    assert "Aware" in opened.text("#funnel-notes")
    assert f"{cohort[0] / cohort[1]:.1%}" in opened.text("#channel-table tfoot")


def test_pipeline_tiles_show_the_last_day(visit: Visit, busy_page: Path, marts: Path) -> None:
    with duckdb.connect(str(marts), read_only=True) as connection:
        found = connection.execute(
            "select sum(open_amount), sum(open_count) from funnel.rpt_pipeline_daily"
            " where pipeline_date = date '2026-11-21'"
        ).fetchone()
    assert found
    opened = visit(busy_page)
    assert opened.text('[data-tile="Open"]') == f"€{float(found[0]) / 1e6:.2f}M"
    assert opened.text('[data-tile="Deals"]') == str(found[1])


def test_stages_before_pipeline_are_told_apart(visit: Visit, busy_page: Path, marts: Path) -> None:
    with duckdb.connect(str(marts), read_only=True) as connection:
        found = connection.execute(
            "select sum(open_amount) from funnel.rpt_pipeline_daily"
            " where pipeline_date = date '2026-11-21' and sales_stage <> 'discovery'"
        ).fetchone()
    assert found
    tile = visit(busy_page).text('[data-tile="Thereof pipeline"]')
    assert tile == f"€{float(found[0]) / 1e6:.2f}M"


def test_a_group_that_never_was_published_says_so(visit: Visit, page_with: PageWith) -> None:
    held = "update ops.ops_publish_log set action = 'held', publish_version = null"
    opened = visit(page_with(sql(f"{held} where kpi_group = 'demand'")))
    assert opened.text("#banner .held") == "Demand has never been published"
    assert opened.text("#publish-version") == "000042"


def test_guard_filters(visit: Visit, busy_page: Path) -> None:
    opened = visit(busy_page)
    shown = "#guard-table tbody tr:not([hidden])"
    assert opened.page.locator(shown).count() == 12
    opened.page.click('[data-show="attention"]')
    assert opened.page.locator(shown).count() == 1
    opened.page.select_option("#guard-group", "core")
    assert opened.page.locator("#guard-none").is_visible()
    opened.page.click('[data-show="all"]')
    assert opened.page.locator(shown).count() == 4
    opened.page.fill("#guard-search", "UNIQUE")
    assert opened.page.locator(shown).count() == 1


def test_keyboard_alone_changes_the_period(visit: Visit, busy_page: Path) -> None:
    opened = visit(busy_page)
    opened.page.focus('[data-grain="quarter"]')
    opened.page.keyboard.press("Enter")
    opened.ready()
    assert opened.text("#period-label").startswith("Q4")
    assert opened.page.locator('[data-grain="quarter"]').get_attribute("aria-pressed") == "true"


def test_chart_numbers_can_be_read_as_a_table(visit: Visit, busy_page: Path) -> None:
    opened = visit(busy_page)
    opened.page.click("#bookings .numbers summary")
    opened.page.wait_for_selector("#bookings .numbers tbody")
    assert opened.page.locator("#bookings .numbers tbody tr").count() == 24


def test_touches_count_people_not_machines(visit: Visit, busy_page: Path) -> None:
    opened = visit(busy_page)
    opened.click("#reach-chart + .numbers summary")
    head = opened.page.locator("#reach-chart + .numbers thead th").all_text_contents()
    last = opened.page.locator("#reach-chart + .numbers tbody tr").last
    # Ten groups of one to ten touches, and one touch that no channel knows.
    assert head[1:3] == ["All", "direct"]
    assert head[-1] == "4 other groups"
    assert last.locator("td").all_text_contents()[0] == "56"
    assert last.locator("td").all_text_contents()[-1] == "7"


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ("select 1", ["€5,400", "2"]),
        (
            "update core.fct_subscription_month set recurring_amount = null "
            "where account_key = 'a-2'",
            ["–", "2"],
        ),
    ],
)
def test_recurring_revenue_and_customers_by_month(
    visit: Visit, page_with: PageWith, change: str, shown: list[str]
) -> None:
    opened = visit(page_with(sql(change)))
    opened.click("#recurring-chart + .numbers summary")
    last = opened.page.locator("#recurring-chart + .numbers tbody tr").last
    assert last.locator("td").all_text_contents() == shown


def test_unit_economics_are_the_chosen_periods(
    visit: Visit, page_with: PageWith, marts: Path
) -> None:
    unknown = "update kpi.rpt_kpi set value = null where kpi = 'cac_paid'"
    opened = visit(page_with(sql(unknown)))
    opened.click('[data-grain="quarter"]')
    loaded = value_in_marts(marts, "cac_loaded", "quarter", "2026-10-01")
    months = value_in_marts(marts, "cac_payback_months", "quarter", "2026-10-01")
    kept = value_in_marts(marts, "grr", "quarter", "2026-10-01")
    assert opened.text('[data-tile="cac_loaded"]') == f"€{loaded:,.0f}"
    assert opened.text('[data-tile="cac_payback_months"]') == f"{months:g} months"
    assert opened.text('[data-tile="grr"]') == f"{kept:.1%}"
    assert opened.text('[data-tile="cac_paid"]') == "–"
    opened.click("#cac-chart + .numbers summary")
    last = opened.page.locator("#cac-chart + .numbers tbody tr").last
    assert last.locator("td").all_text_contents()[0] == "–"
    assert last.locator("td").all_text_contents()[2].startswith(f"€{loaded:,.0f}"[:5])
    opened.page.click("#unit-economics-definitions summary")
    assert "Loaded CAC" in opened.text("#unit-economics-definitions dl")


def test_costs_by_function_and_reach_with_their_budgets(
    visit: Visit, busy_page: Path, marts: Path
) -> None:
    opened = visit(busy_page)
    opened.click("#earlier")
    with duckdb.connect(str(marts), read_only=True) as connection:
        rows = connection.execute(
            "select member, sum(value) filter (where kpi = 'costs'),"
            " sum(value) filter (where kpi = 'cost_budget') from kpi.rpt_kpi"
            " where dimension in ('function', 'reach') and period_grain = 'month'"
            " and period_start = date '2026-10-01' group by dimension, member"
            " order by dimension, member"
        ).fetchall()
    wanted = [[f"€{amount:,.2f}", f"€{budget:,.2f}"] for _, amount, budget in rows]
    table = opened.page.locator("#costs-table tbody tr:not(.table-group)")
    assert table.locator("th").all_inner_texts() == [member for member, _, _ in rows]
    shown = table.locator("td span").evaluate_all("all => all.map((one) => one.title)")
    assert [shown[at : at + 2] for at in range(0, len(shown), 3)] == wanted
    costs = value_in_marts(marts, "costs", "month", "2026-10-01")
    assert opened.text("#costs-table tfoot td") == f"€{costs / 1000:,.1f}K"


def test_models_stand_side_by_side_beside_spend(visit: Visit, busy_page: Path) -> None:
    opened = visit(busy_page)
    opened.click('[data-role="touch"]')
    rows = "#attribution-table tbody tr"

    def row(channel: str) -> list[str]:
        return opened.page.locator(f'{rows}[data-channel="{channel}"] td').all_inner_texts()

    assert opened.page.locator(f"{rows} th").all_inner_texts() == [
        "paid search", "display", "email",
    ]  # fmt: skip
    assert row("paid_search") == ["€1,000", "€6,000", "€2,000"]
    assert row("email") == ["–", "€2,100", "€700"]
    assert opened.page.locator(f"{rows}.unrewarded").count() == 1
    assert "display (€400)" in opened.text("#attribution-note")

    opened.click('[data-measure="roas"]')
    assert row("paid_search") == ["€1,000", "6", "2"]
    assert row("display") == ["€400", "0", "0"]
    assert opened.page.locator(f'{rows}[data-channel="email"]').count() == 0
    opened.click('[data-measure="cac"]')
    opened.click('[data-role="conversion"]')
    assert row("paid_search") == ["€1,000", "€667", "€2,000"]
    assert row("display") == ["€400", "–", "–"]
    total = opened.page.locator("#attribution-table tfoot tr").inner_text().split("\t")
    assert total == ["Channels with ads", "€1,400", "€933", "€2,800"]


def test_spend_matures_by_age(visit: Visit, busy_page: Path) -> None:
    opened = visit(busy_page)
    opened.page.select_option("#attribution-model", "first")
    opened.click("#maturity-chart + .numbers summary")
    last = opened.page.locator("#maturity-chart + .numbers tbody tr").last
    assert last.locator("th").inner_text() == "5"
    assert last.locator("td").all_text_contents() == ["2.5", *["–"] * 5]


def test_script_in_names_is_inert(visit: Visit, page_with: PageWith) -> None:
    evil = "</script><img src=x onerror=\"alert('x')\"><svg onload=alert(1)>"
    opened = visit(
        page_with(
            sql(
                "update kpi.rpt_kpi set member = $text where member = 'Velocity'",
                "update kpi.dim_kpi set kpi_label = $text where kpi = 'leads'",
                "update ops.ops_guard_result set message = $text, guard = $text",
                "update funnel.rpt_funnel_flow set channel_name = $text"
                " where channel_name = 'email'",
                text=evil,
            )
        )
    )
    opened.page.select_option("#explore-kpi", "bookings")
    opened.click('[data-dimension="team"]')
    assert evil in opened.page.locator(".member-name").all_inner_texts()
    opened.page.hover("#bookings-chart", position={"x": 500, "y": 120})
    assert evil in opened.text(".tip")
    assert opened.page.locator("img, svg[onload]").count() == 0


def test_company_without_leads_or_amounts(visit: Visit, page_with: PageWith) -> None:
    opened = visit(
        page_with(
            sql(
                "delete from funnel.rpt_funnel_flow",
                "delete from funnel.rpt_funnel_cohort",
                "update kpi.rpt_kpi set value = null, prior_value = null, target = null"
                " where kpi in ('bookings', 'pipeline_created')",
                "update funnel.rpt_pipeline_daily set open_amount = null, weighted_amount = null,"
                " unknown_amount_count = open_count",
                # A team without open deals carries 0, which is not the sum of unknown amounts.
                "update funnel.rpt_pipeline_daily set open_amount = 0, open_count = 0,"
                " unknown_amount_count = 0 where team = 'Velocity'",
            )
        )
    )
    assert "No leads yet" in opened.text("#funnel-stages")
    assert opened.text(card("bookings", "value")) == "–"
    unknown = opened.page.locator(f"{card('bookings', 'value')} .unknown")
    assert unknown.get_attribute("title") == "unknown"
    assert "Unknown is not zero" in opened.text("#bookings-chart")
    assert opened.text('[data-tile="Open"]') == "–"
    assert opened.page.locator("#pipeline-chart svg").count() == 1  # deals are counted instead


def test_odd_figures(visit: Visit, page_with: PageWith) -> None:
    opened = visit(
        page_with(
            sql(
                "update kpi.rpt_kpi set value = 987654321987654 where kpi = 'bookings'",
                "update kpi.rpt_kpi set value = -1250, prior_value = 0 where kpi = 'spend'",
                "update kpi.rpt_kpi set value = 0, prior_value = 0 where kpi = 'mqls'",
                "update kpi.rpt_kpi set target = 0 where kpi = 'leads'",
            )
        ),
        width=390,
    )
    assert opened.text(card("bookings", "value")) == "€987.65T"
    assert opened.text(card("spend", "value")) == "-€1,250"
    assert "from 0" in opened.text(card("spend", "change"))
    assert opened.text(card("mqls", "value")) == "0"
    assert "unchanged" in opened.text(card("mqls", "change"))
    assert "%" not in opened.text(card("leads", "target"))
    assert opened.text(card("won_deals", "target")) == "no target"


def test_held_group_is_stale_in_banner_and_on_cards(visit: Visit, page_with: PageWith) -> None:
    opened = visit(
        page_with(
            sql(
                "update ops.ops_publish_log set action = 'held', stale_since = '2026-11-18',"
                " publish_version = '000039' where kpi_group = 'pipeline'",
                "update kpi.rpt_kpi set stale_since = '2026-11-18' where kpi_group = 'pipeline'",
                "update ops.ops_guard_result set status = 'failed' where kpi_group = 'pipeline'",
            )
        )
    )
    assert "banner-red" in (opened.page.locator("#banner").get_attribute("class") or "")
    assert "stale since 18 Nov 2026 (version 000039)" in opened.text("#banner")
    assert opened.text("#publish-version") == "000042"
    assert opened.text('.card[data-kpi="bookings"] .tag-stale') == "stale since 18 Nov 2026"
    assert opened.page.locator('.card[data-kpi="leads"] .tag-stale').count() == 0


@pytest.mark.parametrize("width", [390, 1440])
def test_empty_marts_open(visit: Visit, tmp_path: Path, width: int) -> None:
    marts = write_empty_marts(tmp_path / "marts.duckdb")
    opened = visit(build_dashboard(marts, tmp_path / "page", "Northlight"), width=width)
    assert "No guards ran" in opened.text("#banner")
    assert "No leads yet" in opened.text("#funnel-stages")
    assert "No source has been read yet" in opened.text("#sources")
    opened.click('[data-grain="year"]')
    assert opened.text("#period-label") == "–"


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (768, "dark"), (1440, "light")])
def test_nothing_scrolls_sideways(
    visit: Visit, page_with: PageWith, width: int, scheme: str
) -> None:
    long_name = "An exceedingly long name without an end " * 4 + "x" * 120
    opened = visit(
        page_with(
            sql(
                "update kpi.rpt_kpi set member = $text where member = 'Velocity'",
                "update kpi.dim_kpi set kpi_label = $text where kpi = 'mqls'",
                "update core.dim_stage set stage_name = $text where stage = 'mql'",
                "update attribution.rpt_channel_performance set channel_name = $text",
                "update ops.ops_guard_result set message = $text, guard = $text",
                text=long_name,
            )
        ),
        width=width,
        scheme=scheme,
    )
    opened.page.select_option("#explore-kpi", "bookings")
    assert opened.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_without_the_chart_file_everything_else_works(
    visit: Visit, busy_page: Path, tmp_path: Path
) -> None:
    alone = Path(shutil.copy(busy_page, tmp_path))
    opened = visit(alone)
    assert "Charts need the file echarts.min.js" in opened.text("#bookings-chart")
    assert opened.page.locator(".card").count() == 12
    opened.click('[data-grain="quarter"]')
    assert all("ERR_FILE_NOT_FOUND" in complaint for complaint in opened.complaints)
    opened.complaints.clear()  # the missing file itself is the one complaint
