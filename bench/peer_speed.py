"""Lets one peer credit a touch table; runs in their environment, imports nothing of Concord.

`python peer_speed.py PEER TOUCHES.parquet` with a row per touch: journey_key, touched_at, channel,
amount (of the whole journey, on each row). All journeys converted.

Belongs here: calling the peers as their documentation does. Does not: measuring.
"""

from __future__ import annotations

import sys

SEPARATOR = " > "


def marketing_attribution_models(path: str) -> int:
    """Credit by all its models; return how many figures came of it."""
    import polars as pl
    from mam.core import MAM

    touches = pl.read_parquet(path).with_columns(
        pl.lit(value=True).alias("is_converted"),
        # It adds up the amounts of a journey's rows.
        (pl.col("amount") / pl.len().over("journey_key")).alias("amount"),
    )
    given = MAM(
        touches, "session", "channel", "is_converted", datetime_colname="touched_at",
        user_id_colname="journey_key", conversion_value_colname="amount",
    )  # fmt: skip
    found = [
        given.run_first_click(), given.run_last_click(), given.run_linear(),
        given.run_position_based(), given.run_time_decay(), given.run_markov(),
        given.run_shapley(),
    ]  # fmt: skip
    return len(found)


def channelattribution(path: str) -> int:
    """The same; it takes paths as text, so they are put together first."""
    import ChannelAttribution
    import pandas as pd

    touches = pd.read_parquet(path).sort_values(["journey_key", "touched_at"])
    paths = touches.groupby("journey_key", sort=False).agg(
        path=("channel", SEPARATOR.join), value=("amount", "first")
    )
    paths["conversions"] = 1
    given = paths.groupby("path", as_index=False).agg(
        conversions=("conversions", "sum"), value=("value", "sum")
    )
    found = [
        ChannelAttribution.heuristic_models(
            given, "path", "conversions", var_value="value", sep=">", flg_pro=False
        )
    ]
    found += [
        ChannelAttribution.markov_model(
            given, "path", "conversions", var_value="value", order=order, sep=">",
            flg_pro=False, verbose=False,
        )
        for order in (1, 2, 3)
    ]  # fmt: skip
    return len(found)


if __name__ == "__main__":
    called = {
        "marketing-attribution-models": marketing_attribution_models,
        "channelattribution": channelattribution,
    }
    sys.stdout.write(f"{called[sys.argv[1]](sys.argv[2])}\n")
