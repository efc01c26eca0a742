"""How good identities are: `python -m tests.end_to_end.identity_measures`, by the planted truth.

Two ids are a pair when they are one human's. Precision is the share of the pairs that the marts
make which are planted, recall the share of the planted pairs which the marts make. A browser that
never told who used it cannot be known by any rule: `told` leaves such ids out.

Belongs here: the measures and the command. Does not: what they have to be (test_identity_truth).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import click
import duckdb

# What is measured, by name: all ids, records of the CRM alone, all ids but those that never told.
SCOPES = {
    "all": "true",
    "records": "source_entity in ('lead', 'person')",
    "told": "source_entity <> 'visitor' or source_id in (from told)",
}
IDS = """
    with told as (
        select distinct anonymous_id from read_parquet('{sample}/delivered/touches/*.parquet')
        where coalesce(email, person_id, lead_id) is not null
    ),

    ids as (
        select planted.human, link.person_key
        from read_parquet('{sample}/truth/identity/*.parquet') as planted
        inner join marts.core.dim_identity_link as link using (source_entity, source_id)
        where {scope}
    ),

    cells as (select human, person_key, count(*) as ids from ids group by all),
    people as (select sum(ids)::bigint as ids from cells group by person_key),
    humans as (select sum(ids)::bigint as ids from cells group by human)

    select
        (select count(*) from ids),
        (select coalesce(sum(ids * (ids - 1) // 2), 0)::bigint from cells),
        (select coalesce(sum(ids * (ids - 1) // 2), 0)::bigint from people),
        (select coalesce(sum(ids * (ids - 1) // 2), 0)::bigint from humans)
"""


@dataclass(frozen=True)
class Pairs:
    """Pairs of ids in one scope.

    Attributes:
        ids: Ids that are both planted and linked.
        right: Pairs that are planted and made.
        made: Pairs that the marts make.
        planted: Pairs that are one human's.
    """

    ids: int
    right: int
    made: int
    planted: int

    @property
    def precision(self) -> Fraction:
        """Share of the pairs made which are planted; raises ZeroDivisionError without any."""
        return Fraction(self.right, self.made)

    @property
    def recall(self) -> Fraction:
        """Share of the planted pairs which are made; raises ZeroDivisionError without any."""
        return Fraction(self.right, self.planted)


def measure(marts: Path, sample_company: Path, scope: str = "all") -> Pairs:
    """Count the pairs of a scope.

    Args:
        marts: A published `marts.duckdb`.
        sample_company: Folder with the `delivered` and `truth` of the sample company.
        scope: One of SCOPES.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach '{marts}' as marts (read_only)")
        sql = IDS.format(sample=sample_company, scope=SCOPES[scope])
        [row] = connection.execute(sql).fetchall()
    return Pairs(*row)


def report_line(scope: str, pairs: Pairs) -> str:
    """Return a row of the table in docs/how_to/identities.md."""
    precision, recall = float(pairs.precision), float(pairs.recall)
    counts = f"{pairs.ids:,} | {pairs.planted:,} | {pairs.made:,} | {pairs.right:,}"
    return f"| `{scope}` | {counts} | {precision:.4f} | {recall:.4f} |"


@click.command()
@click.option(
    "--home",
    type=click.Path(path_type=Path, exists=True),
    default="data",
    help="CONCORD_HOME of a run of the sample company.",
)
def main(home: Path) -> None:
    """Print precision and recall of the identities of a home, per scope."""
    for scope in SCOPES:
        marts = home / "published" / "current" / "marts.duckdb"
        click.echo(report_line(scope, measure(marts, home / "sample_company", scope)))


if __name__ == "__main__":
    main()
