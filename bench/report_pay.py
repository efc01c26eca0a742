"""The part of docs/benchmarks.md that is about pay.

Belongs here: its words and tables. Does not: measuring (compensation).
"""

from __future__ import annotations

from typing import Any

PAY = """## Pay

A made-up year of deals, some shared, some with somebody beside, one of twenty refunded; everybody
on a plan (a rate, marginal and retroactive bands with quotas and caps, a team lead's part, a KPI
bonus), paid through three legal entities. *full*: all models of pay, from events to statements,
anew. *close*: eleven months at once. *open month*: the run after one more day came, which brings
all tables to what they should be. *end of month*: the next run, without a delivery, when the
quarter's bonuses come. *close of month*: the twelfth, backup and check of the whole ledger
included. *floor*: DuckDB writing the same credits sorted. *Models* are CPU seconds of the models
alone, without the copies of their inputs, starting and reading the project.
"""


def pay_section(record: dict[str, Any]) -> str:
    """One measurement: its phases, and its dearest models."""
    floor = next(one for one in record["phases"] if one["name"] == "floor")
    lines = [
        f"### {record['pay_credits']:,} credits, {record['payees']:,} payees",
        "",
        f"{record['measured_at']}, {record['machine']}, CONCORD_MEMORY {record['memory_limit']}.",
        "",
        "| Phase | Wall s | CPU s | Models CPU s | Peak MB | x floor |",
        "|---|---|---|---|---|---|",
    ]
    for phase in record["phases"]:
        models = record["models_seconds"].get(phase["name"])
        lines.append(
            f"| {phase['name']} | {phase['wall_seconds']:.1f} | {phase['cpu_seconds']:.1f} "
            f"| {'–' if models is None else f'{models:.1f}'} | {phase['peak_megabytes']:,.0f} "
            f"| {phase['wall_seconds'] / floor['wall_seconds']:.1f} |"
        )
    lines += ["", "| Dearest models | Rows | full CPU s | open month CPU s |", "|---|---|---|---|"]
    again = record["models"].get("open month", {})
    # Only the dearest of each phase are kept: of another one it is known that it took less.
    least = f"< {min(again.values(), default=0):.2f}"
    lines += [
        f"| {name} | {record['rows'][name]:,} | {seconds:.2f} "
        f"| {f'{again[name]:.2f}' if name in again else least} |"
        for name, seconds in record["models"]["full"].items()
    ]
    return "\n".join([*lines, ""])
