"""A project with a model that falls apart by a key, and random days of its inputs.

raw_file_drop.touch ─► stg_touch (view) ─► touches ──► journey_touches ──► longest (view)
rules.membership ─────────────────────────► members ──┘      rules.channel ─► channels

Belongs here: the nodes, and what a day brings. Does not: what must hold of it (test_scope.py).
"""

from __future__ import annotations

from random import Random
from typing import Any

from orchestration.settings import Settings
from orchestration.transform.compiled import run_compiled
from orchestration.transform.nodes import Project
from orchestration.transform.results import NodeResult
from orchestration.transform.standing import forget, plan_build, remember
from tests.transform.small_project import execute

SEPARABLE = {
    "key": ["journey"],
    "reached": {
        "members": [[]],
        "touches": [
            ["members.person"],
            # Whoever has a touch of the same session: the session's first is the one that counts.
            ["touches.session", "members.person"],
        ],
    },
    "restricted": [["members.journey"]],
}
RAW = {
    "key": ["source", "touch"],
    "reached": {"raw_file_drop.touch": [{"key": ["_source_name", "id"]}]},
    "restricted": [["raw_file_drop.touch._source_name+id=source+touch"]],
}
VIEW = {
    "key": ["journey"],
    "reached": {"journey_touches": [[]]},
    "restricted": [["journey_touches.journey"]],
}
SQL = {
    "stg_touch": "select * from raw_file_drop.touch "
    "qualify row_number() over (partition by _source_name, id order by _row_number desc) = 1",
    "touches": "select _source_name as source, id as touch, person, session, channel "
    "from made.stg_touch",
    "members": "select person, journey, note from rules.membership",
    "journey_touches": "with counted as (select *, row_number() over "
    "(partition by session order by touch) as place from made.touches) "
    "select members.journey, counted.touch, counted.channel, row_number() over "
    "(partition by members.journey order by counted.touch, counted.source) as number "
    "from counted inner join made.members as members on counted.person = members.person "
    "where counted.session is null or counted.place = 1",
    "longest": "select journey, max(number) as length from made.journey_touches group by journey",
    "channels": "select channel from rules.channel",
}
READS = {
    "stg_touch": ["source.touch"],
    "touches": ["model.stg_touch"],
    "members": ["source.membership"],
    "journey_touches": ["model.touches", "model.members"],
    "longest": ["model.journey_touches"],
    "channels": ["source.channel"],
}
# As sound_table asks: keys that are doubled or missing, values that another table lacks.
TESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "journey_touches": (
        "select journey, number from made.journey_touches group by journey, number "
        "having count(*) > 1 union all select t.channel, 0 from made.journey_touches as t "
        "left join made.channels as c on t.channel = c.channel "
        "where c.channel is null and t.channel is not null",
        {
            "key": ["journey", "number"],
            "references": {"channel": {"to": "channels", "field": "channel"}},
        },
    ),
    "members": (
        "select person, journey from made.members group by person, journey "
        "having count(*) > 1 or person is null",
        {"key": ["person", "journey"]},
    ),
    "longest": (
        "select journey from made.longest group by journey having count(*) > 1",
        {"key": ["journey"]},
    ),
}


OTHERS = {"journey_touches": ["model.channels"]}


def project(**separable: Any) -> Project:
    """The project; a model's separable may be another one."""
    said = {"journey_touches": SEPARABLE, "touches": RAW, "longest": VIEW, **separable}
    nodes: dict[str, Any] = {}
    for name, sql in SQL.items():
        kind = "view" if name in ("stg_touch", "longest") else "table"
        meta = {"separable": said[name]} if said.get(name) else {}
        nodes[f"model.{name}"] = {
            "unique_id": f"model.{name}", "resource_type": "model", "schema": "made",
            "name": name, "relation_name": f"made.{name}", "compiled_code": sql,
            "config": {"materialized": kind, "meta": meta},
            "depends_on": {"nodes": READS[name]},
        }  # fmt: skip
    for name, (sql, arguments) in TESTS.items():
        nodes[f"test.{name}"] = {
            "unique_id": f"test.{name}", "resource_type": "test", "name": name,
            "attached_node": f"model.{name}", "compiled_code": sql,
            "depends_on": {"nodes": [f"model.{name}", *OTHERS.get(name, [])]},
            "test_metadata": {"name": "sound_table", "kwargs": arguments},
            "config": {"materialized": "test", "severity": "ERROR", "fail_calc": "count(*)",
                       "warn_if": "!= 0", "error_if": "!= 0"},
        }  # fmt: skip
    sources = {
        "source.touch": {"schema": "raw_file_drop", "name": "touch"},
        "source.membership": {"schema": "rules", "name": "membership"},
        "source.channel": {"schema": "rules", "name": "channel"},
    }
    for source in sources.values():
        source["relation_name"] = f"{source['schema']}.{source['name']}"
    return Project({"nodes": nodes, "sources": sources})


class World:
    """The inputs of a home: delivered files of touches, and who belongs to which journey."""

    def __init__(self, settings: Settings, random: Random) -> None:
        """Deliver a first file."""
        self._settings, self._random = settings, random
        self._files, self._gone = 0, 0
        self.members: list[tuple[Any, ...]] = [
            (f"p{number}", f"j{number % 40}", "new") for number in range(60)
        ]
        execute(
            settings,
            "create schema raw_file_drop", "create schema rules", "create schema raw_loads",
            "create schema made",
            "create table rules.channel as select unnest(['search', 'email']) as channel",
            "create table rules.delivered (id integer, person varchar, session varchar, "
            "channel varchar, _source_name varchar, _load_id varchar, _row_number integer)",
        )  # fmt: skip
        self.deliver(range(400))

    def deliver(self, numbers: Any) -> None:
        """One more file: touches that are new, or known ones with other values."""
        load, random = f"load_{self._files:03}", self._random
        self._files += 1
        rows = [
            f"({number}, {_sql(random.choice([f'p{random.randrange(70)}', None]))}, "
            f"{_sql(random.choice([f's{number // 3}', None]))}, "
            f"{_sql(random.choice(['search', 'email', None]))}, 'crm', '{load}', {self._files})"
            for number in numbers
        ]
        self._show(f"insert into rules.delivered values {', '.join(rows)}")

    def take_back(self) -> None:
        """The newest file is delivered no more."""
        self._gone += 1
        self._show(
            "delete from rules.delivered where _load_id = "
            "(select max(_load_id) from rules.delivered where _load_id <> 'load_000')"
        )

    def note(self) -> None:
        """Change what no journey is made of."""
        self.members = [(person, journey, "noted") for person, journey, _ in self.members]
        self._show()

    def move(self, count: int) -> None:
        """Let people join and leave journeys."""
        for _ in range(count):
            self.members.pop(self._random.randrange(len(self.members)))
            person, journey = self._random.randrange(70), self._random.randrange(45)
            new = (f"p{person}", f"j{journey}")
            if new not in [member[:2] for member in self.members]:
                self.members.append((*new, "new"))
        self._show()

    def _show(self, *statements: str) -> None:
        listed = ", ".join(f"({', '.join(map(_sql, member))})" for member in self.members)
        execute(
            self._settings,
            *statements,
            "create or replace table rules.membership as select * from "
            f"(values {listed}) as rows(person, journey, note)",
            "create or replace table raw_loads.shown as select distinct 'touch' as entity, 'x' as "
            "conditions, _load_id as load_id, 'file_drop' as source_system, 1 as dataset_rank, "
            "1 as file_rank from rules.delivered",
            # As of the raw views: what it shows stands in its text.
            "create or replace view raw_file_drop.touch as select * from rules.delivered "
            f"where _load_id <> 'after {self._files} files and {self._gone} gone'",
        )


def run(settings: Settings, nodes: Project) -> dict[str, NodeResult]:
    """Build as a run does; nothing is said of what stands for certain."""
    plan = plan_build(settings, nodes)
    forget(settings, plan.to_build)
    results = list(run_compiled(settings, nodes, plan.to_build, None, plan))
    remember(settings, plan, results)
    return {item.unique_id: item for item in results}


def _sql(value: Any) -> str:
    return "null" if value is None else f"'{value}'"
