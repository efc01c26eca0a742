"""Spares dbt the rendering of test arguments that are plain text.

dbt renders every string among a data test's arguments as a template, which copies the whole context
of macros for each; with grouped tests that is a quarter of a build. For strings without a template
dbt keeps the outcome in a cache of its own; this fills that cache ahead with the same outcome.
Nothing changes but time, and without the cache nothing is done.

Belongs here: only this.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any


def spare_rendering(manifest: Any) -> None:
    """Fill dbt's cache for the plain arguments of all data tests of a manifest."""
    from dbt.clients import jinja

    cache = getattr(jinja, "_render_cache", None)
    if not isinstance(cache, dict):
        return
    for node in manifest.nodes.values():
        metadata = getattr(node, "test_metadata", None)
        if metadata is not None:
            for text in _strings(metadata.kwargs):
                if "{" not in text and "#}" not in text:
                    cache.setdefault(text, native_value(text))


def native_value(text: str) -> Any:
    """What a native template renders plain text to: a Python literal, else the text itself."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError):
        return text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
