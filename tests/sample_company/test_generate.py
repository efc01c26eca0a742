"""The generated company: the same bytes again, tiles that do not depend on the scale, own ids."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.canonical import load_entities
from sample_company.ads import DATASET
from sample_company.generate import generate
from sample_company.tiles import COMMON_IDS, ENTITY_OF

SCALE = 3


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated") / "small"
    generate(folder, scale=1)
    return folder


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated") / "larger"
    generate(folder, scale=SCALE, processes=2)
    return folder


def value(sql: str) -> int:
    return int(duckdb.sql(sql).fetchall()[0][0])


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_and_scale_write_the_same_bytes(small: Path, tmp_path: Path) -> None:
    generate(tmp_path / "again", scale=1, processes=2)
    assert contents(tmp_path / "again") == contents(small)


def test_another_seed_tells_another_story(small: Path, tmp_path: Path) -> None:
    generate(tmp_path / "other", scale=1, seed=29)
    assert contents(tmp_path / "other") != contents(small)


def test_a_scale_is_about_twenty_thousand_touches(small: Path, larger: Path) -> None:
    one = value(f"select count(*) from '{small}/delivered/touches/*.parquet'")
    three = value(f"select count(*) from '{larger}/delivered/touches/*.parquet'")
    assert 18_000 <= one <= 22_000
    assert 18_000 * SCALE <= three <= 22_000 * SCALE


def test_the_first_tile_is_the_small_company(small: Path, larger: Path) -> None:
    for path in sorted((small / "delivered").rglob("*.parquet")):
        same = larger / path.relative_to(small)
        missing = f"select count(*) from (from '{path}' except all from '{same}')"
        assert value(missing) == 0, path.name


def test_keys_are_unique_at_any_scale(larger: Path) -> None:
    entities = load_entities()
    for folder in sorted((larger / "delivered").iterdir()):
        entity = entities[ENTITY_OF.get(folder.name, folder.name)]
        keys = ", ".join(entity.key)
        # What is restated comes again in a later file, never twice in one.
        keys += ", filename" if folder.name == DATASET else ""
        double = f"""select count(*) from (
            select {keys} from read_parquet('{folder}/*.parquet', filename = true)
            group by all having count(*) > 1)"""
        assert value(double) == 0, folder.name


def test_references_stay_within_a_tile(larger: Path) -> None:
    """No record names another tile's; what the company has once bears no tile's mark."""
    tile = "regexp_extract({}, '^([0-9]+[.])?')"
    crossing = f"{tile.format('account_id')} <> {tile.format('opportunity_id')}"
    deals = f"'{larger}/delivered/opportunities/*.parquet'"
    accounts = f"select account_id from '{larger}/delivered/accounts/*.parquet'"
    strangers = f"account_id not in ({accounts})"
    assert value(f"select count(*) from {deals} where {crossing} or {strangers}") == 0
    for name in sorted(COMMON_IDS & {"campaign_id", "content_asset_id"}):
        marked = f"{name} like '%.%'"
        touches = f"'{larger}/delivered/touches/*.parquet'"
        assert value(f"select count(*) from {touches} where {marked}") == 0


def test_every_touch_has_its_truth(larger: Path) -> None:
    sql = f"""select count(*) from '{larger}/delivered/touches/*.parquet' as touch
        full join '{larger}/truth/touch/*.parquet' as truth using (touch_id)
        where touch.touched_at is null or truth.human is null"""
    assert value(sql) == 0


def test_what_is_planted_is_there(small: Path) -> None:
    touches = f"'{small}/delivered/touches/*.parquet'"
    truth = f"'{small}/truth/touch/*.parquet'"
    assert value(f"select count(*) from {truth} where is_bot") > 300
    assert value(f"select count(*) from {truth} where is_tag_broken") > 20
    assert value(f"select count(*) from {touches} where not has_consent") > 1000
    assert value(f"select count(*) from {touches} where utm_source = '{{lpurl}}'") > 20
    outage = "touched_at >= '2025-09-09' and touched_at < '2025-09-11'"
    assert value(f"select count(*) from {touches} where {outage} and user_agent <> ''") == 0
    fates = f"select count(distinct fate) from '{small}/truth/subscription/*.parquet'"
    assert value(fates) == 5
