"""What waits for what, and what falls with a broken node, as `dbt build` has it."""

from __future__ import annotations

from orchestration.transform.order import Order
from tests.transform.small_project import manifest, project

EVERYTHING = [*project().models, *project().tests]


def rounds(order: Order) -> list[set[str]]:
    """Which nodes may be built together, from first to last."""
    found = []
    while True:
        ready = set()
        while unique_id := order.next():
            ready.add(unique_id)
        if not ready:
            return found
        found.append(ready)
        for unique_id in ready:
            order.done(unique_id)


def test_a_model_waits_for_what_it_reads_and_for_the_tests_on_that() -> None:
    assert rounds(Order(project(), EVERYTHING)) == [
        {"model.stg_deal", "model.stg_note"},
        {"model.priced", "model.notes"},
        {"test.priced", "test.notes"},
        {"model.total"},
    ]


def test_a_model_waits_through_one_that_stands() -> None:
    chosen = ["model.total", "model.stg_deal"]
    assert rounds(Order(project(), chosen)) == [{"model.stg_deal"}, {"model.total"}]


def test_a_test_that_also_reads_what_comes_later_holds_nothing() -> None:
    content = manifest()
    content["nodes"]["test.priced"]["depends_on"]["nodes"] = ("model.priced", "model.notes")
    order = rounds(Order(project(content), [*EVERYTHING]))
    assert {"model.total", "test.priced"} <= order[2]


def test_what_most_wait_for_comes_first() -> None:
    order = Order(project(), EVERYTHING)
    assert order.next() == "model.stg_deal"


def taken(order: Order, *names: str) -> None:
    """Take and build the nodes that are ready, which must be these."""
    assert {order.next() for _ in names} == set(names)
    for name in names:
        order.done(name)


def test_with_a_broken_test_falls_what_waits_for_it_and_no_more() -> None:
    order = Order(project(), EVERYTHING)
    taken(order, "model.stg_deal", "model.stg_note")
    taken(order, "model.priced", "model.notes")
    assert {order.next(), order.next()} == {"test.priced", "test.notes"}
    assert order.broke("test.priced") == ["model.total"]
    order.done("test.notes")
    assert order.next() is None


def test_with_a_broken_model_fall_its_tests_too() -> None:
    order = Order(project(), EVERYTHING)
    taken(order, "model.stg_deal", "model.stg_note")
    assert {order.next(), order.next()} == {"model.priced", "model.notes"}
    assert set(order.broke("model.priced")) == {"test.priced", "model.total"}
    order.done("model.notes")
    assert rounds(order) == [{"test.notes"}]
