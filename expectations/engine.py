"""Talks to Great Expectations: one context for each process, direct validation of one frame.

Belongs here: everything that imports the library, always inside functions, because its import takes
seconds. Does not: what an outcome means (runner).
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Sequence
from functools import cache, reduce
from importlib import import_module
from importlib.util import find_spec
from operator import and_
from types import ModuleType
from typing import TYPE_CHECKING, Any

from expectations.model import Guard

if TYPE_CHECKING:
    import pandas as pd


# What the library imports for expectations that no guard uses; together a third of its import.
UNUSED = ("scipy.stats", "altair")


def warm_up() -> None:
    """Import Great Expectations and make its context, which takes seconds the first time."""
    _batch_definition()


@cache
def _batch_definition() -> Any:
    # Set before the import, so that nothing is sent from the first moment on.
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in UNUSED:
            _postpone(name)
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        context = gx.get_context(mode="ephemeral")
        context.enable_analytics(False)
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
        return asset.add_batch_definition_whole_dataframe("whole")


def _postpone(name: str) -> None:
    """Let a module be imported when something of it is first used.

    importlib's own LazyLoader does not do here: `import x as y` looks at the module's spec, which
    already counts as use.
    """
    if name in sys.modules or find_spec(name) is None:
        return
    stand_in = sys.modules[name] = _StandIn(name)
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, stand_in)


class _StandIn(ModuleType):
    """Stands for a module until something of it is used."""

    def __getattr__(self, attribute: str) -> Any:
        if attribute in ("__spec__", "__wrapped__"):
            raise AttributeError(attribute)
        name = self.__name__
        if sys.modules.get(name) is self:
            del sys.modules[name]
        return getattr(import_module(name), attribute)


def build_expectation(guard: Guard) -> Any:
    """Make the library's expectation; raises what the library raises on a wrong one."""
    _batch_definition()
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity
    from great_expectations.expectations.row_conditions import Column

    kwargs = dict(guard.kwargs)
    conditions = [Column(name) >= number for name, number in guard.at_least.items()]
    if conditions:
        kwargs["row_condition"] = reduce(and_, conditions)
    configuration = ExpectationConfiguration(
        type=guard.expectation,
        kwargs=kwargs,
        meta={"guard": guard.guard},
        severity=FailureSeverity(guard.severity),
    )
    return configuration.to_domain_obj()


def validate(
    name: str, expectations: Sequence[Any], frame: pd.DataFrame, detail: str
) -> dict[str, Any]:
    """Validate one batch directly: a checkpoint per suite costs three times as much."""
    if not expectations:
        return {}
    import great_expectations as gx

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        batch = _batch_definition().get_batch(batch_parameters={"dataframe": frame})
        suite = gx.ExpectationSuite(name=name, expectations=list(expectations))
        outcome = batch.validate(suite, result_format=detail)
    return {one.expectation_config.meta["guard"]: one for one in outcome.results}
