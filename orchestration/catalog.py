"""How Concord's tables appear as Dagster assets: keys, groups, owners, freshness.

Belongs here: naming. Does not: what the assets do.
"""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

# A daily job: warn when a day was missed, fail when two were.
DAILY = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=54), warn_window=timedelta(hours=30)
)
COMPANY_GROUP = "company"
DEFAULT_OWNER = "team:revenue_operations"


def rules_key(table: str) -> dg.AssetKey:
    """Asset of a table made from the company folder."""
    return dg.AssetKey(["rules", table])


def published_before_key(table: str) -> dg.AssetKey:
    """Asset key of what readers were told before."""
    return dg.AssetKey(["published_before", table])


def ledger_key(table: str) -> dg.AssetKey:
    """Asset key of a table of the ledger of pay, as it is read in."""
    return dg.AssetKey(["ledger", table])


def raw_key(entity: str) -> dg.AssetKey:
    """Asset of a raw table of the file-drop source."""
    return dg.AssetKey(["raw_file_drop", entity])


def model_key(schema: str, table: str) -> dg.AssetKey:
    """Asset of a dbt model: where its table lies."""
    return dg.AssetKey([schema, table])


def published_key(schema: str, table: str) -> dg.AssetKey:
    """Asset of a table that readers get."""
    return dg.AssetKey(["published", schema, table])


VERSION_KEY = dg.AssetKey(["published", "version"])
POSTGRES_KEY = dg.AssetKey(["published", "postgres"])
