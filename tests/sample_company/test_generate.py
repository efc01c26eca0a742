"""The generated company: the same bytes again, tiles that do not depend on the scale, own ids."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.canonical import load_entities
from sample_company.ads import DATASET
from sample_company.generate import generate
from sample_company.tiles import COMMON_IDS, ENTITY_OF
from tests.conftest import ROOT

SCALE = 3
WAIT = 60.0


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


def test_a_planted_moment_is_what_was_delivered(small: Path) -> None:
    """Each hand-off of the truth has its rows in lead_history, and nothing else was handed off."""
    history = f"'{small}/delivered/lead_history/*.parquet'"
    truth = f"'{small}/truth/handoff/*.parquet'"
    for status, moment, decision in (
        ("Assigned to sales", "assigned_at", "decision"),
        ("Accepted", "decided_at", "'accepted'"),
        ("Rejected", "decided_at", "'rejected'"),
        ("Recycled", "returned_at", "'accepted'"),
    ):
        noted = f"select lead_id, changed_at from {history} where lead_status = '{status}'"
        planted = f"""select lead_id, {moment} from {truth}
            where decision = {decision} and {moment} is not null"""
        for one, other in ((noted, planted), (planted, noted)):
            assert value(f"select count(*) from ({one} except all {other})") == 0, status
    expired = f"select lead_id, changed_at from {history} where reason = 'expired'"
    planted = f"select lead_id, returned_at from {truth} where decision = 'expired'"
    assert value(f"select count(*) from ({expired} except all {planted})") == 0
    assert value(f"select count(*) from {truth} where decision = 'expired'") > 10


def test_the_first_human_touch_is_the_earliest_act_of_a_person(small: Path) -> None:
    """The CRM's call in which a hand-off was decided counts; a machine's mail does not."""
    acts = f"""(select lead_id, occurred_at from '{small}/delivered/follow_ups/*.parquet'
            where not is_automated
        union all select lead_id, occurred_at from '{small}/delivered/activities/*.parquet')"""
    wrong = f"""select count(*) from (
        select truth.lead_id, truth.assigned_at, truth.first_human_touch_at,
            min(acts.occurred_at) as found
        from '{small}/truth/handoff/*.parquet' as truth
        left join {acts} as acts
            on truth.lead_id = acts.lead_id and acts.occurred_at >= truth.assigned_at
            and acts.occurred_at <= coalesce(truth.decided_at, timestamptz '2027-01-01')
        group by all
        having first_human_touch_at is distinct from found)"""
    assert value(wrong) == 0
    mails = f"'{small}/delivered/follow_ups/*.parquet' where is_automated"
    assert value(f"select count(*) from {mails}") > 100


def test_the_stories_of_people_are_all_there(small: Path) -> None:
    handoffs = f"'{small}/truth/handoff/*.parquet'"
    for condition, fewest in (
        ("decision = 'accepted' and first_human_touch_at <= due_at", 200),
        ("decision = 'accepted' and first_human_touch_at > due_at", 50),
        ("first_human_touch_at is null", 8),
        ("decision = 'rejected' and reason is not null", 60),
        ("decision = 'open'", 1),
        ("cycle = 1 and returned_at is not null", 150),
        ("cycle > 1", 40),
        ("cycle > 1 and decision = 'accepted'", 15),
    ):
        assert value(f"select count(*) from {handoffs} where {condition}") >= fewest, condition
    stages = f"'{small}/truth/stage/*.parquet'"
    assert value(f"select count(*) from {stages} where cycle > 1 and stage = 'won'") >= 2
    undated = "stage = 'mql' and actual_at is null and not is_skipped"
    assert value(f"select count(*) from {stages} where {undated}") > 10
    history = f"'{small}/delivered/lead_history/*.parquet'"
    assert value(f"select count(*) from {history} where changed_at = '2026-03-02 05:00+00'") == 40
    moved = "lead_status is null and owner_employee_id is not null"
    days = f"select changed_at, count(*) as n from {history} where {moved} group by 1"
    assert value(f"select count(*) from ({days}) where n > 30") == 2
    merges = f"'{small}/delivered/record_merges/*.parquet'"
    assert value(f"select count(*) from {merges}") > 30
    assert value(f"select count(distinct entity) from {merges}") == 3
    chained = f"select losing_id from {merges}"
    assert value(f"select count(*) from {merges} where surviving_id in ({chained})") >= 1


def test_buying_groups_are_of_people_of_the_account_known_in_time(larger: Path) -> None:
    roles = f"""'{larger}/delivered/contact_roles/*.parquet' as roles
        left join '{larger}/delivered/opportunities/*.parquet' as deals using (opportunity_id)
        left join '{larger}/delivered/people/*.parquet' as people using (person_id)"""
    wrong = """people.account_id is distinct from deals.account_id
        or roles.valid_from < timezone('Europe/Berlin', people.created_at)::date
        or roles.valid_from < timezone('Europe/Berlin', deals.created_at)::date
        or roles.is_primary <> (roles.person_id is not distinct from deals.primary_person_id)"""
    assert value(f"select count(*) from {roles} where {wrong}") == 0
    groups = f"""select opportunity_id, count(distinct person_id) as n
        from '{larger}/delivered/contact_roles/*.parquet' group by 1"""
    assert value(f"select max(n) from ({groups})") == 5
    assert value(f"select count(*) from ({groups}) where n between 2 and 5") > 500


def test_a_merge_keeps_an_id_that_exists(larger: Path) -> None:
    """A lead that was merged away still stands in the CRM; a contact or account does not."""
    merges = f"'{larger}/delivered/record_merges/*.parquet'"
    for entity, key in (("leads", "lead_id"), ("people", "person_id"), ("accounts", "account_id")):
        known = f"select {key} from '{larger}/delivered/{entity}/*.parquet'"
        lost = f"select losing_id from {merges}"
        dangling = f"""select count(*) from {merges} where entity = '{entity}'
            and surviving_id not in ({known}) and surviving_id not in ({lost})"""
        assert value(dangling) == 0, entity
        alive = f"""select count(*) from {merges}
            where entity = '{entity}' and losing_id in ({known})"""
        all_of_it = f"select count(*) from {merges} where entity = '{entity}'"
        assert value(alive) == (value(all_of_it) if entity == "leads" else 0)


def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    """Killed, not asked to end: nobody tells the workers, and half a company would go on."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sample_company.generate", "--folder", str(tmp_path)]
        + ["--scale", "500", "--processes", "2"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    with process:
        _await_a_file(tmp_path)
        process.kill()
        # The workers hold the other end of this pipe: it ends when the last of them has.
        process.communicate(timeout=WAIT)


def _await_a_file(folder: Path) -> None:
    end = time.monotonic() + WAIT
    while not any(folder.rglob("*.parquet")):
        assert time.monotonic() < end, "nothing was written"
        time.sleep(0.1)
