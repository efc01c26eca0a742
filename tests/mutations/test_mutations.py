"""Every rule of mutants.py that is broken is noticed by the check that the table names.

A test that fails here says one of two things: a rule was changed on purpose, and its line has to
follow; or a check no longer sees what it was made to see.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import RunHome
from tests.mutations.checks import MARTS, ORACLES, notices
from tests.mutations.laboratory import Laboratory
from tests.mutations.mutant import UNIT, Mutant
from tests.mutations.mutants import MUTANTS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

# Oracles are seen to pass where they live.
CHECKS = sorted({mutant.noticed_by for mutant in MUTANTS} - {UNIT, *ORACLES})
MODELS = sorted({mutant.model for mutant in MUTANTS if mutant.noticed_by == UNIT})


@pytest.fixture(scope="module")
def laboratory(sample: RunHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    made = Laboratory(sample, tmp_path_factory.mktemp("laboratory"))
    yield made
    made.close()


def spoiled(laboratory: Laboratory, mutant: Mutant) -> str:
    """The model's query with the rule broken; fails where the rule is not found once."""
    sql = laboratory.models[mutant.model].sql
    found = sql.count(mutant.fragment)
    assert found == 1, f"{mutant.model} holds {mutant.fragment!r} {found} times: mend mutants.py"
    return sql.replace(mutant.fragment, mutant.replacement)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.model}: {mutant.rule}")
def test_a_broken_rule_is_noticed(laboratory: Laboratory, mutant: Mutant) -> None:
    sql = spoiled(laboratory, mutant)
    laboratory.connection.execute(f"explain {sql}")  # what cannot run is noticed by anybody
    assert notices(laboratory, mutant.noticed_by, mutant.model, sql)


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_is_quiet_when_nothing_is_broken(laboratory: Laboratory, check: str) -> None:
    """Through the same rebuilding and copying, from the first model that a line of it breaks."""
    model = next(mutant.model for mutant in MUTANTS if mutant.noticed_by == check)
    assert not notices(laboratory, check, model, laboratory.models[model].sql)


@pytest.mark.parametrize("model", MODELS)
def test_unit_tests_hold_when_nothing_is_broken(laboratory: Laboratory, model: str) -> None:
    assert laboratory.unit_tests.of(model)
    assert laboratory.unit_tests.failing(model, laboratory.models[model].sql) == []


def test_the_table_has_every_kind_of_rule() -> None:
    assert len({(mutant.model, mutant.fragment) for mutant in MUTANTS}) >= 50
    assert {check for mutant in MUTANTS if (check := mutant.noticed_by) in ORACLES} == set(ORACLES)
    assert {mutant.noticed_by for mutant in MUTANTS} & set(MARTS)
