"""Turns the words of `--select` into assets.

Belongs here: names as people type them: `fct_booking`, `core/fct_booking`, `group:core`, each with
a leading `+` (and all it reads) or a trailing `+` (and all that reads it).
"""

from __future__ import annotations

import difflib

import dagster as dg

from orchestration.catalog import COMPANY_GROUP


class SelectionError(Exception):
    """A word of the selection names no asset."""


def chosen_keys(words: str | None, definitions: dg.Definitions) -> list[dg.AssetKey]:
    """The assets of a run that publishes nothing: those that the words name, or all.

    The company's decisions are always among them: whatever part is built, they are those of now.

    Raises:
        SelectionError: With all words that name nothing, and close matches.
    """
    specs = [
        spec for spec in definitions.resolve_all_asset_specs() if spec.group_name != "published"
    ]
    keys = [spec.key for spec in specs]
    if words:
        decisions = [spec.key for spec in specs if spec.group_name == COMPANY_GROUP]
        keys = [*selected_keys(words, definitions, specs), *decisions]
    # The raw tables are read by one step, all or none.
    whole = dg.AssetSelection.assets(*keys).required_multi_asset_neighbors()
    keys = list(whole.resolve(definitions.resolve_asset_graph()))
    return sorted(set(keys), key=lambda key: key.to_user_string())


def selected_keys(
    words: str, definitions: dg.Definitions, specs: list[dg.AssetSpec]
) -> list[dg.AssetKey]:
    """The assets that the words name.

    Args:
        words: What the user typed.
        definitions: All definitions, for what reads what.
        specs: The assets that may be chosen.

    Raises:
        SelectionError: With all words that name nothing, and close matches.
    """
    selection: dg.AssetSelection | None = None
    problems = []
    for word in words.replace(",", " ").split():
        name = word.strip("+")
        keys = _named(name, specs)
        if not keys:
            problems.append(_unknown(name, specs))
            continue
        part: dg.AssetSelection = dg.AssetSelection.assets(*keys)
        upstream = part.upstream() if word.startswith("+") else part
        downstream = part.downstream() if word.endswith("+") else part
        part = upstream | downstream
        selection = part if selection is None else selection | part
    if problems or selection is None:
        raise SelectionError("; ".join(problems) or "the selection is empty")
    allowed = {spec.key for spec in specs}
    found = selection.resolve(definitions.resolve_asset_graph()) & allowed
    return sorted(found, key=lambda key: key.to_user_string())


def _named(name: str, specs: list[dg.AssetSpec]) -> list[dg.AssetKey]:
    if name.startswith("group:"):
        return [spec.key for spec in specs if spec.group_name == name.removeprefix("group:")]
    exact = [spec.key for spec in specs if spec.key.to_user_string() == name]
    if exact:
        return exact
    return [
        spec.key for spec in specs if spec.key.path[-1] == name and spec.group_name != "published"
    ]


def _unknown(name: str, specs: list[dg.AssetSpec]) -> str:
    known = sorted({spec.key.path[-1] for spec in specs} | {f"group:{s.group_name}" for s in specs})
    close = difflib.get_close_matches(name, known, n=3)
    hint = f"; did you mean {', '.join(close)}?" if close else ""
    return f"--select names {name!r}, which is no table and no group{hint}"
