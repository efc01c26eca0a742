"""The history of measurements as a page: docs/benchmarks.md from docs/benchmarks.jsonl.

Belongs here: the history and the page. Does not: measuring.
"""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from bench.report_pay import PAY, pay_section

DOCS = Path(__file__).resolve().parent.parent / "docs"
HISTORY = DOCS / "benchmarks.jsonl"
PAGE = DOCS / "benchmarks.md"
HEAD = """# Benchmarks

`make bench SCALE=50` generates the sample company at a scale, runs the whole daily job on it, and
adds the figures here (`docs/benchmarks.jsonl` keeps them all). Scale 1 is about 20,000 touches.

- *prepare*: dbt compiles the project, once per installation.
- *full build*: from delivered Parquet files to published marts, guards and dashboard included, in
  a new home; the last day is not delivered yet.
- *warm run*: the next run, with no new delivery: nothing is built, all guards run, a version is
  published.
- *everything again*: the same with `--full-refresh`; what a run costs after another release. Left
  out at the largest scales.
- *one new day*: the run after the last day was delivered; the as-of date is that day.
- *floor*: DuckDB writing the same touches sorted. The ratio to it can be compared between machines,
  seconds cannot.

Memory is that of all processes of the phase together, without what they share. *Outside* is what a
run takes beside the models (the step transform) and beside DuckDB reading and copying rows (ingest
and publish): starting, Dagster's own work, guards.

The latest measurement of each scale:
"""


CONNECTORS = """## Connectors

`make bench` also lets the Salesforce connector read opportunities from the simulator, a process of
its own on the same machine, to typed deliveries (`ROWS=1000000` says how many). *Simulator* is that
process's CPU time; *rows per CPU second* leave it out, because both share the cores.
"""
QUIET = """## Nothing new

The sample company's five simulated systems, read a second time when nothing has changed, one after
the other. An advertising platform's last days are read again in each run, because it restates them.
"""
ATTRIBUTION = """## Attribution

Made-up journeys of won deals, one to twenty touches each, all credited by all twelve models in
whole cents: ordered (int_journey_touches), then shared (int_conversion_touches, a row per touch).
*Floor*: DuckDB writing the same touches sorted by person and time; the times are those of the
statements, the memory that of the process. *New day*: the same two tables brought up to date after
a thousandth more touches came, as a run does it. *Markov* and *Shapley*: channels credited by
chains of order 1, 2 and 3, and by Shapley values, from the ordered journeys; each alone, with all
that it needs. *In floats*: ordered, then first, last, linear, time decay, U and W for every touch
by the same weights in floats, which nothing publishes, because floats do not sum to what was sold:
what is more in *x floor* is six more models, counts beside amounts, and whole cents.
"""
PEERS = """### Beside public packages

One touch table, credited by each in a process of its own, from reading it to the figures.

- *Concord*: all twelve models for every touch in whole cents, as a table; then channels by Markov
  chains of three orders and by Shapley values of both kinds, by month, quarter and year.
- *marketing-attribution-models*: first, last, linear, position, time decay, Markov of order 1, and
  Shapley of the last four channels; a figure per channel, in floats. No milestones (lead,
  opportunity), no credit by touch, no periods.
- *channelattribution*: first, last, linear, and Markov of three orders by simulation, which moves
  with its seed; a figure per channel, in floats. No Shapley, no position or time decay.
"""


def add_to_history(record: dict[str, Any]) -> str:
    """Keep a measurement with its day and machine, write the page and return it."""
    kept = {
        "measured_at": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.system()}, Python "
        f"{platform.python_version()}, DuckDB {duckdb.__version__}",
        **record,
    }
    with HISTORY.open("a", encoding="utf-8") as file:
        file.write(json.dumps(kept) + "\n")
    return write_report()


def write_report() -> str:
    """Write the page and return it."""
    records = [json.loads(line) for line in HISTORY.read_text(encoding="utf-8").splitlines()]
    scales = {record["scale"]: record for record in records if "scale" in record}
    pulls = {record["connector_rows"]: record for record in records if "pulls" in record}
    parts = [HEAD, *(_section(scales[scale]) for scale in sorted(scales))]
    if pulls:
        parts += [CONNECTORS, *(_pulls(pulls[rows]) for rows in sorted(pulls))]
    if quiet := [record for record in records if "nothing_new" in record]:
        newest = quiet[-1]
        parts += [QUIET, f"{newest['measured_at']}, {newest['machine']}.\n"]
        parts += [quiet_table(newest["nothing_new"])]
    if credited := {
        record["attribution_touches"]: record
        for record in records
        if "attribution_touches" in record
    }:
        parts += [ATTRIBUTION, _attribution(credited)]
    if peers := {record["peer_touches"]: record for record in records if "peers" in record}:
        parts += [PEERS, _peers(peers)]
    if paid := {record["pay_credits"]: record for record in records if "pay_credits" in record}:
        parts += [PAY, *(pay_section(paid[credits]) for credits in sorted(paid))]
    page = "\n".join(parts)
    PAGE.write_text(page, encoding="utf-8")
    return page


def quiet_table(rows: list[dict[str, Any]]) -> str:
    """What each source took that had nothing new."""
    lines = [
        "| Source | Rows changed | Requests | Wall s | CPU s | Simulator CPU s |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['source']} | {row['changed']:.0f} | {row['requests']:.0f} "
        f"| {row['wall_seconds']:.2f} | {row['cpu_seconds']:.2f} "
        f"| {row['simulator_cpu_seconds']:.2f} |"
        for row in rows
    ]
    return "\n".join([*lines, ""])


def _attribution(measured: dict[int, dict[str, Any]]) -> str:
    """A line for each number of touches."""
    lines = [
        "| Touches | Floor s | Ordered s | Shared s | x floor | In floats x floor | Markov x floor "
        "| Shapley x floor | New day s | of full | Peak MB | Touches/s | Measured |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for touches, record in sorted(measured.items()):
        steps = record["steps"]
        ordered, shared = steps["int_journey_touches"], steps["int_conversion_touches"]
        [peak] = [
            phase["peak_megabytes"] for phase in record["phases"] if phase["name"] == "attribute"
        ]
        lines.append(
            f"| {touches:,} | {steps['floor']:.2f} | {ordered:.2f} | {shared:.2f} "
            f"| {(ordered + shared) / steps['floor']:.1f} {_in_floats(steps)} "
            f"{_learned(steps)} {_new_day(steps)} "
            f"| {peak:,.0f} "
            f"| {int(touches / (ordered + shared)):,} "
            f"| {record['measured_at']}, {record['machine']}, {record['memory_limit']} |"
        )
    return "\n".join([*lines, ""])


def _in_floats(steps: dict[str, float]) -> str:
    """Six models in floats beside the floor; measurements of before have none."""
    if "in floats" not in steps:
        return "| –"
    return f"| {(steps['int_journey_touches'] + steps['in floats']) / steps['floor']:.1f}"


def _learned(steps: dict[str, float]) -> str:
    """Markov chains and Shapley values beside the floor; measurements of before have none."""
    if "int_channel_credits" not in steps:
        return "| – | –"
    both = steps["int_journey_steps"] + steps["int_channel_credits"]
    ratios = [
        (both + steps[evidence]) / steps["floor"]
        for evidence in ("int_channel_transitions", "int_channel_sets")
    ]
    return "".join(f"| {ratio:.1f} " for ratio in ratios).rstrip()


def _peers(measured: dict[int, dict[str, Any]]) -> str:
    """Three lines for each number of touches."""
    lines = [
        "| Touches | Who | Wall s | CPU s | Peak MB | Measured |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {touches:,} | {phase['name']} | {phase['wall_seconds']:.1f} "
        f"| {phase['cpu_seconds']:.1f} | {phase['peak_megabytes']:,.0f} "
        f"| {record['measured_at']}, {record['machine']} |"
        for touches, record in sorted(measured.items())
        for phase in record["peers"]
    ]
    return "\n".join([*lines, ""])


def _new_day(steps: dict[str, float]) -> str:
    """What a thousandth more touches cost; measurements of before have none."""
    days = [seconds for name, seconds in steps.items() if name.startswith("new day")]
    if not days:
        return "| – | –"
    full = steps["int_journey_touches"] + steps["int_conversion_touches"]
    return f"| {sum(days):.2f} | {sum(days) / full:.0%}"


def _pulls(record: dict[str, Any]) -> str:
    lines = [
        f"### {record['connector_rows']:,} opportunities",
        "",
        f"{record['measured_at']}, {record['machine']}.",
        "",
        "| Pull | Rows | Requests | Wall s | CPU s | Simulator CPU s | Peak MB | Rows/s "
        "| Rows per CPU s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for pull in record["pulls"]:
        rows, cpu = pull["rows"], pull["cpu_seconds"]
        lines.append(
            f"| {pull['phase']} | {rows:,} | {pull['requests']} | {pull['wall_seconds']:.1f} "
            f"| {cpu:.1f} | {pull['simulator_cpu_seconds']:.1f} | {pull['peak_megabytes']:,.0f} "
            f"| {pull['rows_per_second']:,} | {int(rows / cpu):,} |"
        )
    return "\n".join([*lines, ""])


def _section(record: dict[str, Any]) -> str:
    floor = next(phase for phase in record["phases"] if phase["name"] == "floor")
    lines = [
        f"## Scale {record['scale']}",
        "",
        f"{record['touches']:,} touches, {record['delivered_rows']:,} rows delivered; "
        f"{record['measured_at']}, {record['machine']}, CONCORD_MEMORY {record['memory_limit']}.",
        "",
        "| Phase | Wall s | CPU s | Peak MB | Rows/s | x floor |",
        "|---|---|---|---|---|---|",
    ]
    for phase in record["phases"]:
        ratio = phase["wall_seconds"] / floor["wall_seconds"]
        lines.append(
            f"| {phase['name']} | {phase['wall_seconds']:.1f} | {phase['cpu_seconds']:.1f} "
            f"| {phase['peak_megabytes']:,.0f} | {phase['rows_per_second']:,} | {ratio:.1f} |"
        )
    lines += [
        "",
        "| Run | ingest s | guards s | transform s | publish s | the rest s | outside |",
        "|---|---|---|---|---|---|---|",
    ]
    walls = {phase["name"]: phase["wall_seconds"] for phase in record["phases"]}
    lines += [_run(name, walls[name], steps) for name, steps in record["steps"].items()]
    return "\n".join([*lines, ""])


def _run(name: str, wall: float, steps: dict[str, float]) -> str:
    ingest, transform = steps["ingest_file_drop"], steps["transform"]
    publish = steps["published__version"]
    guards = sum(seconds for name, seconds in steps.items() if name.startswith("guards_"))
    outside = wall - ingest - transform - publish
    return (
        f"| {name} | {ingest:.1f} | {guards:.1f} | {transform:.1f} | {publish:.1f} "
        f"| {outside - guards:.1f} | {outside:.1f} s, {outside / wall:.0%} |"
    )
