"""What the peers say of paths; runs in an environment of theirs and imports nothing of Concord.

Reads paths from stdin (JSON: [[channels, is converted], ...]) and writes figures to stdout.

Belongs here: calling the peers. Does not: comparing (attribution_peers.py).
"""

from __future__ import annotations

import contextlib
import json
import sys
from importlib.metadata import version

Paths = list[tuple[list[str], bool]]
SEPARATOR = " > "


def removal_effects(paths: Paths) -> dict[str, float]:
    """Removal effect of each channel by marketing-attribution-models, order 1."""
    import pandas as pd
    from mam.core import MAM
    from mam.models.markov import MarkovModel

    frame = pd.DataFrame(
        {
            "path": [SEPARATOR.join(channels) for channels, _ in paths],
            "occurrences": 1,
            "is_converted": [is_converted for _, is_converted in paths],
        }
    )
    given = MAM(frame, "grouped_journey", "path", "is_converted", occurrences_colname="occurrences")
    model = MarkovModel()
    model.calculate(given.unified_df)
    effects: dict[str, float] = model.removal_effect_df["removal_effect"].to_dict()
    return effects


def heuristics(paths: Paths) -> dict[str, dict[str, float]]:
    """Conversions of each channel by the first, last and linear model of channelattribution."""
    import ChannelAttribution
    import pandas as pd

    frame = pd.DataFrame(
        {
            "path": [SEPARATOR.join(channels) for channels, _ in paths],
            "conversions": [int(is_converted) for _, is_converted in paths],
        }
    )
    found = ChannelAttribution.heuristic_models(
        frame, "path", "conversions", sep=">", flg_pro=False
    ).set_index("channel_name")
    names = {"first": "first_touch", "last": "last_touch", "linear": "linear_touch"}
    columns = {
        model: name if name in found else f"{name}_conversions" for model, name in names.items()
    }
    return {model: found[column].to_dict() for model, column in columns.items()}


def main() -> None:
    """Answer for the paths of stdin."""
    paths = json.load(sys.stdin)
    # The peers greet on stdout.
    with contextlib.redirect_stdout(sys.stderr):
        figures = {
            "versions": {
                name: version(name)
                for name in ("marketing-attribution-models", "channelattribution")
            },
            "removal_effect": removal_effects(paths),
            **heuristics(paths),
        }
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
